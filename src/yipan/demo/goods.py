"""What there is to sell: categories, products, SKUs, prices with promotions, stock."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product as pairs
from typing import Final

from yipan.demo import words
from yipan.demo.founding import Company, Group, Store
from yipan.demo.plan import Plan
from yipan.demo.season import CAMPAIGNS, Campaign, campaign_spans
from yipan.demo.words import Goods, Industry, Shelf
from yipan.goods.catalogue.actions import CategoryStep, PriceRow, SkuRow, load_skus, set_prices
from yipan.goods.stock.actions import StockRow, create_location, set_stock
from yipan.goods.stock.models import LocationKind
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM

_TAGS: Final = ("新品", "热卖", "限量", "会员专享", "礼赠")
_STOCK_AT_ONCE: Final = 20_000
_UNITS_PER_ORDER: Final = 4
_SHARE_PROMOTED: Final = 40
"""Of a hundred SKUs, in each campaign."""


@dataclass(slots=True)
class Ware:
    """A SKU as the demo sells it."""

    code: str
    id: int
    weight: int
    """How often it is bought, beside the others of its industry."""
    campaigns: set[str] = field(default_factory=set)
    """Names of the campaigns it takes part in."""


@dataclass(slots=True)
class Range:
    """The wares of one industry."""

    wares: list[Ware]

    @property
    def weights(self) -> list[int]:
        return [ware.weight for ware in self.wares]


def load(plan: Plan) -> dict[str, Range]:
    """Load the goods with their prices and promotions; the range of each industry, by code."""
    ranges: dict[str, Range] = {}
    for industry in words.INDUSTRIES:
        rows = _rows(plan, industry)
        report = load_skus(rows, by=SYSTEM, at=clock.now())
        if report.faults:
            raise report.faults[0].error
        dice = plan.chance(f"sales of {industry.code}")
        order = dice.sample(range(len(rows)), len(rows))
        ranges[industry.code] = Range(
            [
                Ware(row.code, report.ids[row.code], _weight(place, row.list_price or 0))
                for place, row in sorted(zip(order, rows, strict=True), key=lambda pair: pair[0])
            ]
        )
        _promote(plan, industry, rows, ranges[industry.code])
    return ranges


def stock_up(plan: Plan, group: Group, ranges: dict[str, Range]) -> None:
    """Open warehouses and stock rooms, and count the stock in."""
    for company in group.companies:
        _fill(plan, group, company, ranges[company.industry.code])


def _weight(place: int, list_price: int) -> int:
    """Few SKUs sell much and many little, and dear ones sell less than cheap ones."""
    return 1 + 10**14 // ((place + 8) * (list_price + 4_000) ** 2)


def _rows(plan: Plan, industry: Industry) -> list[SkuRow]:
    """Every kind of product in one series after the other, until there are enough SKUs."""
    wanted = plan.skus // len(words.INDUSTRIES)
    dice = plan.chance(f"goods of {industry.code}")
    rows: list[SkuRow] = []
    kinds = [(shelf, goods) for shelf in industry.shelves for goods in shelf.goods]
    rounds = range(1, wanted + 1)
    every = pairs(rounds, words.SERIES, kinds)
    for number, (round_, series, (shelf, goods)) in enumerate(every, start=1):
        if len(rows) >= wanted:
            break
        name = f"{series}{goods.name}" + (f" {round_} 代" if round_ > 1 else "")
        code = f"{industry.code}{number:04d}"
        rows += _skus(goods, code, name, _way_to(industry, shelf), dice)
    return rows[:wanted]


def _way_to(industry: Industry, shelf: Shelf) -> tuple[CategoryStep, ...]:
    place = industry.shelves.index(shelf) + 1
    return (
        CategoryStep(industry.code, industry.store_name),
        CategoryStep(f"{industry.code}-{place}", shelf.name),
    )


def _skus(
    goods: Goods, code: str, name: str, way: tuple[CategoryStep, ...], dice: random.Random
) -> Iterator[SkuRow]:
    yuan = dice.randint(goods.least, goods.most) // 10 * 10 + 9
    tags = tuple(dice.sample(_TAGS, dice.choice((0, 0, 1, 2))))
    grows = goods.attribute in {"包装", "尺寸"}
    for step, value in enumerate(goods.values):
        list_yuan = yuan + (yuan * 35 * step // 100 if grows else 0)
        yield SkuRow(
            code=f"{code}{step + 1:02d}",
            categories=way,
            product_code=code,
            product_name=name,
            description=f"{way[0].name}自营,{name}。",
            tags=tags,
            specification={goods.attribute: value},
            oversell=dice.randrange(25) == 0,
            list_price=list_yuan * 100,
            member_price=list_yuan * 95 // 100 * 100,
        )


def _promote(plan: Plan, industry: Industry, rows: Sequence[SkuRow], range_: Range) -> None:
    dice = plan.chance(f"promotions of {industry.code}")
    list_prices = {row.code: row.list_price or 0 for row in rows}
    for ware in range_.wares:
        ware.campaigns.update(c.name for c in CAMPAIGNS if dice.randrange(100) < _SHARE_PROMOTED)
    wanted = [
        PriceRow(ware.id, "promo", _promoted(list_prices[ware.code], campaign), start, end)
        for campaign, start, end in campaign_spans(plan)
        for ware in range_.wares
        if campaign.name in ware.campaigns
    ]
    _, faults = set_prices(wanted, by=SYSTEM)
    if faults:
        raise faults[0].error


def _promoted(list_price: int, campaign: Campaign) -> int:
    """Whole yuan, in fen."""
    return list_price * (100 - campaign.off) // 10_000 * 100


def _fill(plan: Plan, group: Group, company: Company, range_: Range) -> None:
    """A warehouse for what is sent, a stock room for what is sold over the counter."""
    dice = plan.chance(f"stock of {company.organisation.code}")
    units = plan.orders * _UNITS_PER_ORDER
    create_location(
        organisation_id=company.organisation.id,
        kind=LocationKind.WAREHOUSE,
        code=warehouse_code(company),
        name=f"{company.organisation.name}中心仓",
        is_default=True,
        by=SYSTEM,
    )
    rows = _counted(warehouse_code(company), range_, units // len(group.companies), dice)
    for store in company.stores:
        create_location(
            organisation_id=store.organisation.id,
            kind=LocationKind.STORE,
            code=room_code(store),
            name=f"{store.organisation.name}库房",
            is_default=True,
            by=SYSTEM,
        )
        rows += _counted(room_code(store), range_, units // len(group.stores), dice)
    for start in range(0, len(rows), _STOCK_AT_ONCE):
        faults = set_stock(rows=rows[start : start + _STOCK_AT_ONCE], by=SYSTEM)
        if faults:
            raise faults[0].error


def _counted(location: str, range_: Range, units: int, dice: random.Random) -> list[StockRow]:
    """Stock for about so many units in all, most of what is bought most; a few run out."""
    total = sum(range_.weights)
    return [
        StockRow(location, ware.code, units * ware.weight // total + dice.randint(2, 60))
        for ware in range_.wares
    ]


def warehouse_code(company: Company) -> str:
    """Of the company's warehouse."""
    return f"WH-{company.organisation.code}"


def room_code(store: Store) -> str:
    """Of the store's stock room."""
    return f"ST-{store.organisation.code}"
