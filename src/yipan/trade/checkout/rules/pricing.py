"""What a unit costs a buyer."""

from __future__ import annotations

from yipan.goods.catalogue.rules import SkuPrices
from yipan.trade.checkout.rules.figures import OfferPrice


def offer_price(prices: SkuPrices, *, is_member: bool) -> OfferPrice | None:
    """The lowest price that this buyer may have; of equal ones promotion, then member, then list.

    The member price is for members. None where there is no price for the buyer.
    """
    open_to = [("promo", prices.promo_price)]
    if is_member:
        open_to.append(("member", prices.member_price))
    open_to.append(("list", prices.list_price))
    there = [(kind, amount) for kind, amount in open_to if amount is not None]
    if not there:
        return None
    kind, amount = min(there, key=lambda each: each[1])
    return OfferPrice(amount, kind, prices.list_price, prices.member_price)
