"""The buyer's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yipan.customers.members.actions import rename_member
from yipan.customers.members.actor import member_actor
from yipan.customers.members.queries import own_phone
from yipan.customers.members.rules import masked_phone
from yipan.kernel.errors import DomainError
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.mall.entry import ShopRequest, buyer, shop, shop_url
from yipan.surfaces.mall.page import (
    SHOWN_AGAIN,
    go,
    member_of,
    private_page,
)
from yipan.trade.checkout.queries import Tab, purchase_counts

SHORTCUTS = (
    (Tab.TO_PAY, gettext_lazy("To pay"), "wallet"),
    (Tab.TO_RECEIVE, gettext_lazy("To receive"), "truck"),
    (Tab.DONE, gettext_lazy("Received"), "package-check"),
    (Tab.REFUNDS, gettext_lazy("Refunds"), "undo-2"),
)


@shop
@require_safe
def me(request: ShopRequest) -> HttpResponse:
    """Orders by state, addresses, name, language; for visitors the way in."""
    member = request.shop.member
    counts = purchase_counts(member.id) if member else {}
    shortcuts = [
        {"code": tab.value, "words": words, "icon": icon, "count": counts.get(tab, 0) or ""}
        for tab, words, icon in SHORTCUTS
    ]
    context = {
        "tab": "me",
        "title": _("Me"),
        "member": member,
        "phone": masked_phone(own_phone(member)) if member else "",
        "shortcuts": shortcuts,
    }
    return private_page(request, "mall/me.html", context)


def _show_again(request: ShopRequest, error: DomainError) -> HttpResponse:
    context = {**_named(request, request.POST.get("name", "")), "error": error}
    return private_page(request, "mall/name.html", context, status=SHOWN_AGAIN)


@shop
@buyer
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once(refused=_show_again)
def name(request: ShopRequest) -> HttpResponse:
    """How the buyer wants to be called."""
    member_id = member_of(request)
    if request.method == "POST":
        rename_member(
            member_id=member_id, name=request.POST.get("name", ""), by=member_actor(member_id)
        )
        messages.success(request, _("Saved."))
        return go(request, shop_url(request, "mall-me"))
    member = request.shop.member
    context = _named(request, member.name if member else "")
    return private_page(request, "mall/name.html", context)


def _named(request: ShopRequest, typed: str) -> dict[str, Any]:
    back = shop_url(request, "mall-me")
    return {"title": _("My name"), "tab": "me", "name": typed, "back_url": back}
