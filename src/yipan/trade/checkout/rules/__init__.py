"""The arithmetic of checkout: what it costs, what can be had from where, what has changed."""

from yipan.trade.checkout.rules.changes import Change, changes_between
from yipan.trade.checkout.rules.figures import (
    Goods,
    LineState,
    OfferPrice,
    PickUpStore,
    Quote,
    QuoteLine,
    SkuAvailability,
    Source,
)
from yipan.trade.checkout.rules.pricing import offer_price
from yipan.trade.checkout.rules.quoting import (
    Places,
    availability_of,
    line_of,
    quoted,
    state_of,
)

__all__ = [
    "Change",
    "Goods",
    "LineState",
    "OfferPrice",
    "PickUpStore",
    "Places",
    "Quote",
    "QuoteLine",
    "SkuAvailability",
    "Source",
    "availability_of",
    "changes_between",
    "line_of",
    "offer_price",
    "quoted",
    "state_of",
]
