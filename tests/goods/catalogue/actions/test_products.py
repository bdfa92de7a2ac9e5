"""Products, SKUs and what follows when they change."""

from __future__ import annotations

import pytest

from tests.goods.catalogue.builders import make_category, make_product, make_sku
from yipan.goods.catalogue.actions import (
    PictureFile,
    activate_product,
    activate_sku,
    add_units_sold,
    change_product,
    change_sku,
    create_sku,
    deactivate_product,
    deactivate_sku,
    set_pictures,
)
from yipan.goods.catalogue.errors import CodeTaken
from yipan.goods.catalogue.models import Sku, SkuWord
from yipan.goods.catalogue.queries import cards, search, skus_by_code
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

pytestmark = pytest.mark.usefixtures("tenant")


def found(text: str) -> list[str]:
    return [card.code for card in search(text=text).items]


def words_in_index(sku: Sku) -> set[str]:
    return set(SkuWord.objects.filter(sku_id=sku.id).values_list("word", flat=True))


def test_a_sku_without_a_name_is_called_as_its_product_with_its_specification() -> None:
    product = make_product(name="龙井茶")
    sku = make_sku(product=product, specification={"净含量": "500g", "等级": "特级"})
    assert sku.name == "龙井茶 500g 特级"


def test_a_sku_is_found_by_everything_that_is_said_of_it() -> None:
    product = make_product("P-77", "龙井茶", tags=("新品",))
    make_sku("TEA-500G", product=product, specification={"等级": "特级"})
    for text in ("龙井", "茶", "tea", "TEA-500", "500g", "P-77", "新品", "特级", "龙井 特级 新"):
        assert found(text) == ["TEA-500G"], text
    assert found("等级") == []


def test_a_changed_sku_is_found_by_its_new_words_only() -> None:
    sku = make_sku("A", name="龙井茶", product=make_product(name="绿茶"))
    change_sku(sku_id=sku.id, name="碧螺春", specification={"年份": "2026"}, by=SYSTEM)
    assert (found("碧螺"), found("2026"), found("龙井")) == (["A"], ["A"], [])
    sku.refresh_from_db()
    assert words_in_index(sku) == set(sku.words.split())


def test_a_changed_product_takes_its_skus_along() -> None:
    product = make_product(name="绿茶")
    skus = [make_sku(code, product=product) for code in ("A", "B")]
    tea = make_category("TEA")
    change_product(product_id=product.id, name="红茶", category_id=tea.id, tags=["特价"], by=SYSTEM)
    assert set(found("红茶 特价")) == {"A", "B"}
    for sku in skus:
        sku.refresh_from_db()
        assert sku.category_path == tea.path
        assert words_in_index(sku) == set(sku.words.split())


def test_a_sku_is_sold_while_it_and_its_product_are_active() -> None:
    product = make_product()
    make_sku("A", product=product)
    off = make_sku("B", product=product)

    def sold() -> dict[str, bool]:
        return {code: sku.is_active for code, sku in skus_by_code(["A", "B"]).items()}

    deactivate_sku(sku_id=off.id, by=SYSTEM)
    assert sold() == {"A": True, "B": False}
    deactivate_product(product_id=product.id, by=SYSTEM)
    assert sold() == {"A": False, "B": False}
    assert found("智能手机") == []
    activate_sku(sku_id=off.id, by=SYSTEM)
    assert sold() == {"A": False, "B": False}
    deactivate_sku(sku_id=off.id, by=SYSTEM)
    activate_product(product_id=product.id, by=SYSTEM)
    assert sold() == {"A": True, "B": False}
    assert found("智能手机") == ["A"]


def test_a_sku_of_a_product_that_is_off_is_off() -> None:
    product = make_product()
    deactivate_product(product_id=product.id, by=SYSTEM)
    assert not make_sku(product=product).on_sale


def test_pictures_are_replaced_and_a_sku_shows_its_own_first() -> None:
    product = make_product()
    plain, red = make_sku(product=product), make_sku(product=product)
    set_pictures(product_id=product.id, pictures=[PictureFile("old.jpg")], by=SYSTEM)
    pictures = [PictureFile("a.jpg"), PictureFile("b.jpg"), PictureFile("red.jpg", red.id)]
    set_pictures(product_id=product.id, pictures=pictures, by=SYSTEM)
    shown = cards([plain.id, red.id])
    assert (shown[plain.id].picture, shown[red.id].picture) == ("a.jpg", "red.jpg")


def test_a_picture_of_a_sku_of_another_product_is_refused() -> None:
    with pytest.raises(NotFound):
        pictures = [PictureFile("a.jpg", make_sku().id)]
        set_pictures(product_id=make_product().id, pictures=pictures, by=SYSTEM)


def test_codes_are_given_once_per_tenant(tenant: Tenant) -> None:
    product = make_product("P")
    make_sku("S", product=product)
    with pytest.raises(CodeTaken):
        make_product("P")
    with pytest.raises(CodeTaken):
        make_sku("S", product=product)
    other = Tenant.objects.create(code="other", name="other")
    with tenant_context(other.id):
        make_sku("S", product=make_product("P"))
        assert found("智能手机") == ["S"]


def test_units_sold_add_up() -> None:
    first, second = make_sku(), make_sku()
    add_units_sold({second.id: 5, first.id: 2})
    add_units_sold({first.id: -1})
    add_units_sold({})
    assert [Sku.objects.get(pk=sku.pk).units_sold for sku in (first, second)] == [1, 5]


@pytest.mark.parametrize(
    "values",
    [
        {"code": "a b"},
        {"code": ""},
        {"code": "x" * 61},
        {"name": "x" * 241},
        {"specification": {"": "x"}},
        {"specification": {str(number): "x" for number in range(21)}},
    ],
)
def test_odd_values_are_refused(values: dict[str, object]) -> None:
    given = {"product_id": make_product().id, "code": "A", "by": SYSTEM, **values}
    with pytest.raises(InvalidField):
        create_sku(**given)  # type: ignore[arg-type]


def test_strange_objects_are_not_found() -> None:
    for action in (
        lambda: create_sku(product_id=1, code="A", by=SYSTEM),
        lambda: change_sku(sku_id=1, by=SYSTEM),
        lambda: change_product(product_id=1, by=SYSTEM),
        lambda: change_product(product_id=make_product().id, category_id=1, by=SYSTEM),
    ):
        with pytest.raises(NotFound):
            action()
