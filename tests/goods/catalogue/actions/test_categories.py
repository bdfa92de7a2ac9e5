"""The category tree."""

from __future__ import annotations

import pytest

from tests.goods.catalogue.builders import make_category, make_product, make_sku
from yipan.goods.catalogue.actions import create_category, move_category, rename_category
from yipan.goods.catalogue.actions.categories import MOST_LEVELS
from yipan.goods.catalogue.errors import CategoryMakesCycle, CategoryTooDeep, CodeTaken
from yipan.goods.catalogue.models import Category, Sku
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry

pytestmark = pytest.mark.usefixtures("tenant")


def test_a_category_knows_the_way_from_the_top() -> None:
    top = make_category("FOOD")
    tea = make_category("TEA", parent=top)
    assert (top.path, tea.path) == (f"/{top.id}/", f"/{top.id}/{tea.id}/")


def test_a_moved_category_takes_everything_below_along() -> None:
    food, home = make_category("FOOD"), make_category("HOME")
    tea = make_category("TEA", parent=food)
    green = make_category("GREEN", parent=tea)
    sku, other = make_sku("A", category=green), make_sku("B", category=food)
    move_category(category_id=tea.id, parent_id=home.id, by=SYSTEM)
    assert Category.objects.get(pk=green.id).path == f"/{home.id}/{tea.id}/{green.id}/"
    assert Sku.objects.get(pk=sku.id).category_path == f"/{home.id}/{tea.id}/{green.id}/"
    assert Sku.objects.get(pk=other.id).category_path == f"/{food.id}/"
    moved = AuditEntry.objects.get(action="catalogue.move_category")
    assert (moved.subject_id, moved.before["path"]) == (tea.id, f"/{food.id}/{tea.id}/")


def test_a_move_to_the_top_and_back_changes_nothing() -> None:
    food = make_category("FOOD")
    tea = make_category("TEA", parent=food)
    sku = make_sku("A", category=tea)
    move_category(category_id=tea.id, parent_id=None, by=SYSTEM)
    assert Sku.objects.get(pk=sku.id).category_path == f"/{tea.id}/"
    move_category(category_id=tea.id, parent_id=food.id, by=SYSTEM)
    assert Sku.objects.get(pk=sku.id).category_path == tea.path
    assert Category.objects.get(pk=tea.id).parent_id == food.id


def test_a_category_cannot_be_moved_into_itself() -> None:
    food = make_category("FOOD")
    tea = make_category("TEA", parent=food)
    for parent in (food, tea):
        with pytest.raises(CategoryMakesCycle):
            move_category(category_id=food.id, parent_id=parent.id, by=SYSTEM)


def test_a_tree_has_a_limited_number_of_levels() -> None:
    lowest = make_category("L1")
    for level in range(2, MOST_LEVELS + 1):
        lowest = make_category(f"L{level}", parent=lowest)
    with pytest.raises(CategoryTooDeep):
        make_category("TOO-DEEP", parent=lowest)
    pair = make_category("PAIR")
    make_category("LOWER", parent=pair)
    parent = Category.objects.get(code=f"L{MOST_LEVELS - 1}")
    with pytest.raises(CategoryTooDeep):
        move_category(category_id=pair.id, parent_id=parent.id, by=SYSTEM)
    move_category(category_id=pair.id, parent_id=parent.parent_id, by=SYSTEM)


def test_a_code_is_given_once() -> None:
    make_category("FOOD")
    with pytest.raises(CodeTaken):
        make_category("FOOD")


def test_a_renamed_category_keeps_its_goods() -> None:
    food = make_category("FOOD", "食品")
    product = make_product(category=food)
    rename_category(category_id=food.id, name="美食", by=SYSTEM)
    food.refresh_from_db()
    assert (food.name, product.category_id) == ("美食", food.id)


def test_odd_values_and_strange_categories_are_refused() -> None:
    with pytest.raises(InvalidField):
        create_category(code=" ", name="x", by=SYSTEM)
    with pytest.raises(InvalidField):
        create_category(code="X", name="", by=SYSTEM)
    with pytest.raises(NotFound):
        create_category(code="X", name="x", parent_id=1, by=SYSTEM)
    with pytest.raises(NotFound):
        rename_category(category_id=1, name="x", by=SYSTEM)
    with pytest.raises(NotFound):
        move_category(category_id=1, parent_id=None, by=SYSTEM)
