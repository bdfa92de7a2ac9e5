"""From a link to a paid order: never more than five taps for a buyer who is known."""

from __future__ import annotations

from tests.distribution.sharing.builders import make_link
from tests.surfaces.mall.builders import known_buyer
from tests.surfaces.mall.taps import Thumb
from tests.trade.checkout.builders import Mall
from yipan.distribution.attribution.models import Decision
from yipan.trade.orders.models import Order

MOST_TAPS = 5


def test_a_known_buyer_pays_what_was_shared_in_five_taps(mall: Mall) -> None:
    phone, owner = known_buyer(mall)
    phone.client.cookies.pop("yipan_shop_acme")
    sku = mall.skus[1]
    thumb = Thumb(phone)
    thumb.open(f"/s/acme/{make_link('GUIDE', 'R1-A', sku=sku.code).token}")
    for hook in ("buy-now", "sku-confirm", "checkout-submit", "pay-now"):
        thumb.tap(hook)
    assert 'data-test="paid"' in thumb.page
    assert thumb.taps < MOST_TAPS, "one is left for the link itself"
    order = Order.objects.get()
    assert (order.state, order.channel, order.member_id) == ("paid", "mall", owner.member_id)
    assert order.lines.get().sku_id == sku.id
    # The touch of the link is what is credited.
    assert Decision.objects.get().distributor_id == mall.shop.guide.id


def test_out_of_the_basket_it_takes_no_more(mall: Mall) -> None:
    phone, _owner = known_buyer(mall)
    sku = mall.skus[0]
    thumb = Thumb(phone)
    thumb.open(f"/m/acme/products/{sku.product_id}/?sku={sku.id}")
    thumb.tap("add-to-basket")
    thumb.tap("sku-confirm")
    thumb.taps = 0
    for hook in ("basket", "to-checkout", "checkout-submit", "pay-now"):
        thumb.tap(hook)
    assert 'data-test="paid"' in thumb.page
    assert thumb.taps <= MOST_TAPS
    assert Order.objects.get().state == "paid"
