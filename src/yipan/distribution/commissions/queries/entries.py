"""Lists of commission entries and balances, for screens and programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import F, OuterRef, QuerySet, Subquery

from yipan.distribution.commissions.accounts import AVAILABLE, CLAWBACK, IN_WITHDRAWAL, PENDING
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.models import Organisation
from yipan.kernel.errors import NotFound
from yipan.kernel.money import CNY
from yipan.ledger.queries import balances
from yipan.trade.orders.models import Order


class Balances(TypedDict):
    """The places where a distributor's commission can be, in fen."""

    pending: int
    available: int
    in_withdrawal: int
    clawback_owed: int


def entries(
    *,
    within: str,
    distributor_ids: Sequence[int] | None = None,
    organisation_path: str = "",
    order_id: int | None = None,
    kind: str = "",
    paid_from: datetime | None = None,
    paid_until: datetime | None = None,
) -> QuerySet[Entry]:
    """Entries on sales of a subtree, each with its state, order number and distributor's code.

    Indexes: entry_of_distributor, entry_of_store, entry_of_order.
    """
    state = EntryState.objects.filter(id=OuterRef("id"))
    found: QuerySet[Any] = Entry.objects.annotate(
        order_number=Subquery(Order.objects.filter(id=OuterRef("order_id")).values("number")),
        distributor_code=Subquery(
            Distributor.objects.filter(id=OuterRef("distributor_id")).values("code")
        ),
        due_at=Subquery(state.values("due_at")),
        released_at=Subquery(state.values("released_at")),
        remaining=Subquery(state.values("remaining")),
        held=Subquery(state.values("held")),
    )
    if within != "/" or organisation_path:
        reach = Organisation.objects.filter(path__startswith=within)
        if organisation_path:
            reach = reach.filter(path__startswith=organisation_path)
        found = found.filter(organisation_id__in=reach.values("id"))
    exact: dict[str, Any] = {}
    if distributor_ids is not None:
        exact["distributor_id__in"] = list(distributor_ids)
    if order_id is not None:
        exact["order_id"] = order_id
    if kind:
        exact["kind"] = kind
    if paid_from is not None:
        exact["paid_at__gte"] = paid_from
    if paid_until is not None:
        exact["paid_at__lt"] = paid_until
    return found.filter(**exact)


def entry(entry_id: int, *, within: str) -> Entry:
    """One entry. Raises NotFound."""
    found = entries(within=within).filter(id=entry_id).first()
    if found is None:
        raise NotFound(kind="entry", ref=entry_id)
    return found


def distributor_in_reach(code: str, *, within: str) -> Distributor:
    """A distributor whose home is in the subtree. Raises NotFound."""
    found: Distributor | None = Distributor.objects.filter(
        code=code, organisation__path__startswith=within
    ).first()
    if found is None:
        raise NotFound(kind="distributor", ref=code)
    return found


def balances_of(distributor_ids: Sequence[int], currency: str = CNY) -> dict[int, Balances]:
    """Where each distributor's commission is, in one statement."""
    kinds = [PENDING.name, AVAILABLE.name, IN_WITHDRAWAL.name, CLAWBACK.name]
    found = balances(distributor_ids, kinds, currency)
    return {
        id_: Balances(
            pending=found[id_][PENDING.name],
            available=found[id_][AVAILABLE.name],
            in_withdrawal=found[id_][IN_WITHDRAWAL.name],
            clawback_owed=found[id_][CLAWBACK.name],
        )
        for id_ in distributor_ids
    }


def accruals_of_lines(line_ids: Sequence[int]) -> QuerySet[Entry]:
    """The accruals of lines, in the order of lines and roles."""
    found: QuerySet[Entry] = Entry.objects.filter(line_id__in=list(line_ids), sequence=0).order_by(
        "line_id", F("role")
    )
    return found
