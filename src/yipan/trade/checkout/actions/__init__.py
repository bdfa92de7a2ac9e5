"""What buyers do."""

from yipan.trade.checkout.actions.baskets import (
    add_to_basket,
    choose_in_basket,
    forget_baskets,
    merge_baskets,
    set_basket_quantity,
    take_from_basket,
)
from yipan.trade.checkout.actions.buying import (
    ask_refund,
    cancel_purchase,
    confirm_receipt,
    withdraw_refund_request,
)
from yipan.trade.checkout.actions.placing import place_order

__all__ = [
    "add_to_basket",
    "ask_refund",
    "cancel_purchase",
    "choose_in_basket",
    "confirm_receipt",
    "forget_baskets",
    "merge_baskets",
    "place_order",
    "set_basket_quantity",
    "take_from_basket",
    "withdraw_refund_request",
]
