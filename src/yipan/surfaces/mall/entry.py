"""Which shop a page of the mall belongs to, and who looks at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from yipan.customers.members import sessions
from yipan.customers.members.models import Member
from yipan.customers.members.sessions import SignedIn
from yipan.distribution.sharing.visitors import COOKIE as VISITOR_COOKIE
from yipan.distribution.sharing.visitors import COOKIE_AGE, is_visitor, new_visitor
from yipan.group.organisations.queries import Node, tree
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.zones import zone
from yipan.surfaces.design.refusals import answered, sent_to

_SALT: Final = "yipan.mall.shop"
_MEMBER_SECONDS: Final = int(sessions.LIFETIME.total_seconds())


@dataclass(frozen=True, slots=True)
class Shop:
    """Where the buyer is, and who."""

    tenant: Tenant
    node: Node
    """The organisation whose goods are shown: a share link leads to it; else headquarters."""
    member: Member | None
    """Who is signed in."""
    visitor: str
    """The browser's name, for touches and orders."""


class ShopRequest(HttpRequest):
    """A request that passed `shop`."""

    shop: Shop


View = Callable[..., HttpResponseBase]


def shop(view: View) -> View:
    """Let a view show the mall of the group in the address (`<slug:group>`, which it is not given).

    It finds shop and buyer in `request.shop`, and works in the context of that group, whatever else
    the browser is signed in to: as a person of the back office nobody is here. 404 for a group that
    is not there. Errors of the domain that the view lets through become pages.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, group: str, **kwargs: Any) -> HttpResponseBase:
        tenant = Tenant.objects.filter(code=group, is_active=True).first()
        if tenant is None:
            raise Http404(group)
        with tenant_context(tenant.id, tenant.config_epoch), timezone.override(zone()):
            found = shop_of(request, tenant)
            request.shop = found  # type: ignore[attr-defined]
            request.user = AnonymousUser()
            response = answered(request, view, *args, **kwargs)
        if request.COOKIES.get(VISITOR_COOKIE) != found.visitor:
            _keep(response, VISITOR_COOKIE, found.visitor, COOKIE_AGE)
        return response

    return entered


def buyer(view: View) -> View:
    """Below `shop`: let a view be seen by members who are signed in; others are sent to do so."""

    @wraps(view)
    def known(request: ShopRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.shop.member is None:
            return sent_to(request, sign_in_address(request))
        return view(request, *args, **kwargs)

    return known


def shop_url(request: ShopRequest, name: str, **kwargs: Any) -> str:
    """The address of a page of the mall one is in."""
    return reverse(name, kwargs={"group": request.shop.tenant.code, **kwargs})


def sign_in_address(request: ShopRequest) -> str:
    """The door, and the way back to the page that was asked for."""
    door = shop_url(request, "mall-sign-in")
    if request.method != "GET" or request.headers.get("HX-Request"):
        return door
    return f"{door}?{urlencode({'next': request.get_full_path()})}"


def lead_to(request: ShopRequest, response: HttpResponseBase, organisation_id: int) -> None:
    """From now on the browser is in the shop of this organisation. Raises NotFound."""
    node = tree().node(organisation_id)
    request.shop = replace(request.shop, node=node)
    value = signing.dumps([request.shop.tenant.id, node.id], salt=_SALT)
    _keep(response, _shop_cookie(request.shop.tenant), value, COOKIE_AGE)


def remember_member(request: ShopRequest, response: HttpResponseBase, signed_in: SignedIn) -> None:
    """Have the browser hold the token of a fresh session; one that it held is ended."""
    tenant = request.shop.tenant
    former = request.COOKIES.get(_member_cookie(tenant), "")
    if former:
        sessions.end_session(former)
    request.shop = replace(request.shop, member=signed_in.member)
    _keep(response, _member_cookie(tenant), signed_in.token, _MEMBER_SECONDS)


def forget_member(request: ShopRequest, response: HttpResponseBase) -> None:
    """Sign the browser out of this mall."""
    name = _member_cookie(request.shop.tenant)
    sessions.end_session(request.COOKIES.get(name, ""))
    response.delete_cookie(name, samesite="Lax")


def shop_of(request: HttpRequest, tenant: Tenant) -> Shop:
    """The shop that the browser is in, and who; for views that enter the tenant themselves."""
    visitor = request.COOKIES.get(VISITOR_COOKIE, "")
    return Shop(
        tenant=tenant,
        node=_node(request.COOKIES.get(_shop_cookie(tenant), ""), tenant),
        member=sessions.member_of(request.COOKIES.get(_member_cookie(tenant), "")),
        visitor=visitor if is_visitor(visitor) else new_visitor(),
    )


def _node(cookie: str, tenant: Tenant) -> Node:
    if cookie:
        try:
            tenant_id, node_id = signing.loads(cookie, salt=_SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return tree().root
        node = tree().by_id.get(node_id)
        if tenant_id == tenant.id and node is not None and node.is_active:
            return node
    return tree().root


def _shop_cookie(tenant: Tenant) -> str:
    return f"yipan_shop_{tenant.code}"


def _member_cookie(tenant: Tenant) -> str:
    return f"yipan_member_{tenant.code}"


def _keep(response: HttpResponseBase, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
