"""Checkout: one page, one button."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yipan.kernel.errors import DomainError
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.mall.asking import number_in
from yipan.surfaces.mall.entry import ShopRequest, buyer, shop, shop_url
from yipan.surfaces.mall.page import (
    SHOWN_AGAIN,
    fragment,
    go,
    owner_of,
    private_page,
    wants_fragment,
)
from yipan.surfaces.mall.purchase import DELIVERY, PICK_UP, Intended, intended, seen_in
from yipan.trade.checkout.actions import place_order
from yipan.trade.checkout.queries import LINE_STATE_NAMES, LineState, QuoteLine
from yipan.trade.checkout.requests import Choice
from yipan.trade.payments.queries import offered_providers

LONGEST_NOTE: Final = 200
LONGEST_CODE: Final = 40
WAYS: Final = (
    (DELIVERY, "truck", gettext_lazy("Send it to me")),
    (PICK_UP, "store", gettext_lazy("I pick it up")),
)


def _show_again(request: ShopRequest, error: DomainError) -> HttpResponse:
    """The page with what holds now, and why nothing was ordered."""
    return _page(request, request.POST, error)


@shop
@buyer
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once(refused=_show_again)
def checkout(request: ShopRequest) -> HttpResponse:
    """What will be ordered, where it goes, what it costs; and ordering it."""
    if request.method != "POST":
        return _page(request, request.GET, None)
    form = request.POST
    provider = form.get("provider", "")
    placed = place_order(
        shop_id=request.shop.node.id,
        owner=owner_of(request),
        seen=seen_in(form.get("seen", "")),
        total=number_in(form, "total") or 0,
        choice=_choice(form),
        provider=provider,
        distributor_code=form.get("code", "").strip()[:LONGEST_CODE],
        note=form.get("note", "").strip()[:LONGEST_NOTE],
    )
    if placed.is_paid:
        return go(request, shop_url(request, "mall-paid", order_id=placed.order_id))
    pay = shop_url(request, "mall-pay", order_id=placed.order_id)
    return go(request, f"{pay}?{urlencode({'provider': provider})}")


def _choice(form: QueryDict) -> Choice:
    if form.get("method") == PICK_UP:
        return Choice(PICK_UP, number_in(form, "pick_up_at"))
    return Choice(DELIVERY, None, number_in(form, "address"))


def _page(request: ShopRequest, asked: QueryDict, error: DomainError | None) -> HttpResponse:
    wish = intended(request, asked)
    if not wish.wanted:
        return go(request, shop_url(request, "mall-basket"))
    providers = offered_providers()
    is_pick_up = wish.choice.method == PICK_UP
    context: dict[str, Any] = {
        "title": _("Your order"),
        "wish": wish,
        "quote": wish.quote,
        "lines": [(line, _said(line)) for line in wish.quote.lines],
        "is_pick_up": is_pick_up,
        "providers": providers,
        "provider": asked.get("provider") or (providers[0].code if providers else ""),
        "code": asked.get("code", ""),
        "note": asked.get("note", ""),
        "error": error,
        "ways": WAYS,
        "is_stuck": not wish.quote.can_place,
        "needs_address": not is_pick_up and wish.address is None and wish.quote.can_place,
        "back": _back(request, wish),
        "group": request.shop.tenant.code,
        "here": shop_url(request, "mall-checkout"),
        "back_url": _way_back(request, wish),
        "shop": request.shop,
    }
    status = SHOWN_AGAIN if error else HTTPStatus.OK
    if wants_fragment(request):
        return fragment(request, "mall/parts/checkout.html", context, status=status)
    return private_page(request, "mall/checkout.html", context, status=status)


def _said(line: QuoteLine) -> str:
    """Why a line cannot be ordered as it is; empty where it can."""
    if line.state == LineState.SHORT:
        return _("Only %(left)s left: choose fewer.") % {"left": line.units_left}
    return str(LINE_STATE_NAMES[line.state])


def _back(request: ShopRequest, wish: Intended) -> str:
    """The page as it is, to come back to from the address book."""
    asked = {"method": wish.choice.method}
    if wish.at_once:
        asked |= {"sku": str(wish.at_once.sku_id), "quantity": str(wish.at_once.quantity)}
    return f"{shop_url(request, 'mall-checkout')}?{urlencode(asked)}"


def _way_back(request: ShopRequest, wish: Intended) -> str:
    """Where one most likely came from."""
    if wish.at_once and wish.quote.lines:
        line = wish.quote.lines[0]
        address = shop_url(request, "mall-product", product_id=line.product_id)
        return f"{address}?{urlencode({'sku': line.sku_id})}"
    return shop_url(request, "mall-basket")
