"""What there is to sell: categories, products, SKUs, prices with promotions, stock."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product as pairs
from typing import Final, NamedTuple

from yipan.demo import words
from yipan.demo.drawn import PictureBook
from yipan.demo.founding import Company, Group, Store
from yipan.demo.plan import Plan
from yipan.demo.season import CAMPAIGNS, Campaign, campaign_spans
from yipan.demo.words import Goods, Industry, Shelf
from yipan.goods.catalogue.actions import (
    CategoryStep,
    PictureFile,
    PriceRow,
    SkuRow,
    create_category,
    load_skus,
    set_pictures,
    set_prices,
)
from yipan.goods.catalogue.queries import skus_by_id
from yipan.goods.stock.actions import StockRow, create_location, set_stock
from yipan.goods.stock.models import LocationKind
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM

_TAGS: Final = ("新品", "热卖", "限量", "会员专享", "礼赠")
_STOCK_AT_ONCE: Final = 20_000
_UNITS_PER_ORDER: Final = 4
_LOTS: Final = 12
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


class Model(NamedTuple):
    """A product to be made up."""

    shelf: Shelf
    goods: Goods
    palette: int
    """Of its picture: that of the series, another one for each kind."""
    code: str
    name: str

    def picture(self, book: PictureBook, colour: str = "") -> str:
        """In a colour, or in that of its series."""
        colour = colour or (self.goods.values[0] if self.comes_in_colours else "")
        return book.goods(self.goods.name, series=self.palette, colour=colour)

    @property
    def comes_in_colours(self) -> bool:
        return self.goods.attribute == "颜色"


def begin_pictures(plan: Plan, book: PictureBook) -> None:
    """Have everything drawn that will be needed."""
    for industry in words.INDUSTRIES:
        for model in _models(plan, industry):
            for colour in model.goods.values if model.comes_in_colours else ("",):
                book.begin(model.goods.name, series=model.palette, colour=colour)


def load(plan: Plan, book: PictureBook) -> dict[str, Range]:
    """Load the goods with their prices and promotions; the range of each industry, by code."""
    _shelve()
    models = {industry.code: list(_models(plan, industry)) for industry in words.INDUSTRIES}
    rows = {
        industry.code: _rows(plan, industry, models[industry.code], book)
        for industry in words.INDUSTRIES
    }
    ids = _deliver(plan, [row for some in rows.values() for row in some])
    ranges: dict[str, Range] = {}
    for industry in words.INDUSTRIES:
        code = industry.code
        _picture_colours(models[code], rows[code], ids, book)
        dice = plan.chance(f"sales of {code}")
        order = dice.sample(range(len(rows[code])), len(rows[code]))
        ranges[code] = Range(
            [
                Ware(row.code, ids[row.code], _weight(place, row.list_price or 0))
                for place, row in sorted(
                    zip(order, rows[code], strict=True), key=lambda pair: pair[0]
                )
            ]
        )
        _promote(plan, industry, rows[code], ranges[code])
    return ranges


def _shelve() -> None:
    """Make the categories in their order."""
    for industry in words.INDUSTRIES:
        top = create_category(code=industry.code, name=industry.store_name, by=SYSTEM)
        for shelf in industry.shelves:
            step = _way_to(industry, shelf)[-1]
            create_category(code=step.code, name=step.name, parent_id=top.id, by=SYSTEM)


def _deliver(plan: Plan, rows: Sequence[SkuRow]) -> dict[str, int]:
    """Load goods in a few lots before the first sale, so that not all are equally new; their ids.

    A lot has goods of every industry.
    """
    dice = plan.chance("deliveries")
    products: dict[str, list[SkuRow]] = {}
    for row in rows:
        products.setdefault(row.product_code, []).append(row)
    codes = dice.sample(list(products), len(products))
    ids: dict[str, int] = {}
    for lot in range(_LOTS):
        some = [row for code in codes[lot::_LOTS] for row in products[code]]
        with clock.at(plan.opening + lot * timedelta(hours=11)):
            report = load_skus(some, by=SYSTEM, at=clock.now())
        if report.faults:
            raise report.faults[0].error
        ids |= report.ids
    return ids


def _picture_colours(
    models: Sequence[Model], rows: Sequence[SkuRow], ids: Mapping[str, int], book: PictureBook
) -> None:
    """Show what comes in colours in each of them."""
    by_product: dict[str, list[SkuRow]] = {}
    for row in rows:
        by_product.setdefault(row.product_code, []).append(row)
    coloured = [one for one in models if one.comes_in_colours and one.code in by_product]
    first = [ids[by_product[model.code][0].code] for model in coloured]
    figures = skus_by_id(first)
    product_ids = [figures[sku_id].product_id for sku_id in first]
    for model, product_id in zip(coloured, product_ids, strict=True):
        pictures = [
            PictureFile(
                model.picture(book, row.specification[model.goods.attribute]), ids[row.code]
            )
            for row in by_product[model.code]
        ]
        set_pictures(product_id=product_id, pictures=pictures, by=SYSTEM)


def stock_up(plan: Plan, group: Group, ranges: dict[str, Range]) -> None:
    """Open warehouses and stock rooms, and count the stock in."""
    for company in group.companies:
        _fill(plan, group, company, ranges[company.industry.code])


def _weight(place: int, list_price: int) -> int:
    """Few SKUs sell much and many little, and dear ones sell less than cheap ones."""
    return 1 + 10**14 // ((place + 8) * (list_price + 4_000) ** 2)


def _models(plan: Plan, industry: Industry) -> Iterator[Model]:
    """Every kind of product in one series after the other, until there are enough SKUs."""
    wanted = plan.skus // len(words.INDUSTRIES)
    kinds = [(shelf, goods) for shelf in industry.shelves for goods in shelf.goods]
    every = pairs(range(1, wanted + 1), range(len(words.SERIES)), kinds)
    for number, (round_, series, (shelf, goods)) in enumerate(every, start=1):
        if wanted <= 0:
            return
        wanted -= len(goods.values)
        name = f"{words.SERIES[series]}{goods.name}" + (f" {round_} 代" if round_ > 1 else "")
        yield Model(shelf, goods, series + number, f"{industry.code}{number:04d}", name)


def _rows(
    plan: Plan, industry: Industry, models: Sequence[Model], book: PictureBook
) -> list[SkuRow]:
    dice = plan.chance(f"goods of {industry.code}")
    rows: list[SkuRow] = []
    for model in models:
        rows += _skus(model, _way_to(industry, model.shelf), model.picture(book), dice)
    return rows[: plan.skus // len(words.INDUSTRIES)]


def _way_to(industry: Industry, shelf: Shelf) -> tuple[CategoryStep, ...]:
    place = industry.shelves.index(shelf) + 1
    return (
        CategoryStep(industry.code, industry.store_name),
        CategoryStep(f"{industry.code}-{place}", shelf.name),
    )


def _skus(
    model: Model, way: tuple[CategoryStep, ...], picture: str, dice: random.Random
) -> Iterator[SkuRow]:
    goods = model.goods
    yuan = dice.randint(goods.least, goods.most) // 10 * 10 + 9
    tags = tuple(dice.sample(_TAGS, dice.choice((0, 0, 1, 2))))
    grows = goods.attribute in {"包装", "尺寸"}
    for step, value in enumerate(goods.values):
        list_yuan = yuan + (yuan * 35 * step // 100 if grows else 0)
        yield SkuRow(
            code=f"{model.code}{step + 1:02d}",
            categories=way,
            product_code=model.code,
            product_name=model.name,
            description=words.ABOUT[goods.name],
            tags=tags,
            specification={goods.attribute: value},
            oversell=dice.randrange(25) == 0,
            list_price=list_yuan * 100,
            member_price=list_yuan * 95 // 100 * 100,
            picture=picture,
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
