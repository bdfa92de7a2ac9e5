"""Dated prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.catalogue.actions.writing import check_group_wide, one_after_another, record
from yipan.goods.catalogue.errors import PriceEnded, PriceOverlaps, RowFault
from yipan.goods.catalogue.models import Price, PriceKind, Sku
from yipan.goods.catalogue.queries import skus_by_code
from yipan.goods.catalogue.rules import PriceSpan, find_overlap
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, InvalidField, NotFound
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

PRICE_COLUMNS: Final = (
    "id", "tenant_id", "sku_id", "organisation_id", "kind", "amount", "valid_from", "valid_until",
)  # fmt: skip
_MOST: Final = 10**13

# Sets the copy right where it is not what holds now; SKUs without a list price show 0.
_COPY: Final = """
UPDATE catalogue_sku s SET list_price = coalesce(now.amount, 0)
  FROM (
    SELECT wanted.id, (
        SELECT p.amount FROM catalogue_price p
         WHERE p.tenant_id = wanted.tenant_id AND p.sku_id = wanted.id AND p.kind = 'list'
           AND p.organisation_id IS NULL AND p.valid_from <= %s
           AND (p.valid_until IS NULL OR p.valid_until > %s)
         ORDER BY p.valid_from DESC LIMIT 1
    ) AS amount
      FROM catalogue_sku wanted WHERE wanted.tenant_id = %s {among}
  ) now
 WHERE s.id = now.id AND s.list_price <> coalesce(now.amount, 0)
"""
_COPY_SOME: Final = _COPY.format(among="AND wanted.id = ANY(%s::bigint[])")
_COPY_ALL: Final = _COPY.format(among="")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price to set."""

    sku_id: int
    kind: str
    """`list`, `member` or `promo`."""
    amount: int
    """Fen for one unit, not below 0."""
    valid_from: datetime | None = None
    """None: from now on."""
    valid_until: datetime | None = None
    """None: until another one of the kind starts."""
    organisation_id: int | None = None
    """Only in the subtree of an organisation; None: everywhere."""


@dataclass(frozen=True, slots=True)
class CodedPrice:
    """A price to set, as `PriceRow`, with codes."""

    sku: str
    kind: str
    amount: int
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    organisation: str | None = None


def set_price(
    *,
    sku_id: int,
    kind: str,
    amount: int,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    organisation_id: int | None = None,
    by: Actor,
) -> Price:
    """Set a price from a moment on, for a span or until another one of the kind starts.

    Amount in fen. A price with an end is an exception inside one without. What was sold keeps the
    price it was sold at. Raises PriceOverlaps, NotFound, InvalidField.
    """
    row = PriceRow(sku_id, kind, amount, valid_from, valid_until, organisation_id)
    with unit_of_work():
        ids, faults = set_prices([row], by=by)
        if faults:
            raise faults[0].error
        price: Price = Price.objects.get(pk=ids[0])
    return price


def set_prices(
    rows: Sequence[PriceRow], *, by: Actor, within: str = "/"
) -> tuple[list[int | None], list[RowFault]]:
    """Set many prices; each row is taken or has its fault.

    The ids of the prices in the order of the rows (None for a fault), and the faults. `within` is
    the path of the subtree whose prices may be set; what holds everywhere is set for the whole
    group only. A fixed number of statements.
    """
    now = clock.now()
    with unit_of_work():
        one_after_another()
        spans = _spans_of({row.sku_id for row in rows})
        good: list[PriceRow] = []
        ids: list[int | None] = []
        faults: list[RowFault] = []
        fresh_ids = iter(next_ids(len(rows)))
        for number, given in enumerate(rows):
            row = given if given.valid_from else replace(given, valid_from=now)
            try:
                _take_place(row, spans, within)
            except DomainError as error:
                faults.append(RowFault(number, error))
                ids.append(None)
            else:
                good.append(row)
                ids.append(next(fresh_ids))
        _insert([price_id for price_id in ids if price_id is not None], good, by)
        copy_list_prices([row.sku_id for row in good])
    return ids, faults


def set_coded_prices(
    rows: Sequence[CodedPrice], *, by: Actor, within: str = "/"
) -> tuple[list[int | None], list[RowFault]]:
    """`set_prices` for SKUs and organisations named by their codes."""
    skus = skus_by_code([row.sku for row in rows])
    organisations = tree().by_code
    known: dict[int, PriceRow] = {}
    faults: list[RowFault] = []
    for number, row in enumerate(rows):
        node = organisations.get(row.organisation) if row.organisation else None
        if row.sku not in skus:
            faults.append(RowFault(number, NotFound(kind="sku", ref=row.sku)))
        elif row.organisation and node is None:
            error = NotFound(kind="organisation", ref=row.organisation)
            faults.append(RowFault(number, error))
        else:
            known[number] = PriceRow(
                skus[row.sku].id, row.kind, row.amount, row.valid_from, row.valid_until,
                node.id if node else None,
            )  # fmt: skip
    numbers = list(known)
    found, refused = set_prices(list(known.values()), by=by, within=within)
    faults += [RowFault(numbers[fault.row], fault.error) for fault in refused]
    ids = dict(zip(numbers, found, strict=True))
    faults.sort(key=lambda fault: fault.row)
    return [ids.get(number) for number in range(len(rows))], faults


def end_price(
    *, price_id: int, at: datetime | None = None, by: Actor, within: str = "/"
) -> Price | None:
    """Let a price end at a moment (default: now), earlier or later than it would have.

    A price that has not started by then is removed: None. `within` as for `set_prices`. Raises
    NotFound, PriceEnded, PriceOverlaps, ChangedAtHeadquarters, InvalidField.
    """
    now = clock.now()
    end = at or now
    with unit_of_work():
        one_after_another()
        price: Price | None = Price.objects.filter(pk=price_id).first()
        if price is None or not _in_sight(price.organisation_id, within):
            raise NotFound(kind="price", ref=price_id)
        if price.organisation_id is None:
            check_group_wide(within)
        if end < now:
            raise InvalidField(field="at", reason=_("must not be in the past"))
        if price.valid_until is not None and price.valid_until <= now:
            raise PriceEnded(valid_until=price.valid_until)
        _end(price, end, by)
        copy_list_prices([price.sku_id])
    return price if price.pk else None


def copy_list_prices(sku_ids: Sequence[int] | None = None) -> int:
    """Copy the group-wide list prices that hold now to where goods are sorted by them.

    All SKUs without `sku_ids`. One statement; how many were not right.
    """
    now = clock.now()
    if sku_ids is None:
        return sql.execute(_COPY_ALL, (now, now, current_tenant_id()))
    if not sku_ids:
        return 0
    return sql.execute(_COPY_SOME, (now, now, current_tenant_id(), sorted(set(sku_ids))))


def _end(price: Price, end: datetime, by: Actor) -> None:
    """Write the end down; a price without any time left is removed and loses its id."""
    before = {"amount": price.amount, "valid_until": price.valid_until}
    record("end_price", price, by, before=before, after={"valid_until": end})
    if end <= price.valid_from:
        price.delete()
        return
    span = PriceSpan(price.kind, price.amount, price.valid_from, end, price.organisation_id)
    others = _spans_of({price.sku_id}, without=price.id)
    _check_free(span, others[price.sku_id])
    price.valid_until = end
    price.save(update_fields=["valid_until"])


def _in_sight(organisation_id: int | None, within: str) -> bool:
    return organisation_id is None or tree().within(organisation_id, within)


def _take_place(row: PriceRow, spans: Mapping[int, list[PriceSpan]], within: str) -> None:
    """Check a row and stand it beside the other prices of its SKU."""
    if row.sku_id not in spans:
        raise NotFound(kind="sku", ref=row.sku_id)
    if not _in_sight(row.organisation_id, within):
        raise NotFound(kind="organisation", ref=row.organisation_id)
    if row.organisation_id is None:
        check_group_wide(within)
    if row.kind not in PriceKind.values:
        raise InvalidField(field="kind", reason=_("is one of %s") % ", ".join(PriceKind.values))
    if not 0 <= row.amount <= _MOST:
        raise InvalidField(field="amount", reason=_("must be 0 to %d fen") % _MOST)
    valid_from = row.valid_from or clock.now()
    if row.valid_until is not None and row.valid_until <= valid_from:
        raise InvalidField(field="valid_until", reason=_("must be later than valid_from"))
    span = PriceSpan(row.kind, row.amount, valid_from, row.valid_until, row.organisation_id)
    _check_free(span, spans[row.sku_id])
    spans[row.sku_id].append(span)


def _check_free(span: PriceSpan, others: Sequence[PriceSpan]) -> None:
    other = find_overlap(span, others)
    if other is not None:
        raise PriceOverlaps(
            kind=other.kind,
            amount=other.amount,
            valid_from=other.valid_from,
            valid_until=other.valid_until,
        )


def _spans_of(sku_ids: set[int], *, without: int | None = None) -> dict[int, list[PriceSpan]]:
    """The prices of SKUs; an unknown SKU is missing, one without prices has an empty list."""
    known = Sku.objects.filter(id__in=sku_ids).values_list("id", flat=True)
    found: dict[int, list[PriceSpan]] = {sku_id: [] for sku_id in known}
    prices = Price.objects.filter(sku_id__in=sku_ids).exclude(pk=without)
    for sku_id, *span in prices.values_list(
        "sku_id", "kind", "amount", "valid_from", "valid_until", "organisation_id"
    ):
        found[sku_id].append(PriceSpan(*span))
    return found


def _insert(ids: Sequence[int], rows: Sequence[PriceRow], by: Actor) -> None:
    tenant_id = current_tenant_id()
    values = [
        (
            price_id, tenant_id, row.sku_id, row.organisation_id, row.kind, row.amount,
            row.valid_from, row.valid_until,
        )
        for price_id, row in zip(ids, rows, strict=True)
    ]  # fmt: skip
    sql.insert(Price, PRICE_COLUMNS, values)
    for price_id, row in zip(ids, rows, strict=True):
        audit.record(
            action="catalogue.set_price",
            subject_type="price",
            subject_id=price_id,
            by=by,
            organisation_id=row.organisation_id,
            after={
                "sku_id": row.sku_id,
                "kind": row.kind,
                "amount": row.amount,
                "valid_from": row.valid_from,
                "valid_until": row.valid_until,
            },
        )
