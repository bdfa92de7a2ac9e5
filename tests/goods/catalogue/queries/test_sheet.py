"""The page of a product: what there is of it now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_product, make_sku
from tests.group.organisations.builders import make_tree
from yipan.goods.catalogue.actions import deactivate_sku, set_price
from yipan.goods.catalogue.models import Picture
from yipan.goods.catalogue.queries import prices_at, product_sheet, promotion_ends
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


def test_a_sheet_shows_what_is_on_sale_and_its_own_pictures_first(tenant: Tenant) -> None:
    product = make_product("P", name="龙井茶", tags=("新品",))
    one, gone = (
        make_sku(code, product=product, specification={"包装": code}) for code in ("A", "B")
    )
    deactivate_sku(sku_id=gone.id, by=SYSTEM)
    Picture.objects.create(product=product, sku=one, position=0, file="of-sku.webp")
    Picture.objects.create(product=product, position=1, file="second.webp")
    Picture.objects.create(product=product, position=0, file="first.webp")
    with CaptureQueriesContext(connection) as captured:
        sheet = product_sheet(product.id)
    assert len(captured) == 3
    assert (sheet.name, sheet.category_name, sheet.tags) == ("龙井茶", "手机", ["新品"])
    assert [(sku.id, sku.specification) for sku in sheet.skus] == [(one.id, {"包装": "A"})]
    assert [(picture.file, picture.sku_id) for picture in sheet.pictures] == [
        ("first.webp", None),
        ("second.webp", None),
        ("of-sku.webp", one.id),
    ]


def test_no_product_has_no_sheet_nor_has_one_of_another_group(tenant: Tenant) -> None:
    product = make_product()
    with pytest.raises(NotFound):
        product_sheet(1)
    other = Tenant.objects.create(code="other", name="other")
    with tenant_context(other.id), pytest.raises(NotFound):
        product_sheet(product.id)


def test_a_promotion_ends_when_the_price_that_counts_does(tenant: Tenant) -> None:
    group = make_tree()
    now = clock.now()
    day = timedelta(days=1)
    sku, plain, endless = make_sku("A"), make_sku("B"), make_sku("C")
    for of, organisation, start, end in (
        (sku, None, now - 9 * day, now + 9 * day),
        (sku, "R1", now - 2 * day, now + 2 * day),
        (sku, "R1", now + 3 * day, now + 4 * day),
        (sku, "R2", now - day, now + day),
        (endless, None, now, None),
    ):
        set_price(
            sku_id=of.id, kind="promo", amount=7, valid_from=start, valid_until=end,
            organisation_id=group[organisation].id if organisation else None, by=SYSTEM,
        )  # fmt: skip
    ids = [sku.id, plain.id, endless.id]
    for code, end in (("R1-A", now + 2 * day), ("R2-A", now + day), ("HQ", now + 9 * day)):
        lineage = tree().by_code[code].lineage
        assert promotion_ends(ids, lineage, now) == {sku.id: end, endless.id: None}
        assert {
            sku_id for sku_id, found in prices_at(ids, lineage, now).items() if found.promo_price
        } == {sku.id, endless.id}
