"""SKUs one by one; `loading` takes thousands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from yipan.goods.catalogue import queries
from yipan.goods.catalogue.actions.indexing import enter_words, reindex, words_of_sku
from yipan.goods.catalogue.actions.writing import one_after_another, record
from yipan.goods.catalogue.errors import CodeTaken
from yipan.goods.catalogue.events import OversellChanged
from yipan.goods.catalogue.models import Product, Sku
from yipan.kernel import clock, sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.events import announce
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

CODE: Final = 60
NAME: Final = 240
_VALUE: Final = 80
_MOST_VALUES: Final = 20

_ADD_SOLD: Final = """
WITH delta AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS d(id, units)
), locked AS MATERIALIZED (
    SELECT s.id, delta.units FROM catalogue_sku s JOIN delta USING (id)
     WHERE s.tenant_id = %s ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE catalogue_sku s SET units_sold = s.units_sold + locked.units
  FROM locked WHERE s.id = locked.id
"""


def create_sku(
    *,
    product_id: int,
    code: str,
    name: str = "",
    specification: Mapping[str, str] | None = None,
    oversell: bool = False,
    by: Actor,
) -> Sku:
    """Add a SKU to a product.

    Without a name it is called as the product with the values of its specification. It has no
    price yet, see `set_price`. Raises CodeTaken, NotFound, InvalidField.
    """
    code = text.checked_code(code, most=CODE)
    values = checked_specification(specification or {})
    with unit_of_work():
        one_after_another()
        product = queries.product(product_id)
        if Sku.objects.filter(code=code).exists():
            raise CodeTaken(kind="sku", value=code)
        called = name.strip() or default_name(product.name, values)
        sku = Sku(
            id=next_id(),
            product=product,
            code=code,
            name=text.checked(called, field="name", most=NAME),
            specification=values,
            oversell=oversell,
            on_sale=product.is_active,
            category_path=product.category.path,
            created_at=clock.now(),
        )
        sku.words = _words(sku, product)
        sku.save(force_insert=True)
        enter_words({sku.id: sku.words})
        record("create_sku", sku, by, after={"code": code, "name": sku.name})
    return sku


def change_sku(
    *,
    sku_id: int,
    name: str | None = None,
    specification: Mapping[str, str] | None = None,
    oversell: bool | None = None,
    by: Actor,
) -> Sku:
    """Change what is said of a SKU; None leaves a value as it is. Its code never changes.

    Raises NotFound, InvalidField; and what stock raises where units are already below zero and
    `oversell` is taken back.
    """
    wanted: dict[str, Any] = {}
    if name is not None:
        wanted["name"] = text.checked(name, field="name", most=NAME)
    if specification is not None:
        wanted["specification"] = checked_specification(specification)
    if oversell is not None:
        wanted["oversell"] = oversell
    with unit_of_work():
        one_after_another()
        sku = queries.sku(sku_id)
        before = {field: getattr(sku, field) for field in wanted}
        if before == wanted:
            return sku
        for field, value in wanted.items():
            setattr(sku, field, value)
        sku.save(update_fields=list(wanted))
        reindex([sku])
        record("change_sku", sku, by, before=before, after=wanted)
        if before.get("oversell", sku.oversell) != sku.oversell:
            announce(OversellChanged(sku_id=sku.id, oversell=sku.oversell))
    return sku


def activate_sku(*, sku_id: int, by: Actor) -> Sku:
    """Have a SKU sold again, as long as its product is active. Raises NotFound."""
    return _switched(sku_id, is_active=True, by=by)


def deactivate_sku(*, sku_id: int, by: Actor) -> Sku:
    """Have a SKU sold no more. Raises NotFound."""
    return _switched(sku_id, is_active=False, by=by)


def add_units_sold(deltas: Mapping[int, int]) -> None:
    """Add units to what SKUs sold so far (fewer for returns), for sorting by sales.

    One statement, locks in ascending order; meant for the background.
    """
    if deltas:
        params = (list(deltas), list(deltas.values()), current_tenant_id())
        sql.execute(_ADD_SOLD, params)


def default_name(product_name: str, specification: Mapping[str, str]) -> str:
    """Product name and specification, as on a receipt."""
    return " ".join([product_name, *specification.values()])[:NAME]


def checked_specification(specification: Mapping[str, str]) -> dict[str, str]:
    """Raises InvalidField."""
    if len(specification) > _MOST_VALUES:
        reason = _("has at most %d items") % _MOST_VALUES
        raise InvalidField(field="specification", reason=reason)
    return {
        text.checked(key, field="specification", most=_VALUE): text.checked(
            value, field="specification", most=_VALUE
        )
        for key, value in specification.items()
    }


def _words(sku: Sku, product: Product) -> str:
    return words_of_sku(
        code=sku.code,
        name=sku.name,
        specification=sku.specification,
        product_code=product.code,
        product_name=product.name,
        tags=product.tags,
    )


def _switched(sku_id: int, *, is_active: bool, by: Actor) -> Sku:
    with unit_of_work():
        one_after_another()
        sku = queries.sku(sku_id)
        if sku.is_active != is_active:
            sku.is_active = is_active
            sku.on_sale = is_active and sku.product.is_active
            sku.save(update_fields=["is_active", "on_sale"])
            verb = "activate_sku" if is_active else "deactivate_sku"
            record(verb, sku, by, before={"is_active": not is_active})
    return sku
