"""Changes of the catalogue."""

from yipan.goods.catalogue.actions.categories import (
    create_category,
    move_category,
    rename_category,
)
from yipan.goods.catalogue.actions.loading import CategoryStep, LoadReport, SkuRow, load_skus
from yipan.goods.catalogue.actions.prices import (
    CodedPrice,
    PriceRow,
    copy_list_prices,
    end_price,
    set_coded_prices,
    set_price,
    set_prices,
)
from yipan.goods.catalogue.actions.products import (
    PictureFile,
    activate_product,
    change_product,
    create_product,
    deactivate_product,
    set_pictures,
)
from yipan.goods.catalogue.actions.skus import (
    activate_sku,
    add_units_sold,
    change_sku,
    create_sku,
    deactivate_sku,
)

__all__ = [
    "CategoryStep",
    "CodedPrice",
    "LoadReport",
    "PictureFile",
    "PriceRow",
    "SkuRow",
    "activate_product",
    "activate_sku",
    "add_units_sold",
    "change_product",
    "change_sku",
    "copy_list_prices",
    "create_category",
    "create_product",
    "create_sku",
    "deactivate_product",
    "deactivate_sku",
    "end_price",
    "load_skus",
    "move_category",
    "rename_category",
    "set_coded_prices",
    "set_pictures",
    "set_price",
    "set_prices",
]
