"""Changes of stock."""

from yipan.goods.stock.actions.counting import (
    StockRow,
    allow_oversell,
    receive_stock,
    set_stock,
)
from yipan.goods.stock.actions.locations import (
    create_location,
    make_default_location,
    rename_location,
)
from yipan.goods.stock.actions.orders import put_back, take
from yipan.goods.stock.rules import StockWish

__all__ = [
    "StockRow",
    "StockWish",
    "allow_oversell",
    "create_location",
    "make_default_location",
    "put_back",
    "receive_stock",
    "rename_location",
    "set_stock",
    "take",
]
