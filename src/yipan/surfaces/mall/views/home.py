"""The first page of the shop."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipan.goods.catalogue.queries import PromotedIn, Sort, promoted_products, shelf
from yipan.kernel import clock
from yipan.surfaces.mall.cards import shelf_cards
from yipan.surfaces.mall.departments import leading
from yipan.surfaces.mall.entry import ShopRequest, shop, shop_url
from yipan.surfaces.mall.page import public_page

STRIP: Final = 10
"""Products in a strip that is moved sideways."""
SHELF: Final = 20


@shop
@require_safe
def home(request: ShopRequest) -> HttpResponse:
    """Search, categories, promotions, what is new, and what sells best with more to come."""
    node = request.shop.node
    promoted = promoted_products(PromotedIn(node.lineage, clock.now()), limit=STRIP)
    fresh = shelf(sort=Sort.NEWEST, limit=STRIP).items
    best = shelf(sort=Sort.SALES, limit=SHELF)
    cards = shelf_cards(request.shop, [*promoted, *fresh, *best.items])
    more = ""
    if best.next_cursor:  # the list of best sellers goes on where the search shows it
        query = urlencode({"sort": Sort.SALES.value, "cursor": best.next_cursor})
        more = f"{shop_url(request, 'mall-search')}?{query}"
    return public_page(
        request,
        "mall/home.html",
        {
            "tab": "home",
            "title": node.name,
            "departments": leading(),
            "promoted": cards[: len(promoted)],
            "fresh": cards[len(promoted) : len(promoted) + len(fresh)],
            "cards": cards[len(promoted) + len(fresh) :],
            "more": more,
        },
        description=_("%(shop)s: the whole range of %(group)s, delivered or to pick up in a store.")
        % {"shop": node.name, "group": request.shop.tenant.name},
    )
