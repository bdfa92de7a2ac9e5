"""Reads of the catalogue."""

from yipan.goods.catalogue.queries.browsing import (
    categories,
    category,
    pictures_of,
    prices_of,
    product,
    products,
    sku,
)
from yipan.goods.catalogue.queries.figures import SkuFigures, skus_by_code, skus_by_id
from yipan.goods.catalogue.queries.finding import (
    Hit,
    Listing,
    Position,
    Terms,
    find,
    row_condition,
    terms_of,
)
from yipan.goods.catalogue.queries.goods import (
    SkuCard,
    Sort,
    cards,
    category_path,
    on_sale,
    page_of_cards,
    search,
)
from yipan.goods.catalogue.queries.prices import PriceQuestion, prices_at, prices_for
from yipan.goods.catalogue.queries.sheet import (
    ProductSheet,
    SheetPicture,
    SheetSku,
    product_sheet,
    promotion_ends,
)
from yipan.goods.catalogue.queries.shelf import (
    ProductCard,
    PromotedIn,
    product_cards,
    promoted_products,
    shelf,
)

__all__ = [
    "Hit",
    "Listing",
    "Position",
    "PriceQuestion",
    "ProductCard",
    "ProductSheet",
    "PromotedIn",
    "SheetPicture",
    "SheetSku",
    "SkuCard",
    "SkuFigures",
    "Sort",
    "Terms",
    "cards",
    "categories",
    "category",
    "category_path",
    "find",
    "on_sale",
    "page_of_cards",
    "pictures_of",
    "prices_at",
    "prices_for",
    "prices_of",
    "product",
    "product_cards",
    "product_sheet",
    "products",
    "promoted_products",
    "promotion_ends",
    "row_condition",
    "search",
    "shelf",
    "sku",
    "skus_by_code",
    "skus_by_id",
    "terms_of",
]
