"""The door of the mall."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.customers.members import sessions
from yipan.customers.members.sessions import SignedIn, Visit
from yipan.kernel.http import client_address
from yipan.surfaces.design import sign_in as door
from yipan.surfaces.design.sign_in import Door, safe_next
from yipan.surfaces.mall.entry import ShopRequest, forget_member, remember_member, shop, shop_url
from yipan.trade.checkout.actions import merge_baskets


class BuyersDoor(Door):
    """Lets buyers in; who is new becomes a member."""

    title = _("Sign in")
    kind = "member"
    request: ShopRequest

    def __init__(self, request: ShopRequest) -> None:
        super().__init__(request, request.shop.tenant.id)

    def ask(self, phone: str) -> int:
        sent = sessions.ask_for_code(phone=phone, address=client_address(self.request))
        return sent.resend_after

    def enter(self, phone: str, code: str, openid: str) -> HttpResponse:
        signed_in = sessions.sign_in_by_code(phone=phone, code=code, visit=self._visit())
        if openid:
            sessions.join_wechat(member_id=signed_in.member.id, openid=openid)
        return self._inside(signed_in)

    def enter_by_wechat(self, openid: str) -> HttpResponse | None:
        signed_in = sessions.sign_in_by_wechat(openid=openid, visit=self._visit())
        return None if signed_in is None else self._inside(signed_in)

    def address(self, name: str) -> str:
        address = shop_url(self.request, f"mall-{name}")
        wanted = safe_next(self.request, "")
        return f"{address}?{urlencode({'next': wanted})}" if wanted else address

    def context(self) -> dict[str, Any]:
        return {"surface": _("Mall"), "group_name": self.request.shop.tenant.name}

    def _visit(self) -> Visit:
        return Visit(self.request.shop.visitor, self.request.shop.node.id)

    def _inside(self, signed_in: SignedIn) -> HttpResponse:
        merge_baskets(visitor=self.request.shop.visitor, member_id=signed_in.member.id)
        home = f"/m/{self.request.shop.tenant.code}/"
        response = HttpResponseRedirect(safe_next(self.request, home))
        remember_member(self.request, response, signed_in)
        return response


@require_http_methods(["GET", "HEAD", "POST"])
@shop
def sign_in(request: ShopRequest) -> HttpResponse:
    """Phone, then code."""
    return door.answer(BuyersDoor(request))


@require_GET
@shop
def wechat(request: ShopRequest) -> HttpResponse:
    """On the way to WeChat."""
    return door.to_wechat(BuyersDoor(request))


@require_GET
@shop
def wechat_return(request: ShopRequest) -> HttpResponse:
    """Back from WeChat."""
    return door.from_wechat(BuyersDoor(request))


@require_POST
@shop
def leave(request: ShopRequest) -> HttpResponse:
    """Sign out of this mall."""
    response = HttpResponseRedirect(f"/m/{request.shop.tenant.code}/")
    forget_member(request, response)
    return response
