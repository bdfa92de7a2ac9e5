"""Reads of checkout."""

from yipan.trade.checkout.queries.baskets import (
    BasketLineView,
    BasketView,
    basket,
    basket_count,
)
from yipan.trade.checkout.queries.purchases import (
    Possible,
    Purchase,
    PurchaseCard,
    PurchaseLine,
    PurchaseState,
    RequestView,
    Tab,
    purchase,
    purchase_counts,
    purchases,
    refund_offer,
)
from yipan.trade.checkout.queries.quoting import availability, offer_prices, quote, states
from yipan.trade.checkout.rules import (
    LineState,
    OfferPrice,
    PickUpStore,
    Quote,
    QuoteLine,
    SkuAvailability,
    Source,
)
from yipan.trade.checkout.words import LINE_STATE_NAMES

__all__ = [
    "LINE_STATE_NAMES",
    "BasketLineView",
    "BasketView",
    "LineState",
    "OfferPrice",
    "PickUpStore",
    "Possible",
    "Purchase",
    "PurchaseCard",
    "PurchaseLine",
    "PurchaseState",
    "Quote",
    "QuoteLine",
    "RequestView",
    "SkuAvailability",
    "Source",
    "Tab",
    "availability",
    "basket",
    "basket_count",
    "offer_prices",
    "purchase",
    "purchase_counts",
    "purchases",
    "quote",
    "refund_offer",
    "states",
]
