"""Products and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext as _

from yipan.goods.catalogue import queries
from yipan.goods.catalogue.actions.indexing import reindex
from yipan.goods.catalogue.actions.writing import one_after_another, record
from yipan.goods.catalogue.errors import CodeTaken
from yipan.goods.catalogue.models import Picture, Product, Sku
from yipan.kernel import clock, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.uow import unit_of_work

CODE: Final = 60
NAME: Final = 200
_TAG: Final = 40
_MOST_TAGS: Final = 20
_MOST_PICTURES: Final = 30
_FILE: Final = 200


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture to show."""

    file: str
    """Path under the media folder, or an https address."""
    sku_id: int | None = None
    """Of one SKU of the product; None: of all."""


def create_product(
    *,
    code: str,
    name: str,
    category_id: int,
    description: str = "",
    tags: Sequence[str] = (),
    by: Actor,
) -> Product:
    """Add a product; what is sold are its SKUs. Raises CodeTaken, NotFound, InvalidField."""
    code = text.checked_code(code, most=CODE)
    name = text.checked(name, field="name", most=NAME)
    with unit_of_work():
        one_after_another()
        category = queries.category(category_id)
        if Product.objects.filter(code=code).exists():
            raise CodeTaken(kind="product", value=code)
        product: Product = Product.objects.create(
            id=next_id(),
            category=category,
            code=code,
            name=name,
            description=description,
            tags=checked_tags(tags),
            created_at=clock.now(),
        )
        record("create_product", product, by, after={"code": code, "name": name})
    return product


def change_product(
    *,
    product_id: int,
    name: str | None = None,
    category_id: int | None = None,
    description: str | None = None,
    tags: Sequence[str] | None = None,
    by: Actor,
) -> Product:
    """Change what is said of a product; None leaves a value as it is.

    Its SKUs follow: their category path and search words are written again. Their own names stay.
    Raises NotFound, InvalidField.
    """
    wanted: dict[str, Any] = {}
    if name is not None:
        wanted["name"] = text.checked(name, field="name", most=NAME)
    if description is not None:
        wanted["description"] = description
    if tags is not None:
        wanted["tags"] = checked_tags(tags)
    with unit_of_work():
        one_after_another()
        product = queries.product(product_id)
        category = None if category_id is None else queries.category(category_id)
        if category is not None:
            wanted["category_id"] = category.id
        before = {field: getattr(product, field) for field in wanted}
        if before == wanted:
            return product
        for field, value in wanted.items():
            setattr(product, field, value)
        product.save(update_fields=[field.removesuffix("_id") for field in wanted])
        if category is not None:
            Sku.objects.filter(product=product).update(category_path=category.path)
        reindex(list(Sku.objects.filter(product=product).select_related("product")))
        record("change_product", product, by, before=before, after=wanted)
    return product


def activate_product(*, product_id: int, by: Actor) -> Product:
    """Have a product sold again: those of its SKUs that are active themselves. Raises NotFound."""
    return _switched(product_id, is_active=True, by=by)


def deactivate_product(*, product_id: int, by: Actor) -> Product:
    """Have nothing of a product sold any more. Raises NotFound."""
    return _switched(product_id, is_active=False, by=by)


def set_pictures(*, product_id: int, pictures: Sequence[PictureFile], by: Actor) -> list[Picture]:
    """Replace a product's pictures; the first one is the main one.

    Raises NotFound (product or SKU), InvalidField.
    """
    if len(pictures) > _MOST_PICTURES:
        raise InvalidField(field="pictures", reason=_("has at most %d items") % _MOST_PICTURES)
    files = [text.checked(picture.file, field="file", most=_FILE) for picture in pictures]
    with unit_of_work():
        one_after_another()
        product = queries.product(product_id)
        skus = set(Sku.objects.filter(product=product).values_list("id", flat=True))
        for picture in pictures:
            if picture.sku_id is not None and picture.sku_id not in skus:
                raise NotFound(kind="sku", ref=picture.sku_id)
        before = list(product.pictures.order_by("position", "id").values_list("file", flat=True))
        product.pictures.all().delete()
        rows = [
            Picture(product=product, sku_id=picture.sku_id, position=position, file=file)
            for position, (picture, file) in enumerate(zip(pictures, files, strict=True))
        ]
        Picture.objects.bulk_create(rows)
        record("set_pictures", product, by, before={"files": before}, after={"files": files})
    return rows


def checked_tags(tags: Sequence[str]) -> list[str]:
    """Activity tags without blanks around them, each once, in order. Raises InvalidField."""
    if len(tags) > _MOST_TAGS:
        raise InvalidField(field="tags", reason=_("has at most %d items") % _MOST_TAGS)
    return list(dict.fromkeys(text.checked(tag, field="tags", most=_TAG) for tag in tags))


def _switched(product_id: int, *, is_active: bool, by: Actor) -> Product:
    with unit_of_work():
        one_after_another()
        product = queries.product(product_id)
        if product.is_active != is_active:
            product.is_active = is_active
            product.save(update_fields=["is_active"])
            on_sale: Any = F("is_active") if is_active else False
            Sku.objects.filter(product=product).update(on_sale=on_sale)
            verb = "activate_product" if is_active else "deactivate_product"
            record(verb, product, by, before={"is_active": not is_active})
    return product
