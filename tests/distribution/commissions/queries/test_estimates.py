"""The estimate on a card is what the sale would really earn its seller now."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_price
from tests.trade.orders.builders import PAID, Shop, amounts, open_shop
from yipan.distribution.commissions.queries import SkuEstimate, estimates_for
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.models import Tenant


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def estimates(shop: Shop) -> dict[str, SkuEstimate]:
    lineage = tree().node(shop.guide.organisation_id).lineage
    ids = {name: sku.id for name, sku in shop.skus.items()}
    found = estimates_for(distributor_id=shop.guide.id, lineage=lineage, sku_ids=list(ids.values()))
    return {name: found[sku_id] for name, sku_id in ids.items()}


def test_an_estimate_is_what_the_sale_then_earns(shop: Shop) -> None:
    expected = {name: each.amount for name, each in estimates(shop).items()}
    for name in ("FIXED", "LINE"):
        now = clock.now()
        (line,) = shop.sell(shop.line(name), placed_at=now, paid_at=now)
        assert ("seller", expected[name]) in amounts(line)
    assert expected == {"FIXED": 350, "LINE": 500, "MONTH": 800, "NONE": 0}


def test_an_estimate_knows_what_was_sold_in_the_month(shop: Shop) -> None:
    with clock.at(PAID):
        before = estimates(shop)["MONTH"]
        shop.sell(shop.line("MONTH", price=100))
        after = estimates(shop)["MONTH"]
    assert (before.progress.amount, after.progress.amount) == (0, 100)


def test_an_estimate_goes_by_the_promotion_price_where_there_is_one(shop: Shop) -> None:
    make_price(shop.skus["LINE"], 6_000, kind="promo")
    found = estimates(shop)["LINE"]
    assert (found.price, found.price_kind.value, found.amount) == (6_000, "promo", 300)
    several = found.of_quantity(3)
    assert several is not None
    assert several.seller.amount == 1_140  # 5 % of 100 yuan, 8 % of 80


def test_what_is_not_in_the_pool_has_no_terms(shop: Shop) -> None:
    found = estimates(shop)["NONE"]
    assert found.terms is None
    assert found.of_quantity(2) is None


def test_any_number_of_skus_takes_three_statements(shop: Shop) -> None:
    estimates(shop)
    with CaptureQueriesContext(connection) as captured:
        estimates(shop)
    assert len(captured) == 3
