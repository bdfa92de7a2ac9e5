"""What is behind a share link: the way into the shop, or a page where there is no online shop."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yipan.distribution.sharing.actions import open_link
from yipan.distribution.sharing.errors import LinkGone
from yipan.distribution.sharing.ports import shopfront
from yipan.distribution.sharing.queries import StoredLink, tenant_by_code
from yipan.distribution.sharing.visitors import (
    COOKIE,
    COOKIE_AGE,
    is_person,
    is_visitor,
    new_visitor,
)
from yipan.goods.catalogue.queries import prices_at
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.kernel.money import yuan
from yipan.kernel.tenancy import tenant_context

# Pictures of goods may stand on other servers.
_CONTENT: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def open_shared(request: HttpRequest, tenant: str, token: str) -> HttpResponse:
    """Lead to what was shared, and remember who looked.

    Whatever opens nothing gets one answer, whether there is an online shop or not.
    """
    group = tenant_by_code(tenant)
    if group is None:
        return _locked(_gone(request))
    visitor = request.COOKIES.get(COOKIE, "")
    if not is_visitor(visitor):
        visitor = new_visitor()
    counts = is_person(method=request.method or "", headers=request.headers)
    shop = shopfront()
    with tenant_context(group.id, group.config_epoch):
        member_id = shop.member_id(request, group) if shop and counts else None
        try:
            link = open_link(token=token, visitor=visitor, member_id=member_id, counts=counts)
        except LinkGone:
            return _private(shop.gone(request, group)) if shop else _locked(_gone(request))
        response = (
            shop.receive(request, group, link) if shop else _locked(_page(request, group, link))
        )
    if counts:
        response.set_cookie(
            COOKIE,
            visitor,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return _private(response)


def _page(request: HttpRequest, group: Tenant, link: StoredLink) -> HttpResponse:
    page = {"link": link, "goods": link.goods, "shop": group.name, **_prices(link)}
    return render(request, "sharing/landing.html", page)


def _prices(link: StoredLink) -> dict[str, str]:
    """The price a passer-by pays, and the list price where that is another."""
    if link.sku_id is None:
        return {"price": "", "list_price": ""}
    lineage = tree().node(link.organisation_id).lineage
    prices = prices_at([link.sku_id], lineage, clock.now())[link.sku_id]
    list_price, promo = prices.list_price, prices.promo_price
    price = list_price if promo is None else promo
    return {
        "price": "" if price is None else yuan(price),
        "list_price": "" if list_price is None or list_price == price else yuan(list_price),
    }


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "sharing/gone.html", status=HTTPStatus.NOT_FOUND)


def _locked(response: HttpResponse) -> HttpResponse:
    """A page of sharing's own: no scripts, and private."""
    response["Content-Security-Policy"] = _CONTENT
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    """Not to be kept by caches, listed by search engines, or told to other sites."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
