"""From what was asked to what is sold: every line's amounts, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from yipan.goods.catalogue.queries import SkuFigures
from yipan.kernel.errors import InvalidField
from yipan.trade.orders.requests import LineRequest, OrderRequest
from yipan.trade.orders.rules import spread_discount

MOST_LINES: Final = 5_000
PRICE_KINDS: Final = frozenset({"list", "member", "promo"})
_CLOCK_SKEW: Final = timedelta(minutes=5)
_LARGEST: Final = 10**15
_TEXTS: Final = (
    ("channel", 30, True),
    ("number", 64, True),
    ("organisation", 40, True),
    ("visitor", 64, False),
    ("distributor_code", 40, False),
    ("coupon_code", 40, False),
    ("campaign", 60, False),
    ("buyer_scheme", 30, False),
    ("buyer", 120, False),
    ("payment_provider", 30, False),
    ("payment_reference", 80, False),
)


class PricedLine(NamedTuple):
    """A line ready to be written. Amounts in fen."""

    sku: SkuFigures
    quantity: int
    unit_price: int
    price_kind: str
    discount: int
    """Its own and its share of the order's."""
    net_amount: int


class PricedOrder(NamedTuple):
    """An order ready to be written. Amounts in fen."""

    goods_amount: int
    net_amount: int
    lines: tuple[PricedLine, ...]


def check_request(request: OrderRequest, *, now: datetime, currency: str) -> None:
    """Everything that can be said without looking anything up. Raises InvalidField."""
    for name, longest, required in _TEXTS:
        value = getattr(request, name)
        if required and not value:
            raise InvalidField(field=name, reason=_("must not be empty"))
        if len(value) > longest:
            raise InvalidField(field=name, reason=_("has at most %d characters") % longest)
    if not 1 <= len(request.lines) <= MOST_LINES:
        raise InvalidField(field="lines", reason=_("must be 1 to %d") % MOST_LINES)
    if request.currency != currency:
        raise InvalidField(field="currency", reason=_("must be %s") % currency)
    if bool(request.buyer) != bool(request.buyer_scheme):
        raise InvalidField(field="buyer", reason=_("needs both a scheme and a value"))
    _check_amount("discount", request.discount)
    _check_amount("freight", request.freight)
    _check_moments(request, now)
    for number, line in enumerate(request.lines):
        _check_line(f"lines[{number}]", line)


def _check_amount(field: str, value: int) -> None:
    if not 0 <= value <= _LARGEST:
        raise InvalidField(field=field, reason=_("must be 0 or more fen"))


def _check_moments(request: OrderRequest, now: datetime) -> None:
    previous, least = "", request.placed_at
    for name in ("placed_at", "paid_at", "completed_at"):
        moment = getattr(request, name)
        if moment is None:
            if name == "paid_at" and request.completed_at is not None:
                raise InvalidField(field="completed_at", reason=_("needs paid_at"))
            continue
        if moment.tzinfo is None:
            raise InvalidField(field=name, reason=_("needs a time zone"))
        if moment > now + _CLOCK_SKEW:
            raise InvalidField(field=name, reason=_("is in the future"))
        if moment < least:
            raise InvalidField(field=name, reason=_("is before %s") % previous)
        previous, least = name, moment


def _check_line(field: str, line: LineRequest) -> None:
    if not 1 <= line.quantity <= _LARGEST:
        raise InvalidField(field=f"{field}.quantity", reason=_("must be 1 or more"))
    if line.unit_price is not None:
        _check_amount(f"{field}.unit_price", line.unit_price)
        if line.unit_price * line.quantity > _LARGEST:
            raise InvalidField(field=f"{field}.unit_price", reason=_("is too large"))
    if line.price_kind not in PRICE_KINDS:
        raise InvalidField(field=f"{field}.price_kind", reason=_("must be list, member or promo"))
    _check_amount(f"{field}.discount", line.discount)


def priced(
    request: OrderRequest,
    skus: Mapping[str, SkuFigures],
    prices: Mapping[tuple[int, str], int],
) -> PricedOrder:
    """The order with every line's amounts (commission.md §1 for the discount).

    `prices` gives the fen of one unit by (SKU id, price kind), for lines that name no price.
    Raises InvalidField and the errors of `spread_discount`.
    """
    drafts = [
        _draft(f"lines[{number}]", line, skus, prices) for number, line in enumerate(request.lines)
    ]
    amounts = [price * line.quantity - line.discount for line, _, price in drafts]
    shares = spread_discount(amounts, request.discount)
    lines = tuple(
        PricedLine(
            sku, line.quantity, price, line.price_kind, line.discount + share, amount - share
        )
        for (line, sku, price), amount, share in zip(drafts, amounts, shares, strict=True)
    )
    goods = sum(amounts)
    return PricedOrder(goods, goods - request.discount, lines)


def _draft(
    field: str,
    line: LineRequest,
    skus: Mapping[str, SkuFigures],
    prices: Mapping[tuple[int, str], int],
) -> tuple[LineRequest, SkuFigures, int]:
    sku = skus.get(line.sku)
    if sku is None:
        raise InvalidField(field=f"{field}.sku", reason=_("there is no SKU %r") % line.sku)
    price = line.unit_price
    if price is None:
        price = prices.get((sku.id, line.price_kind))
    if price is None:
        reason = f"{line.sku} has no {line.price_kind} price at that moment"
        raise InvalidField(field=f"{field}.unit_price", reason=reason)
    if line.discount > price * line.quantity:
        raise InvalidField(field=f"{field}.discount", reason=_("is more than the line's amount"))
    return line, sku, price
