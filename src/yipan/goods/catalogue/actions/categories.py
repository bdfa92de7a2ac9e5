"""The category tree."""

from __future__ import annotations

from typing import Final

from yipan.goods.catalogue import queries
from yipan.goods.catalogue.actions.writing import one_after_another, record
from yipan.goods.catalogue.errors import CategoryMakesCycle, CategoryTooDeep, CodeTaken
from yipan.goods.catalogue.models import Category
from yipan.kernel import sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

MOST_LEVELS: Final = 8
CODE: Final = 40
NAME: Final = 80

_REWRITE: Final = """
WITH categories AS (
    UPDATE catalogue_category SET path = %s || substr(path, %s)
     WHERE tenant_id = %s AND path ^@ %s
)
UPDATE catalogue_sku SET category_path = %s || substr(category_path, %s)
 WHERE tenant_id = %s AND category_path ^@ %s
"""


def create_category(*, code: str, name: str, parent_id: int | None = None, by: Actor) -> Category:
    """Add a category, at the top or under another.

    Raises CodeTaken, CategoryTooDeep, NotFound (parent), InvalidField.
    """
    code = text.checked_code(code, most=CODE)
    name = text.checked(name, field="name", most=NAME)
    with unit_of_work():
        one_after_another()
        above = "/" if parent_id is None else queries.category(parent_id).path
        if Category.objects.filter(code=code).exists():
            raise CodeTaken(kind="category", value=code)
        check_depth(levels_of(above) + 1)
        new_id = next_id()
        category: Category = Category.objects.create(
            id=new_id, parent_id=parent_id, code=code, name=name, path=f"{above}{new_id}/"
        )
        record("create_category", category, by, after={"code": code, "name": name})
    return category


def rename_category(*, category_id: int, name: str, by: Actor) -> Category:
    """Give a category another name. Raises NotFound, InvalidField."""
    name = text.checked(name, field="name", most=NAME)
    with unit_of_work():
        one_after_another()
        category = queries.category(category_id)
        if category.name != name:
            before, category.name = category.name, name
            category.save(update_fields=["name"])
            record("rename_category", category, by, before={"name": before}, after={"name": name})
    return category


def move_category(*, category_id: int, parent_id: int | None, by: Actor) -> Category:
    """Hang a category, with all below it, under another or (None) at the top.

    Paths of the categories and SKUs below are written again in one statement; what was sold
    keeps the path it was sold under. Raises CategoryMakesCycle, CategoryTooDeep, NotFound.
    """
    with unit_of_work():
        one_after_another()
        category = queries.category(category_id)
        if category.parent_id == parent_id:
            return category
        above = "/" if parent_id is None else queries.category(parent_id).path
        old = category.path
        if above.startswith(old):
            raise CategoryMakesCycle(name=category.name)
        paths = Category.objects.filter(path__startswith=old).values_list("path", flat=True)
        check_depth(max(map(levels_of, paths)) - levels_of(old) + levels_of(above) + 1)
        new = f"{above}{category.id}/"
        Category.objects.filter(pk=category.pk).update(parent_id=parent_id)
        rewritten = (new, len(old) + 1, current_tenant_id(), old)
        sql.execute(_REWRITE, rewritten + rewritten)
        moved = queries.category(category_id)
        record("move_category", moved, by, before={"path": old}, after={"path": new})
    return moved


def levels_of(path: str) -> int:
    """How many categories a path goes through; none at the top, `/`."""
    return path.count("/") - 1


def check_depth(levels: int) -> None:
    """Raises CategoryTooDeep."""
    if levels > MOST_LEVELS:
        raise CategoryTooDeep(most=MOST_LEVELS)
