"""Taking orders down: many at once, each succeeding or failing by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from yipan.customers.members.actions import MemberRef, members_for
from yipan.goods.catalogue.queries import PriceQuestion, SkuFigures, prices_for, skus_by_code
from yipan.goods.stock.actions import StockWish, take
from yipan.goods.stock.queries import location_of
from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, InvalidField
from yipan.kernel.events import announce
from yipan.kernel.ids import next_ids
from yipan.kernel.modules import is_enabled
from yipan.kernel.money import CNY
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.errors import OrderExists, OutOfStock
from yipan.trade.orders.events import (
    LinesCompleted,
    LineSnapshot,
    OrderCaptured,
    OrderPaid,
    OrderSnapshot,
)
from yipan.trade.orders.models import Order, OrderLine
from yipan.trade.orders.pricing import PRICE_KINDS, PricedOrder, check_request, priced
from yipan.trade.orders.requests import Captured, OrderRequest
from yipan.trade.orders.rules import OrderState

MOST_ORDERS: Final = 500
"""In one call."""

_ORDER: Final = (
    "id", "tenant_id", "channel", "number", "organisation_id", "location_id", "member_id",
    "visitor", "distributor_code", "coupon_code", "campaign", "state", "currency",
    "goods_amount", "discount_amount", "freight_amount", "net_amount", "placed_at", "paid_at",
    "completed_at", "recorded_at", "recorded_by",
)  # fmt: skip
_LINE: Final = (
    "id", "tenant_id", "order_id", "line_no", "sku_id", "quantity", "unit_price", "price_kind",
    "discount_amount", "net_amount", "refunded_quantity", "refunded_amount", "completed_at",
)  # fmt: skip


@dataclass(slots=True)
class _Draft:
    """One requested order on its way through the steps."""

    request: OrderRequest
    error: DomainError | None = None
    node: Node | None = None
    order: PricedOrder | None = None
    location_id: int | None = None
    member_id: int | None = None
    id: int = 0
    line_ids: range = range(0)


def capture_orders(
    *, requests: Sequence[OrderRequest], by: Actor, within: str = "/"
) -> list[Captured]:
    """Take orders down, and pay and complete them where the moments are given.

    Up to 500 at once in a constant number of statements; the answers are in the order of the
    requests, and an order that fails touches none of the others. `within` is the path of the
    subtree in which the caller may sell. Raises InvalidField for more than 500.
    """
    if len(requests) > MOST_ORDERS:
        raise InvalidField(field="orders", reason=_("must be at most %d") % MOST_ORDERS)
    now = clock.now()
    drafts = [_Draft(request) for request in requests]
    with unit_of_work():
        _check(drafts, now, within)
        _price(drafts)
        _find_members(drafts, now)
        _insert_orders(drafts, now, by)
        _take_stock(drafts, now)
        good = [draft for draft in drafts if draft.error is None]
        _insert_lines(good)
        _announce([_snapshot(draft) for draft in good], good)
    return [
        Captured(d.request.channel, d.request.number, None if d.error else d.id, d.error)
        for d in drafts
    ]


def _alive(drafts: Iterable[_Draft]) -> list[_Draft]:
    return [draft for draft in drafts if draft.error is None]


def _check(drafts: Sequence[_Draft], now: datetime, within: str) -> None:
    organisations = tree()
    seen: set[tuple[str, str]] = set()
    for draft in drafts:
        request = draft.request
        try:
            check_request(request, now=now, currency=CNY)
            node = organisations.by_code.get(request.organisation)
            if node is None or not node.is_active or not node.path.startswith(within):
                reason = f"there is no organisation {request.organisation!r}"
                raise InvalidField(field="organisation", reason=reason)
            if (request.channel, request.number) in seen:
                raise OrderExists(channel=request.channel, number=request.number)
            seen.add((request.channel, request.number))
            draft.node = node
            if is_enabled("stock"):
                draft.location_id = location_of(node.id, request.location, within=within)
        except DomainError as error:
            draft.error = error


def _price(drafts: Sequence[_Draft]) -> None:
    alive = _alive(drafts)
    codes = {line.sku for draft in alive for line in draft.request.lines}
    skus = skus_by_code(sorted(codes)) if codes else {}
    prices = _prices(alive, skus)
    for number, draft in enumerate(alive):
        try:
            draft.order = priced(draft.request, skus, prices.get(number, {}))
        except DomainError as error:
            draft.error = error


def _prices(
    drafts: Sequence[_Draft], skus: Mapping[str, SkuFigures]
) -> dict[int, dict[tuple[int, str], int]]:
    """Prices in force for the lines that name none, by the draft's place; one statement."""
    asked: list[tuple[int, PriceQuestion]] = []
    for number, draft in enumerate(drafts):
        for line in draft.request.lines:
            if line.unit_price is None and line.sku in skus and draft.node is not None:
                sku_id = skus[line.sku].id
                question = PriceQuestion(sku_id, draft.node.lineage, draft.request.placed_at)
                asked.append((number, question))
    found: dict[int, dict[tuple[int, str], int]] = {}
    answers = prices_for([question for _, question in asked])
    for (number, question), prices in zip(asked, answers, strict=True):
        for kind in PRICE_KINDS:
            amount = prices.of_kind(kind)
            if amount is not None:
                found.setdefault(number, {})[question.sku_id, kind] = amount
    return found


def _find_members(drafts: Sequence[_Draft], now: datetime) -> None:
    if not is_enabled("members"):
        return
    for draft in drafts:
        draft.member_id = draft.request.member_id
    known = [draft for draft in _alive(drafts) if draft.request.buyer]
    if not known:
        return
    refs = [MemberRef(draft.request.buyer_scheme, draft.request.buyer) for draft in known]
    places = [draft.node.id if draft.node else None for draft in known]
    members = members_for(refs=refs, organisation_ids=places, at=now)
    for draft, ref in zip(known, refs, strict=True):
        draft.member_id = members[ref.scheme, ref.value]


def _insert_orders(drafts: Sequence[_Draft], now: datetime, by: Actor) -> None:
    alive = _alive(drafts)
    rows = []
    for draft, id_ in zip(alive, next_ids(len(alive)), strict=True):
        draft.id = id_
        rows.append(_order_row(draft, now, str(by)))
    # In one order for everybody: two batches with the same numbers cannot wait in a circle.
    rows.sort(key=lambda row: (str(row[2]), str(row[3])))
    statement = (
        f"{sql.insert_statement(Order, _ORDER)} "
        "ON CONFLICT (tenant_id, channel, number) DO NOTHING RETURNING id"
    )
    written = (
        {id_ for (id_,) in sql.fetch(statement, sql.columnwise(Order, _ORDER, rows))}
        if rows
        else ()
    )
    for draft in alive:
        if draft.id not in written:
            draft.error = OrderExists(channel=draft.request.channel, number=draft.request.number)


def _order_row(draft: _Draft, now: datetime, by: str) -> tuple[object, ...]:
    request, order, node = draft.request, draft.order, draft.node
    assert order is not None and node is not None  # noqa: S101, PT018 - both steps are behind us
    return (
        draft.id, current_tenant_id(), request.channel, request.number, node.id,
        draft.location_id, draft.member_id, request.visitor, request.distributor_code,
        request.coupon_code, request.campaign, _state(request).value, request.currency,
        order.goods_amount, request.discount, request.freight, order.net_amount,
        request.placed_at, request.paid_at, request.completed_at, now, by,
    )  # fmt: skip


def _state(request: OrderRequest) -> OrderState:
    if request.completed_at is not None:
        return OrderState.COMPLETED
    return OrderState.CAPTURED if request.paid_at is None else OrderState.PAID


def _take_stock(drafts: Sequence[_Draft], now: datetime) -> None:
    wishes = [
        StockWish(draft.id, draft.location_id, line.sku.id, line.quantity)
        for draft in _alive(drafts)
        if draft.location_id is not None and draft.order is not None
        for line in draft.order.lines
    ]
    if not wishes:
        return
    refused = take(wishes=wishes, reason="sale", at=now)
    if not refused:
        return
    sql.execute("DELETE FROM orders_order WHERE id = ANY(%s::bigint[])", (sorted(refused),))
    for draft in drafts:
        if draft.error is None and draft.id in refused:
            draft.error = OutOfStock(number=draft.request.number)


def _insert_lines(drafts: Sequence[_Draft]) -> None:
    tenant_id = current_tenant_id()
    rows = []
    for draft in drafts:
        assert draft.order is not None  # noqa: S101 - it was priced
        draft.line_ids = next_ids(len(draft.order.lines))
        for line_no, (id_, line) in enumerate(
            zip(draft.line_ids, draft.order.lines, strict=True), start=1
        ):
            rows.append(
                (
                    id_,
                    tenant_id,
                    draft.id,
                    line_no,
                    line.sku.id,
                    line.quantity,
                    line.unit_price,
                    line.price_kind,
                    line.discount,
                    line.net_amount,
                    0,
                    0,
                    draft.request.completed_at,
                )
            )
    sql.insert(OrderLine, _LINE, rows)


def _snapshot(draft: _Draft) -> OrderSnapshot:
    request, order, node = draft.request, draft.order, draft.node
    assert order is not None and node is not None  # noqa: S101, PT018
    lines = tuple(
        LineSnapshot(
            id_,
            line_no,
            line.sku.id,
            line.sku.code,
            line.sku.product_id,
            line.sku.category_path,
            line.quantity,
            line.sku.list_price,
            line.price_kind,
            line.net_amount,
        )
        for line_no, (id_, line) in enumerate(
            zip(draft.line_ids, order.lines, strict=True), start=1
        )
    )
    return OrderSnapshot(
        draft.id, request.channel, request.number, node.id, draft.member_id, request.visitor,
        request.distributor_code, request.coupon_code, request.campaign, request.currency,
        order.net_amount, request.freight, request.placed_at, request.paid_at, lines,
    )  # fmt: skip


def _announce(orders: Sequence[OrderSnapshot], drafts: Sequence[_Draft]) -> None:
    announce(*[OrderCaptured(order) for order in orders])
    announce(
        *[
            OrderPaid(order, draft.request.payment_provider, draft.request.payment_reference)
            for order, draft in zip(orders, drafts, strict=True)
            if order.paid_at is not None
        ]
    )
    announce(
        *[
            LinesCompleted(
                order.id,
                order.organisation_id,
                tuple(line.id for line in order.lines),
                draft.request.completed_at,
            )
            for order, draft in zip(orders, drafts, strict=True)
            if draft.request.completed_at is not None
        ]
    )
