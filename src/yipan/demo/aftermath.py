"""What becomes of paid orders: refunds, and requests for them."""

from __future__ import annotations

from datetime import datetime

from yipan.demo import words
from yipan.demo.trade import Market
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import DomainError
from yipan.trade.orders.actions import (
    close_refund_request,
    open_refund_request,
    refund_lines,
)
from yipan.trade.orders.actions.refund import MOST_REFUNDS
from yipan.trade.orders.events import LineSnapshot, OrderSnapshot
from yipan.trade.orders.queries import snapshots
from yipan.trade.orders.requests import RefundOrder

_OUTCOMES = ("granted", "refused", "withdrawn")


def take_back(market: Market, number: int) -> int:
    """The refunds of a day, at its end; how many there were."""
    order_ids = market.returns.pop(number, [])
    orders = snapshots(order_ids)
    now = clock.now()
    refunds = [
        refund for order_id in order_ids for refund in _refunds(market, orders[order_id], now)
    ]
    for start in range(0, len(refunds), MOST_REFUNDS):
        for answer in refund_lines(refunds=refunds[start : start + MOST_REFUNDS], by=SYSTEM):
            if answer.error is not None:
                raise answer.error
    return len(refunds)


def _refunds(market: Market, order: OrderSnapshot, now: datetime) -> list[RefundOrder]:
    """Everything, one line, some units of a line, or only a part of the price."""
    dice = market.dice
    lines = list(order.lines) if dice.randrange(4) == 0 else [dice.choice(order.lines)]
    return [
        RefundOrder(
            line_id=line.id,
            number=f"R{order.number}-{line.line_no}",
            quantity=quantity,
            amount=amount,
            refunded_at=now,
            reason=dice.choice(words.REFUND_REASONS),
        )
        for line in lines
        for quantity, amount in [_part(market, line)]
        if amount > 0
    ]


def _part(market: Market, line: LineSnapshot) -> tuple[int, int]:
    dice = market.dice
    if dice.randrange(10) == 0:
        return 0, line.net_amount // dice.choice((5, 10, 20))
    units = dice.randint(1, line.quantity)
    return units, line.net_amount * units // line.quantity


def ask_for_refunds(market: Market, order_ids: list[int]) -> None:
    """Requests of the last days: some are answered, the others hold the commission."""
    dice = market.dice
    for order in snapshots(order_ids).values():
        line = dice.choice(order.lines)
        try:
            request = open_refund_request(
                line_id=line.id,
                quantity=line.quantity,
                amount=line.net_amount,
                reason=dice.choice(words.REFUND_REASONS),
            )
        except DomainError:  # something of it was given back before
            continue
        if dice.randrange(2):
            outcome = dice.choice(_OUTCOMES)
            close_refund_request(request_id=request.id, outcome=outcome, by=SYSTEM)
