"""Entries as people narrow them down, on a page and in an export: the same conditions for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind, EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.queries import tree, within
from yipan.group.people.list_filters import NOTHING, in_span
from yipan.kernel import clock
from yipan.kernel.text import whole
from yipan.trade.orders.models import Order


class EntryStanding(StrEnum):
    """Where an accrual stands."""

    PENDING = "pending"
    """Not released, not held."""
    DUE = "due"
    """Of those: its moment has come."""
    HELD = "held"
    RELEASED = "released"


def by_distributor(word: str) -> Q:
    """A code as a whole, or a part of a name (index: entry_of_distributor)."""
    wanted = Q(code=word.upper()) | Q(name__contains=word)
    return Q(distributor_id__in=Distributor.objects.filter(wanted).values("id"))


def by_product(word: str) -> Q:
    """An SKU's code as a whole, or a part of its name."""
    wanted = Q(code__iexact=word) | Q(name__icontains=word)
    return Q(sku_id__in=Sku.objects.filter(wanted).values("id"))


def by_order(word: str) -> Q:
    """An order's whole number (index: entry_of_order)."""
    return Q(order_id__in=Order.objects.filter(number=word).values("id"))


def by_standing(value: str) -> Q:
    """Accruals that stand somewhere; nothing for a state that there is not."""
    states = EntryState.objects.filter(id=OuterRef("id"))
    open_ones = states.filter(released_at__isnull=True)
    by_value: dict[str, QuerySet[EntryState]] = {
        EntryStanding.PENDING: open_ones.filter(held=False),
        EntryStanding.DUE: open_ones.filter(held=False, due_at__lte=clock.now()),
        EntryStanding.HELD: open_ones.filter(held=True),
        EntryStanding.RELEASED: states.filter(released_at__isnull=False),
    }
    found = by_value.get(value)
    return NOTHING if found is None else Q(Exists(found), sequence=0)


def by_word(word: str) -> Q:
    """What is typed into the search field: an order's number or a distributor's code."""
    distributors = Distributor.objects.filter(code=word.upper()).values("id")
    return by_order(word) | Q(distributor_id__in=distributors)


def _by_organisation(value: str) -> Q:
    node = tree().by_id.get(whole(value) or 0)
    return within([node.path], "organisation_id") if node else NOTHING


def _one_of(column: str, values: Sequence[str]) -> Callable[[str], Q]:
    return lambda value: Q(**{column: value}) if value in values else NOTHING


FILTERS: Final[Mapping[str, Callable[[str], Q]]] = {
    "organisation": _by_organisation,
    "distributor": by_distributor,
    "product": by_product,
    "order": by_order,
    "state": by_standing,
    "kind": _one_of("kind", EntryKind.values),
    "role": _one_of("role", BeneficiaryRole.values),
    "q": by_word,
}
"""Parameter of the list's address → its condition; beside them `SPANS`."""
_DAYS: Final = {"paid": "paid_at", "booked": "recorded_at"}
SPANS: Final = tuple(f"{name}_{end}" for name in _DAYS for end in ("from", "to"))
"""Parameters that are the first or the last day of when it was paid, or booked."""


def entries_where(paths: Sequence[str], given: Mapping[str, str]) -> QuerySet[Entry]:
    """Entries on sales of these subtrees that the parameters let through, as the list has them.

    Parameters that are no filter are passed over; a value that is none lets nothing through.
    """
    found: QuerySet[Entry] = Entry.objects.filter(within(paths, "organisation_id"))
    for name, condition in FILTERS.items():
        value = given.get(name, "").strip()
        if value:
            found = found.filter(condition(value))
    for name, column in _DAYS.items():
        span = in_span(column, given.get(f"{name}_from", ""), given.get(f"{name}_to", ""))
        found = found.filter(span)
    return found


@dataclass(frozen=True, slots=True)
class EntryTotals:
    """Sums of entries, in fen."""

    count: int
    amount: int
    """Accruals less reversals."""
    accrued: int
    reversed: int
    """Taken back; positive."""


def totals_of(entries: QuerySet[Entry]) -> EntryTotals:
    """Count and sums of these entries, in one statement."""
    back = Q(kind=EntryKind.REVERSAL)
    sums = entries.order_by().aggregate(
        count=Count("pk"),
        accrued=Coalesce(Sum("amount", filter=~back), 0),
        back=Coalesce(Sum("amount", filter=back), 0),
    )
    accrued, taken = sums["accrued"], -sums["back"]
    return EntryTotals(sums["count"], accrued - taken, accrued, taken)


def with_names(entries: QuerySet[Entry]) -> QuerySet[Entry, Any]:
    """The same rows with what a list shows beside them: order, distributor, SKU, state."""
    state = EntryState.objects.filter(id=OuterRef("id"))
    distributor = Distributor.objects.filter(id=OuterRef("distributor_id"))
    sku = Sku.objects.filter(id=OuterRef("sku_id"))
    named: QuerySet[Entry, Any] = entries.annotate(
        order_number=Subquery(Order.objects.filter(id=OuterRef("order_id")).values("number")),
        distributor_name=Subquery(distributor.values("name")),
        distributor_code=Subquery(distributor.values("code")),
        sku_name=Subquery(sku.values("name")),
        sku_code=Subquery(sku.values("code")),
        due_at=Subquery(state.values("due_at")),
        released_at=Subquery(state.values("released_at")),
        remaining=Subquery(state.values("remaining")),
        held=Subquery(state.values("held")),
    )
    return named
