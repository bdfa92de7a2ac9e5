"""Days of trade: who buys what where, and how the orders reach us."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import accumulate
from typing import Final

from yipan.demo.consumers import Consumer
from yipan.demo.founding import SCHEME, Company, Group, Store
from yipan.demo.goods import Range, Ware, room_code, warehouse_code
from yipan.demo.links import Links, opened, record
from yipan.demo.plan import Plan
from yipan.demo.season import campaign_of, moment_of
from yipan.distribution.attribution.actions import LinkTouch
from yipan.kernel.actor import SYSTEM
from yipan.trade.orders.actions import MOST_ORDERS, cancel_order, capture_orders
from yipan.trade.orders.errors import OutOfStock
from yipan.trade.orders.requests import LineRequest, OrderRequest

TILL: Final = "pos"
APP: Final = "mini"
DEALER: Final = "erp"
_CHANNELS: Final = ((TILL, APP, DEALER), (62, 34, 4))
_LINES: Final = ((1, 2, 3, 4, 5), (55, 26, 11, 5, 3))
_QUANTITIES: Final = ((1, 2, 3, 6), (88, 9, 2, 1))
_DELIVERY_DAYS: Final = 2
"""Orders of the app are told to us when they are delivered, those of the last days at once."""
_DISCOUNT: Final = 5_000

_KNOWN: Final = 82
"""Of a hundred buyers at the till."""
_CODE: Final = 78
"""Of a hundred orders at the till, credited to somebody there by a code."""
_APP_CODE: Final = 10
_OF_COMPANY: Final = 18
"""Of a hundred codes, those of employees, partners and dealers."""
_BUSY_IN_COMPANY: Final = (6, 2, 1, 1, 5, 2)
"""How much its employees, its partner and its dealer sell, beside each other; as in a store, where
the first guide sells most, those with a sign-in have something to show."""
_BY_LINK: Final = 65
_UNPAID: Final = 4
"""Of a hundred orders of the app."""
_LATEST: Final = 16
_RETURNED: Final = 45
"""Of a thousand orders."""


@dataclass(slots=True)
class Market:
    """What trade needs to know, and what it leaves for later days."""

    plan: Plan
    group: Group
    ranges: dict[str, Range]
    links: Links
    dice: random.Random
    consumers: list[Consumer]
    stores: list[tuple[Store, Company]] = field(default_factory=list)
    store_weights: list[int] = field(default_factory=list)
    ware_weights: dict[str, list[int]] = field(default_factory=dict)
    returns: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Ids of orders of which something comes back, by the day on which it does."""
    unpaid: list[int] = field(default_factory=list)
    latest: deque[int] = field(default_factory=lambda: deque(maxlen=_LATEST))
    """Ids of the last orders that were paid."""
    captured: int = 0
    missed: int = 0
    """Orders that came to nothing because the goods had run out."""

    def __post_init__(self) -> None:
        pairs = [(store, company) for company in self.group.companies for store in company.stores]
        self.stores = pairs
        self.store_weights = list(accumulate(store.size for store, _ in pairs))
        self.ware_weights = {
            code: list(accumulate(range_.weights)) for code, range_ in self.ranges.items()
        }


@dataclass(frozen=True, slots=True)
class _Sale:
    """An order on its way to us, and when something of it comes back, if it does."""

    request: OrderRequest
    told_on: int
    """The day on which we hear of it."""


def day_of_trade(
    market: Market, number: int, count: int, late: dict[int, list[OrderRequest]]
) -> Iterator[int]:
    """Take the orders of a day down, with those of days before that are told of now.

    `late` keeps what later days will be told. To be run with the clock at the day's end. Yields
    how many orders were taken down, batch after batch.
    """
    told = late.pop(number, [])
    touches = list(_look_around(market, number, count))
    for position in range(count):
        sale = _sale(market, number, position, touches)
        if sale.told_on == number:
            told.append(sale.request)
        else:
            late.setdefault(sale.told_on, []).append(sale.request)
    record(touches)
    told.sort(key=lambda request: (request.placed_at, request.number))
    for start in range(0, len(told), MOST_ORDERS):
        some = told[start : start + MOST_ORDERS]
        _capture(market, number, some)
        yield len(some)
    if number < market.plan.days - 1:
        _give_up(market)


def _capture(market: Market, number: int, requests: Sequence[OrderRequest]) -> None:
    answers = capture_orders(requests=requests, by=SYSTEM)
    for request, answer in zip(requests, answers, strict=True):
        if answer.error is not None or answer.order_id is None:
            if not isinstance(answer.error, OutOfStock):
                raise answer.error or AssertionError(answer)
            market.missed += 1
            continue
        market.captured += 1
        if request.paid_at is None:
            market.unpaid.append(answer.order_id)
            continue
        market.latest.append(answer.order_id)
        if market.dice.randrange(1000) < _RETURNED:
            # Most come back before commission is released, some long after.
            days = market.dice.choices((1, 3, 5, 8, 20), (30, 30, 20, 12, 8))[0]
            market.returns[number + days].append(answer.order_id)


def _give_up(market: Market) -> None:
    """What was not paid by the end of its day is taken back."""
    for order_id in market.unpaid:
        cancel_order(order_id=order_id, reason="超时未支付", by=SYSTEM)
    market.unpaid.clear()


def _sale(market: Market, number: int, position: int, touches: list[LinkTouch]) -> _Sale:
    dice = market.dice
    store, company = dice.choices(market.stores, cum_weights=market.store_weights)[0]
    channel = dice.choices(*_CHANNELS)[0]
    day = market.plan.day(number)
    campaign = campaign_of(day)
    buyer = dice.choice(store.buyers) if store.buyers and dice.randrange(100) < _KNOWN else ""
    lines = _lines(market, store, channel, buyer, campaign.name if campaign else "")
    request = OrderRequest(
        channel=channel,
        number=f"{channel.upper()}{day:%Y%m%d}{position:05d}",
        organisation=store.organisation.code,
        lines=lines,
        placed_at=moment_of(market.plan, number, dice),
        buyer_scheme=SCHEME if buyer else "",
        buyer=buyer,
        campaign=campaign.name if campaign else "",
        discount=_discount(lines, dice),
    )
    if channel == APP:
        request = _by_app(market, request, store, company, touches)
        if request.completed_at is None:
            return _Sale(request, number)
        return _Sale(request, min(number + _DELIVERY_DAYS, market.plan.days - 1))
    place = room_code(store) if channel == TILL else warehouse_code(company)
    request = replace(
        request, paid_at=request.placed_at, completed_at=request.placed_at, location=place
    )
    if channel == TILL:
        request = _at_till(market, request, store, company)
    return _Sale(request, number)


def _code_of(dice: random.Random, store: Store, company: Company) -> str:
    """Whose code is told or typed: mostly that of somebody who stands in the store."""
    if company.sellers and dice.randrange(100) < _OF_COMPANY:
        return dice.choices(company.sellers, _BUSY_IN_COMPANY)[0].code
    busy = (2, 5, *[2] * (len(store.sellers) - 2))
    return dice.choices(store.sellers, busy[: len(store.sellers)])[0].code


def _at_till(market: Market, request: OrderRequest, store: Store, company: Company) -> OrderRequest:
    dice = market.dice
    code = _code_of(dice, store, company) if dice.randrange(100) < _CODE else ""
    provider = dice.choice(("wechat", "alipay", "cash"))
    return replace(request, distributor_code=code, payment_provider=provider)


def _by_app(
    market: Market, request: OrderRequest, store: Store, company: Company, touches: list[LinkTouch]
) -> OrderRequest:
    """Most come by a link that somebody shared; some type a seller's code."""
    dice, placed_at = market.dice, request.placed_at
    visitor = f"v{dice.randrange(10**12):012d}"
    if dice.randrange(100) < _BY_LINK:
        touch = opened(market.links, store, dice, visitor=visitor, before=placed_at)
        touches += [touch] if touch else []
    request = replace(
        request,
        visitor=visitor,
        distributor_code=_code_of(dice, store, company) if dice.randrange(100) < _APP_CODE else "",
        location=warehouse_code(company),
        freight=dice.choice((0, 0, 0, 800, 1200)),
    )
    if dice.randrange(100) < _UNPAID:
        return request
    until = market.plan.until
    delivered = placed_at + timedelta(days=1, hours=dice.randint(2, 20))
    return replace(
        request,
        paid_at=min(placed_at + timedelta(seconds=dice.randint(5, 600)), until),
        completed_at=delivered if delivered <= until else None,
        payment_provider="wechat",
    )


def _look_around(market: Market, number: int, count: int) -> Iterator[LinkTouch]:
    """Those who open a link and buy nothing."""
    dice = market.dice
    for _ in range(count):
        store, _ = dice.choices(market.stores, cum_weights=market.store_weights)[0]
        touch = opened(
            market.links,
            store,
            dice,
            visitor=f"v{dice.randrange(10**12):012d}",
            before=moment_of(market.plan, number, dice),
        )
        if touch is not None:
            yield touch


def _lines(
    market: Market, store: Store, channel: str, buyer: str, campaign: str
) -> tuple[LineRequest, ...]:
    dice = market.dice
    wares = market.ranges[store.industry.code].wares
    weights = market.ware_weights[store.industry.code]
    count = dice.choices(*_LINES)[0]
    chosen = {ware.code: ware for ware in dice.choices(wares, cum_weights=weights, k=count)}
    times = 3 if channel == DEALER else 1
    return tuple(
        LineRequest(
            ware.code,
            dice.choices(*_QUANTITIES)[0] * times,
            price_kind=_price_kind(ware, buyer, campaign),
        )
        for ware in chosen.values()
    )


def _price_kind(ware: Ware, buyer: str, campaign: str) -> str:
    if campaign in ware.campaigns:
        return "promo"
    return "member" if buyer else "list"


def _discount(lines: Sequence[LineRequest], dice: random.Random) -> int:
    """A coupon for larger baskets. Fen."""
    return _DISCOUNT if len(lines) > 2 and dice.randrange(4) == 0 else 0
