"""Dated prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.catalogue.actions.writing import one_after_another, record
from yipan.goods.catalogue.errors import PriceEnded, PriceOverlaps, RowFault
from yipan.goods.catalogue.models import Price, PriceKind, Sku
from yipan.goods.catalogue.rules import PriceSpan, find_overlap
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, InvalidField, NotFound
from yipan.kernel.ids import next_id, next_ids
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


def set_prices(rows: Sequence[PriceRow], *, by: Actor) -> tuple[list[int | None], list[RowFault]]:
    """Set many prices; each row is taken or has its fault.

    The ids of the prices in the order of the rows (None for a fault), and the faults. A fixed
    number of statements.
    """
    now = clock.now()
    with unit_of_work():
        one_after_another()
        skus = set(
            Sku.objects.filter(id__in={row.sku_id for row in rows}).values_list("id", flat=True)
        )
        spans = _spans_of(skus)
        good: list[tuple[int, PriceRow]] = []
        faults: list[RowFault] = []
        for number, given in enumerate(rows):
            row = given if given.valid_from else replace(given, valid_from=now)
            try:
                if row.sku_id not in skus:
                    raise NotFound(kind="sku", ref=row.sku_id)
                _take_place(row, spans.setdefault(row.sku_id, []))
            except DomainError as error:
                faults.append(RowFault(number, error))
            else:
                good.append((number, row))
        ids: list[int | None] = [None] * len(rows)
        for new_id, (number, _row) in zip(next_ids(len(good)), good, strict=True):
            ids[number] = new_id
        _insert([(ids[number], row) for number, row in good], by)
        copy_list_prices([row.sku_id for _number, row in good])
    return ids, faults


def end_price(*, price_id: int, at: datetime | None = None, by: Actor) -> Price | None:
    """Let a price end at a moment (default: now), earlier or later than it would have.

    A price that has not started by then is removed: None. Raises NotFound, PriceEnded,
    PriceOverlaps, InvalidField.
    """
    now = clock.now()
    end = at or now
    if end < now:
        raise InvalidField(field="at", reason=_("must not be in the past"))
    with unit_of_work():
        one_after_another()
        price: Price | None = Price.objects.filter(pk=price_id).first()
        if price is None:
            raise NotFound(kind="price", ref=price_id)
        if price.valid_until is not None and price.valid_until <= now:
            raise PriceEnded(valid_until=price.valid_until)
        before = {"amount": price.amount, "valid_until": price.valid_until}
        record("end_price", price, by, before=before, after={"valid_until": end})
        if end <= price.valid_from:
            price.delete()
            copy_list_prices([price.sku_id])
            return None
        _check_free(
            PriceSpan(price.kind, price.amount, price.valid_from, end, price.organisation_id),
            _spans_of({price.sku_id}, without=price_id).get(price.sku_id, []),
        )
        price.valid_until = end
        price.save(update_fields=["valid_until"])
        copy_list_prices([price.sku_id])
    return price


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


def _take_place(row: PriceRow, spans: list[PriceSpan]) -> None:
    """Check a row and stand it beside the other prices of its SKU."""
    if row.kind not in PriceKind.values:
        raise InvalidField(field="kind", reason=_("is one of %s") % ", ".join(PriceKind.values))
    if not 0 <= row.amount <= _MOST:
        raise InvalidField(field="amount", reason=_("must be 0 to %d fen") % _MOST)
    valid_from = row.valid_from or clock.now()
    if row.valid_until is not None and row.valid_until <= valid_from:
        raise InvalidField(field="valid_until", reason=_("must be later than valid_from"))
    if row.organisation_id is not None:
        tree().node(row.organisation_id)
    span = PriceSpan(row.kind, row.amount, valid_from, row.valid_until, row.organisation_id)
    _check_free(span, spans)
    spans.append(span)


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
    found: dict[int, list[PriceSpan]] = {}
    prices = Price.objects.filter(sku_id__in=sku_ids).exclude(pk=without)
    for sku_id, *span in prices.values_list(
        "sku_id", "kind", "amount", "valid_from", "valid_until", "organisation_id"
    ):
        found.setdefault(sku_id, []).append(PriceSpan(*span))
    return found


def _insert(rows: Sequence[tuple[int | None, PriceRow]], by: Actor) -> None:
    tenant_id = current_tenant_id()
    values = [
        (
            price_id, tenant_id, row.sku_id, row.organisation_id, row.kind, row.amount,
            row.valid_from, row.valid_until,
        )
        for price_id, row in rows
    ]  # fmt: skip
    sql.insert(Price, PRICE_COLUMNS, values)
    for price_id, row in rows:
        audit.record(
            action="catalogue.set_price",
            subject_type="price",
            subject_id=price_id or next_id(),
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
