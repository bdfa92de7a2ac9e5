"""A group that benchmarks trade in: stores, goods, rules, offers, guides with uplines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.distribution.pool.actions import OfferWish, create_rule, put_offers
from yipan.goods.catalogue.actions import CategoryStep, SkuRow, load_skus
from yipan.goods.catalogue.queries import skus_by_code
from yipan.goods.stock.actions import StockRow, create_location, set_stock
from yipan.group.organisations.actions import create_organisation, create_tenant
from yipan.group.organisations.models import Level, Organisation
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context
from yipan.trade.orders.requests import LineRequest, OrderRequest

OPENED: Final = datetime(2026, 1, 1, tzinfo=UTC)
RULES: Final[dict[str, dict[str, Any]]] = {
    "FIXED": {"mode": "fixed", "amount_per_unit": 350},
    "LINE": {
        "mode": "tiered_rate",
        "measure": "line_amount",
        "method": "marginal",
        "tiers": [{"from": 0, "rate": "0.05"}, {"from": 10_000, "rate": "0.08"}],
        "upline_rates": ["0.01"],
    },
    "MONTH": {
        "mode": "tiered_rate",
        "measure": "period_amount",
        "method": "whole",
        "tiers": [{"from": 0, "rate": "0.04"}, {"from": 5_000_000, "rate": "0.06"}],
    },
}


@dataclass(frozen=True, slots=True)
class Shop:
    """What there is to trade with, by code."""

    tenant_id: int
    tenant_code: str
    stores: tuple[str, ...]
    skus: tuple[str, ...]
    guides: tuple[str, ...]

    def order(
        self, number: int, *, lines: int, at: datetime, rule: str = "", paid: bool = True
    ) -> OrderRequest:
        """The n-th order: spread over stores, guides and SKUs, the same at every run.

        `rule` keeps to the SKUs of one rule; their numbers are spread round-robin over `RULES`.
        """
        step, first = (len(RULES), list(RULES).index(rule)) if rule else (1, 0)
        size = len(self.skus) // step
        picks = [((number * 7 + k) % size) * step + first for k in range(lines)]
        return OrderRequest(
            channel="bench",
            number=f"B-{number}",
            organisation=self.stores[number % len(self.stores)],
            lines=tuple(LineRequest(self.skus[p], 1 + p % 3, 4_990 + p % 700) for p in picks),
            placed_at=at,
            paid_at=at if paid else None,
            distributor_code=self.guides[number % len(self.guides)],
            buyer_scheme="crm",
            buyer=f"M-{number % 5_000}",
            payment_provider="sandbox",
            payment_reference=f"P-{number}",
        )


def open_shop(
    *, stores: int = 20, skus: int = 1_200, guides: int = 100, stock: bool = True
) -> Shop:
    """Found the group through the actions that everybody uses."""
    with clock.at(OPENED):
        tenant = create_tenant(code="bench", name="基准集团")
        with tenant_context(tenant.id):
            headquarters = Organisation.objects.get(parent=None)
            places = _stores(headquarters, stores)
            codes = _goods(skus)
            _offers(headquarters, codes)
            if stock:
                _stock(places, codes)
            people = _guides(places, guides)
    return Shop(tenant.id, tenant.code, tuple(p.code for p in places), codes, people)


def _stores(headquarters: Organisation, count: int) -> list[Organisation]:
    company = create_organisation(
        parent=headquarters, level=Level.COMPANY, code="CO", name="公司", by=SYSTEM
    )
    return [
        create_organisation(
            parent=company, level=Level.STORE, code=f"S{n:03}", name=f"门店{n}", by=SYSTEM
        )
        for n in range(count)
    ]


def _goods(count: int) -> tuple[str, ...]:
    step = (CategoryStep("ALL", "全部"),)
    rows = [
        SkuRow(code=f"SKU{n:05}", categories=step, name=f"商品{n}", list_price=4_990 + n % 700)
        for n in range(count)
    ]
    load_skus(rows, by=SYSTEM)
    return tuple(row.code for row in rows)


def _offers(headquarters: Organisation, codes: tuple[str, ...]) -> None:
    ids = sku_ids(codes)
    rules = [
        create_rule(organisation_id=headquarters.id, code=code, name=code, terms=terms, by=SYSTEM)
        for code, terms in RULES.items()
    ]
    wishes = [
        OfferWish(
            sku_id=ids[code],
            organisation_id=headquarters.id,
            rule_id=rules[n % len(rules)].id,
            valid_from=OPENED,
        )
        for n, code in enumerate(codes)
    ]
    put_offers(wishes=wishes, by=SYSTEM)


def _stock(places: list[Organisation], codes: tuple[str, ...]) -> None:
    for place in places:
        create_location(
            organisation_id=place.id,
            kind="store",
            code=place.code,
            name=place.name,
            is_default=True,
            by=SYSTEM,
        )
        set_stock(rows=[StockRow(place.code, code, 10**9) for code in codes], by=SYSTEM)


def _guides(places: list[Organisation], count: int) -> tuple[str, ...]:
    leaders = [_distributor(place, f"L{n:03}", None) for n, place in enumerate(places)]
    Distributor.objects.bulk_create(leaders)
    guides = [
        _distributor(places[n % len(places)], f"G{n:04}", leaders[n % len(places)])
        for n in range(count)
    ]
    Distributor.objects.bulk_create(guides)
    return tuple(guide.code for guide in guides)


def _distributor(place: Organisation, code: str, upline: Distributor | None) -> Distributor:
    return Distributor(
        organisation=place,
        code=code,
        name=code,
        kind=DistributorKind.GUIDE,
        upline=upline,
        joined_at=OPENED - timedelta(days=30),
    )


def sku_ids(codes: tuple[str, ...]) -> dict[str, int]:
    """Code → id."""
    return {code: figures.id for code, figures in skus_by_code(codes).items()}
