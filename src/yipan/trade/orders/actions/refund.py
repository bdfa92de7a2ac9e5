"""Giving back part or all of paid lines: many at once, each succeeding or failing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.stock.actions import StockWish, put_back
from yipan.kernel import clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.errors import RefundExists
from yipan.trade.orders.events import LineRefunded, LineSnapshot
from yipan.trade.orders.models import Refund
from yipan.trade.orders.requests import Refunded, RefundOrder
from yipan.trade.orders.rules import OrderState, RefundFigures, check_refundable

MOST_REFUNDS: Final = 500
# Lines are locked in the order of their ids: refunds of the same lines queue up, never in a circle.
# Only the next statement sees what the one that held the lock before has written.
_LOCK = """
SELECT l.id FROM orders_orderline l
  JOIN orders_order o ON o.id = l.order_id
  JOIN organisations_organisation g ON g.id = o.organisation_id
 WHERE l.tenant_id = %s AND l.id = ANY(%s::bigint[]) AND starts_with(g.path, %s)
 ORDER BY l.id FOR NO KEY UPDATE OF l
"""
_READ = """
SELECT l.id, o.state, l.quantity, l.net_amount, l.refunded_quantity, l.refunded_amount,
       o.id, o.organisation_id, o.location_id, o.channel, o.campaign, o.member_id, o.currency,
       o.paid_at, l.line_no, l.sku_id, s.code, s.product_id, s.category_path, s.list_price,
       l.price_kind,
       coalesce((SELECT jsonb_object_agg(r.number, r.id) FROM orders_refund r
                  WHERE r.line_id = l.id), '{}')
  FROM orders_orderline l
  JOIN orders_order o ON o.id = l.order_id
  JOIN catalogue_sku s ON s.id = l.sku_id
 WHERE l.tenant_id = %s AND l.id = ANY(%s::bigint[])
"""
_UPDATE = """
UPDATE orders_orderline l
   SET refunded_quantity = u.quantity, refunded_amount = u.amount
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS u(id, quantity, amount)
 WHERE l.id = u.id
"""
_REFUND: Final = (
    "id", "tenant_id", "line_id", "sequence", "number", "quantity", "amount", "restocked",
    "reason", "refunded_at", "recorded_at", "recorded_by",
)  # fmt: skip


@dataclass(slots=True)
class _Line:
    """A locked line and what this call gives back of it."""

    figures: RefundFigures
    snapshot: LineSnapshot
    order_id: int
    organisation_id: int
    location_id: int | None
    channel: str
    campaign: str
    member_id: int | None
    currency: str
    paid_at: datetime
    numbers: dict[str, int]
    """Refund numbers so far, with their ids."""


def refund_lines(*, refunds: Sequence[RefundOrder], by: Actor, within: str = "/") -> list[Refunded]:
    """Give back parts of paid lines and take commission back with them.

    Up to 500 at once in a constant number of statements. All refunds of a line together never
    exceed what was sold and paid; a refund number counts once per line. Answers in the order of
    the requests. Raises InvalidField for more than 500.
    """
    if len(refunds) > MOST_REFUNDS:
        raise InvalidField(field="refunds", reason=_("must be at most %d") % MOST_REFUNDS)
    now = clock.now()
    answers: list[Refunded] = []
    events: list[LineRefunded] = []
    rows: list[tuple[object, ...]] = []
    with unit_of_work():
        lines = _locked(sorted({refund.line_id for refund in refunds}), within)
        for refund, id_ in zip(refunds, next_ids(len(refunds)), strict=True):
            try:
                line = _checked(lines, refund, now)
            except DomainError as error:
                answers.append(Refunded(refund.line_id, refund.number, None, error))
                continue
            line.numbers[refund.number] = id_
            line.figures = replace(
                line.figures,
                refunded_quantity=line.figures.refunded_quantity + refund.quantity,
                refunded_amount=line.figures.refunded_amount + refund.amount,
            )
            rows.append(_row(id_, refund, line, now, str(by)))
            events.append(_event(id_, refund, line))
            answers.append(Refunded(refund.line_id, refund.number, id_, None))
        if events:
            _write(rows, lines, {event.line.id for event in events})
            _restock(refunds, answers, lines, now)
            announce(*events)
    return answers


def _locked(line_ids: list[int], within: str) -> dict[int, _Line]:
    tenant_id = current_tenant_id()
    reached = [id_ for (id_,) in sql.fetch(_LOCK, (tenant_id, line_ids, within))]
    found = {}
    for row in sql.fetch(_READ, (tenant_id, reached)):
        id_, state, quantity, net, refunded_quantity, refunded_amount = row[:6]
        order_id, organisation_id, location_id, channel, campaign, member_id, currency = row[6:13]
        paid_at, line_no, sku_id, code, product_id, path, list_price, kind, numbers = row[13:]
        found[id_] = _Line(
            RefundFigures(OrderState(state), quantity, net, refunded_quantity, refunded_amount),
            LineSnapshot(
                id_, line_no, sku_id, code, product_id, path, quantity, list_price, kind, net
            ),
            order_id, organisation_id, location_id, channel, campaign, member_id, currency,
            paid_at, sql.document(numbers),
        )  # fmt: skip
    return found


def _checked(lines: dict[int, _Line], refund: RefundOrder, now: datetime) -> _Line:
    line = lines.get(refund.line_id)
    if line is None:
        raise NotFound(kind="line", ref=refund.line_id)
    if not 1 <= len(refund.number) <= 64:
        raise InvalidField(field="number", reason=_("must be 1 to %d characters") % 64)
    if refund.number in line.numbers:
        raise RefundExists(number=refund.number, refund_id=line.numbers[refund.number])
    check_refundable(line.figures, refund.quantity, refund.amount)
    if refund.refunded_at > now:
        raise InvalidField(field="refunded_at", reason=_("is in the future"))
    if refund.refunded_at < line.paid_at:
        raise InvalidField(field="refunded_at", reason=_("is before the payment"))
    return line


def _row(id_: int, refund: RefundOrder, line: _Line, now: datetime, by: str) -> tuple[object, ...]:
    restocked = refund.restock and refund.quantity > 0 and line.location_id is not None
    return (
        id_, current_tenant_id(), refund.line_id, len(line.numbers), refund.number,
        refund.quantity, refund.amount, restocked, refund.reason[:200], refund.refunded_at, now, by,
    )  # fmt: skip


def _event(id_: int, refund: RefundOrder, line: _Line) -> LineRefunded:
    return LineRefunded(
        refund_id=id_,
        number=refund.number,
        order_id=line.order_id,
        organisation_id=line.organisation_id,
        channel=line.channel,
        campaign=line.campaign,
        member_id=line.member_id,
        currency=line.currency,
        line=line.snapshot,
        quantity=refund.quantity,
        amount=refund.amount,
        refunded_amount=line.figures.refunded_amount,
        paid_at=line.paid_at,
        refunded_at=refund.refunded_at,
    )


def _write(rows: list[tuple[object, ...]], lines: dict[int, _Line], changed: set[int]) -> None:
    sql.insert(Refund, _REFUND, rows)
    ids = sorted(changed)
    quantities = [lines[id_].figures.refunded_quantity for id_ in ids]
    amounts = [lines[id_].figures.refunded_amount for id_ in ids]
    sql.execute(_UPDATE, (ids, quantities, amounts))


def _restock(
    refunds: Sequence[RefundOrder],
    answers: Sequence[Refunded],
    lines: dict[int, _Line],
    now: datetime,
) -> None:
    wishes = []
    for refund, answer in zip(refunds, answers, strict=True):
        if answer.refund_id is None or not refund.restock or refund.quantity == 0:
            continue
        line = lines[refund.line_id]
        if line.location_id is not None:
            wishes.append(
                StockWish(line.order_id, line.location_id, line.snapshot.sku_id, refund.quantity)
            )
    if wishes:
        put_back(wishes=wishes, reason="return", at=now)
