"""What every page of the mall has: its shop, the basket's count, and what others may know of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from yipan.surfaces.mall.entry import ShopRequest, shop_url
from yipan.surfaces.mall.tabs import marked, tab_items
from yipan.trade.checkout.queries import basket_count
from yipan.trade.checkout.requests import Owner

SHOWN_AGAIN: Final = HTTPStatus.UNPROCESSABLE_ENTITY
"""Status of a form that is shown again with what was wrong."""
MOST_DESCRIBED: Final = 150
"""Characters of a description for search engines and previews."""


def owner_of(request: ShopRequest) -> Owner:
    """Whose basket it is: the member's, or that of the browser."""
    shop = request.shop
    return Owner(shop.member.id if shop.member else None, shop.visitor)


def member_of(request: ShopRequest) -> int:
    """The id of the buyer; for views behind `@buyer`."""
    member = request.shop.member
    if member is None:
        message = "this view needs @buyer"
        raise RuntimeError(message)
    return int(member.id)


def public_page(
    request: ShopRequest,
    template: str,
    context: dict[str, Any],
    *,
    description: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """A page that search engines may list under its address without the query."""
    context = {
        "canonical": settings.YIPAN_BASE_URL.rstrip("/") + request.path,
        "description": " ".join(description.split())[:MOST_DESCRIBED],
        **context,
    }
    response = render(request, template, _with_shop(request, context), status=status)
    # Prices and stock are those of the moment, and the page greets whoever is signed in.
    response["Cache-Control"] = "private, no-cache"
    return response


def private_page(
    request: ShopRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """A page of one buyer: neither kept by caches nor listed by search engines."""
    context = {"is_private": True, **context}
    return private(render(request, template, _with_shop(request, context), status=status))


def fragment(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Part of a page, for htmx."""
    return private(render(request, template, context, status=status))


def private(response: HttpResponse) -> HttpResponse:
    """Nobody keeps it, nobody lists it."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page, and not for a whole page to come back to."""
    headers = request.headers
    whole = "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    return headers.get("HX-Request") == "true" and not whole


def go(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, whoever asks: the browser, or htmx for it."""
    if request.headers.get("HX-Request") == "true":
        return private(HttpResponse(headers={"HX-Redirect": address}))
    return private(HttpResponseRedirect(address))


def _with_shop(request: ShopRequest, context: dict[str, Any]) -> dict[str, Any]:
    shop = request.shop
    count = basket_count(owner_of(request), shop_id=shop.node.id)
    return {
        "shop": shop,
        "group": shop.tenant.code,
        "base_url": settings.YIPAN_BASE_URL.rstrip("/"),
        "tab_items": tab_items(shop.tenant.code, context.get("tab", ""), count),
        "basket_mark": marked(count),
        "manifest_url": shop_url(request, "mall-manifest"),
        "worker_url": shop_url(request, "mall-worker"),
        "worker_scope": shop_url(request, "mall-home"),
        **context,
    }
