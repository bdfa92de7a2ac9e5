"""The basket."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yipan.kernel.errors import DomainError
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.design.toasts import toast
from yipan.surfaces.mall.asking import number_in
from yipan.surfaces.mall.cards import best_sellers
from yipan.surfaces.mall.entry import ShopRequest, shop, shop_url
from yipan.surfaces.mall.gone import OTHERS
from yipan.surfaces.mall.page import (
    SHOWN_AGAIN,
    fragment,
    go,
    owner_of,
    private_page,
    wants_fragment,
)
from yipan.surfaces.mall.tabs import tab_items
from yipan.trade.checkout import actions, queries

BUYABLE: Final = frozenset(
    {queries.LineState.OK, queries.LineState.SHORT, queries.LineState.PICK_UP_ONLY}
)
"""States of lines that one may keep for an order, perhaps with fewer units."""


@shop
@require_safe
def basket(request: ShopRequest) -> HttpResponse:
    """What was gathered in this shop, with the prices and stock of now."""
    context = {**_contents(request), "title": _("Basket")}
    return private_page(request, "mall/basket.html", context)


def _refused(request: ShopRequest, error: DomainError) -> HttpResponse:
    """The basket as it is, and why it did not change."""
    context = {**_contents(request), "title": _("Basket"), "error": error}
    if wants_fragment(request):
        response = fragment(request, "mall/parts/basket.html", context, status=SHOWN_AGAIN)
        return toast(response, str(error), tone="bad")
    return private_page(request, "mall/basket.html", context, status=SHOWN_AGAIN)


@shop
@require_POST
@sent_once(refused=_refused)
def change(request: ShopRequest) -> HttpResponse:
    """Another quantity, ticked or not, or taken out."""
    owner, shop_id = owner_of(request), request.shop.node.id
    sku_id = number_in(request.POST, "sku")
    sku_ids = None if sku_id is None else [sku_id]
    match request.POST.get("act"):
        case "quantity" if sku_id is not None:
            quantity = number_in(request.POST, "quantity") or 0
            actions.set_basket_quantity(
                owner=owner, shop_id=shop_id, sku_id=sku_id, quantity=quantity
            )
        case "choose":
            chosen = request.POST.get("chosen") == "1"
            actions.choose_in_basket(owner=owner, shop_id=shop_id, chosen=chosen, sku_ids=sku_ids)
        case "remove" if sku_ids is not None:
            actions.take_from_basket(owner=owner, shop_id=shop_id, sku_ids=sku_ids)
        case "clear_gone":
            actions.take_from_basket(owner=owner, shop_id=shop_id, sku_ids=_gone(request))
    if not wants_fragment(request):
        return go(request, shop_url(request, "mall-basket"))
    context = {**_contents(request), "swaps_tabs": True}
    return fragment(request, "mall/parts/basket.html", context)


def _contents(request: ShopRequest) -> dict[str, Any]:
    view = queries.basket(owner_of(request), shop_id=request.shop.node.id)
    can_buy = [each for each in view.lines if each.line.state in BUYABLE]
    count = sum(each.line.quantity for each in view.lines)
    group = request.shop.tenant.code
    return {
        "basket": view,
        "cards": [] if view.lines else best_sellers(request.shop, limit=OTHERS),
        "lines": can_buy,
        "gone": [each for each in view.lines if each.line.state not in BUYABLE],
        "all_chosen": bool(can_buy) and all(each.chosen for each in can_buy),
        "group": group,
        "tab": "basket",
        "tab_items": tab_items(group, "basket", count),
    }


def _gone(request: ShopRequest) -> list[int]:
    view = queries.basket(owner_of(request), shop_id=request.shop.node.id)
    return [each.line.sku_id for each in view.lines if each.line.state not in BUYABLE]
