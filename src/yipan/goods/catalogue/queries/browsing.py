"""Lists of the catalogue apart from search."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from yipan.goods.catalogue.models import Category, Picture, Price, Product, Sku
from yipan.goods.catalogue.queries.goods import category_path
from yipan.group.organisations.queries import tree, within
from yipan.kernel.errors import NotFound


def categories(
    *, parent_id: int | None = None, code: str = "", text: str = ""
) -> QuerySet[Category]:
    """Categories with what is asked of them; ordered by `path`, every one after its parent."""
    found: QuerySet[Category] = Category.objects.all()
    if parent_id is not None:
        found = found.filter(parent_id=parent_id)
    if code:
        found = found.filter(code=code)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return found


def products(
    *,
    category_id: int | None = None,
    code: str = "",
    text: str = "",
    is_active: bool | None = None,
) -> QuerySet[Product]:
    """Products with what is asked of them, those of a category and of all below it.

    `text` is part of the name or code. Raises NotFound (category).
    """
    found: QuerySet[Product] = Product.objects.all()
    if category_id is not None:
        path = category_path(category_id)
        inside = Category.objects.filter(path__gte=path, path__lt=f"{path}~").values("id")
        found = found.filter(category__in=inside)
    if code:
        found = found.filter(code=code)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if is_active is not None:
        found = found.filter(is_active=is_active)
    return found


def category(category_id: int) -> Category:
    """Raises NotFound."""
    found: Category | None = Category.objects.filter(pk=category_id).first()
    if found is None:
        raise NotFound(kind="category", ref=category_id)
    return found


def product(product_id: int) -> Product:
    """Raises NotFound."""
    found: Product | None = Product.objects.filter(pk=product_id).first()
    if found is None:
        raise NotFound(kind="product", ref=product_id)
    return found


def sku(sku_id: int) -> Sku:
    """With its product. Raises NotFound."""
    found: Sku | None = Sku.objects.select_related("product").filter(pk=sku_id).first()
    if found is None:
        raise NotFound(kind="sku", ref=sku_id)
    return found


def pictures_of(product_ids: Sequence[int]) -> dict[int, list[Picture]]:
    """The pictures of products in order, in one statement."""
    found: dict[int, list[Picture]] = {product_id: [] for product_id in product_ids}
    for picture in Picture.objects.filter(product__in=product_ids).order_by("position", "id"):
        found[picture.product_id].append(picture)
    return found


def prices_of(sku_id: int, *, organisation_id: int) -> QuerySet[Price]:
    """The dated prices of a SKU that hold at an organisation, above it or below it.

    To be ordered by `-valid_from` (index: price_once). Raises NotFound (organisation).
    """
    node = tree().node(organisation_id)
    concerns = (
        Q(organisation=None)
        | Q(organisation__in=node.lineage)
        | within([node.path], "organisation__path")
    )
    return Price.objects.filter(concerns, sku_id=sku_id)
