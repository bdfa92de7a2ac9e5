"""The buyer's orders: paying, following, cancelling, receiving."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yipan.distribution.sharing import qr
from yipan.kernel.errors import DomainError, NotFound
from yipan.kernel.http import client_address
from yipan.kernel.text import searched
from yipan.kernel.wechat import is_browser
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.mall.cards import best_sellers
from yipan.surfaces.mall.entry import ShopRequest, buyer, shop, shop_url
from yipan.surfaces.mall.gone import OTHERS
from yipan.surfaces.mall.page import (
    fragment,
    go,
    member_of,
    private,
    private_page,
    wants_fragment,
)
from yipan.trade.checkout import actions, queries
from yipan.trade.checkout.queries import PurchaseState, Tab
from yipan.trade.payments.actions import begin_payment
from yipan.trade.payments.providers.registry import Payer
from yipan.trade.payments.queries import offered_providers

TABS = (
    (Tab.ALL, gettext_lazy("All")),
    (Tab.TO_PAY, gettext_lazy("To pay")),
    (Tab.TO_RECEIVE, gettext_lazy("To receive")),
    (Tab.DONE, gettext_lazy("Received")),
    (Tab.REFUNDS, gettext_lazy("Refunds")),
)

# As for every page, but that its form may go to the provider.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self' {}; frame-ancestors 'none'"
)
WAITING_THERE = frozenset({PurchaseState.TO_PICK_UP, PurchaseState.READY})
"""States in which the counter asks for the code."""
OVER = frozenset({PurchaseState.CANCELLED, PurchaseState.REFUNDED})
"""States after which nothing more comes."""


@shop
@buyer
@require_safe
def orders(request: ShopRequest) -> HttpResponse:
    """Orders of one kind, newest first, more by scrolling."""
    member_id = member_of(request)
    asked = request.GET.get("tab", "")
    tab = Tab(asked) if asked in set(Tab) else Tab.ALL
    text = searched(request.GET.get("q", ""))
    page = queries.purchases(
        member_id=member_id, tab=tab, text=text, cursor=request.GET.get("cursor") or None
    )
    more = urlencode({"tab": tab.value, "q": text, "cursor": page.next_cursor})
    context = {
        "orders": page.items,
        "more": f"{request.path}?{more}" if page.next_cursor else "",
        "text": text,
        "group": request.shop.tenant.code,
    }
    if wants_fragment(request) and request.GET.get("cursor"):
        return fragment(request, "mall/parts/orders.html", context)
    counts = queries.purchase_counts(member_id)
    tabs = [
        {
            "code": each.value,
            "query": urlencode({"tab": each.value, "q": text}),
            "words": words,
            "current": each is tab,
            "count": counts.get(each, 0) or "",
        }
        for each, words in TABS
    ]
    context = {**context, "tabs": tabs, "asked": tab.value, "title": _("My orders"), "tab": "me"}
    context["back_url"] = shop_url(request, "mall-me")
    return private_page(request, "mall/orders.html", context)


@shop
@buyer
@require_safe
def order(request: ShopRequest, order_id: int) -> HttpResponse:
    """One order with its way to the buyer."""
    found = queries.purchase(order_id, member_id=member_of(request))
    context = {
        "order": found,
        "can_pick_up": found.state in WAITING_THERE,
        "is_over": found.state in OVER,
        "title": _("Order"),
        "tab": "me",
        "back_url": shop_url(request, "mall-orders"),
    }
    return private_page(request, "mall/order.html", context)


@shop
@buyer
@require_safe
def pay(request: ShopRequest, order_id: int) -> HttpResponse:
    """On to the provider's cashier, for the first time or again."""
    here = shop_url(request, "mall-order", order_id=order_id)
    providers = [each.code for each in offered_providers()]
    asked = request.GET.get("provider", "")
    provider = asked if asked in providers else next(iter(providers), "")
    try:
        begun = begin_payment(
            order_id=order_id,
            member_id=member_of(request),
            provider=provider,
            return_url=shop_url(request, "mall-paid", order_id=order_id),
            payer=_payer(request),
        )
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(here)
    place = urlsplit(begun.url)
    if begun.url and not begun.form and not place.netloc:
        return private(HttpResponseRedirect(begun.url))
    # Browsers let a form of ours end at no other site, so the last step there is one of its own.
    context = {
        "begun": begun,
        "parameters": dict(begun.parameters),
        "title": _("To the cashier"),
        "order_address": here,
        "paid_address": shop_url(request, "mall-paid", order_id=order_id),
    }
    response = private_page(request, "mall/cashier.html", context)
    if begun.form:
        response["Content-Security-Policy"] = _POLICY.format(f"{place.scheme}://{place.netloc}")
    return response


def _payer(request: ShopRequest) -> Payer:
    agent = request.headers.get("user-agent", "")
    return Payer(in_wechat=is_browser(agent), address=client_address(request))


@shop
@buyer
@require_safe
def paid(request: ShopRequest, order_id: int) -> HttpResponse:
    """Where the cashier sends the buyer back to: paid, or not yet.

    As long as it is not, the page asks now and then whether the provider's word has come.
    """
    found = queries.purchase(order_id, member_id=member_of(request))
    if found.can.pay and wants_fragment(request):
        return private(HttpResponse(status=HTTPStatus.NO_CONTENT))
    title = _("Payment done") if found.paid_at else _("Not paid yet")
    return private_page(
        request,
        "mall/paid.html",
        {
            "order": found,
            "cards": best_sellers(request.shop, limit=OTHERS) if found.paid_at else [],
            "title": title,
            "tab": "me",
            "back_url": shop_url(request, "mall-orders"),
        },
    )


@shop
@buyer
@require_safe
def code(request: ShopRequest, order_id: int) -> HttpResponse:
    """The pick-up code for the store's scanner."""
    found = queries.purchase(order_id, member_id=member_of(request))
    if found.pick_up is None or not found.pick_up.code:
        raise NotFound(kind="code", ref=order_id)
    return private(HttpResponse(qr.svg(found.pick_up.code), content_type="image/svg+xml"))


@shop
@buyer
@require_POST
@sent_once
def cancel(request: ShopRequest, order_id: int) -> HttpResponse:
    """Do without an order that is not paid."""
    actions.cancel_purchase(
        order_id=order_id,
        member_id=member_of(request),
        reason=request.POST.get("reason", "").strip()[:200],
    )
    messages.success(request, _("The order was cancelled."))
    return go(request, shop_url(request, "mall-order", order_id=order_id))


@shop
@buyer
@require_POST
@sent_once
def received(request: ShopRequest, order_id: int) -> HttpResponse:
    """The goods are there."""
    actions.confirm_receipt(order_id=order_id, member_id=member_of(request))
    messages.success(request, _("Thank you. We hope you enjoy it."))
    return go(request, shop_url(request, "mall-order", order_id=order_id))
