"""What is said where something is gone, and what else the shop has."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yipan.surfaces.mall.cards import best_sellers
from yipan.surfaces.mall.entry import ShopRequest
from yipan.surfaces.mall.page import private_page

OTHERS: Final = 6
"""Products that are shown instead."""


def link_gone(request: ShopRequest) -> HttpResponse:
    """A share link opens nothing, whatever the reason."""
    return _page(
        request,
        title=_("This link has expired"),
        text=_("Whoever shared it can send you a new one. The shop is open all the same."),
        icon="unlink",
    )


def product_gone(request: ShopRequest) -> HttpResponse:
    """There is no such product, or no longer."""
    return _page(
        request,
        title=_("This product is gone"),
        text=_("It is no longer sold here. Perhaps you like one of these."),
        icon="package-x",
    )


def _page(request: ShopRequest, *, title: str, text: str, icon: str) -> HttpResponse:
    context = {
        "tab": "home",
        "title": title,
        "text": text,
        "icon": icon,
        "cards": best_sellers(request.shop, limit=OTHERS),
    }
    return private_page(request, "mall/gone.html", context, status=HTTPStatus.NOT_FOUND)
