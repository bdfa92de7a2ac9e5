"""What makes a mall an app that can be installed."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from yipan.surfaces.design import pwa
from yipan.surfaces.mall.entry import ShopRequest, shop, shop_url


@require_safe
@shop
def manifest(request: ShopRequest) -> HttpResponse:
    """The web manifest, in the group's name."""
    name = request.shop.tenant.name
    return pwa.manifest(name=name, short_name=name[:12], scope=shop_url(request, "mall-home"))


@require_safe
@shop
def worker(request: ShopRequest) -> HttpResponse:
    """The service worker."""
    offline_page = shop_url(request, "mall-offline")
    return pwa.worker(scope=shop_url(request, "mall-home"), offline=offline_page)


@require_safe
@shop
def offline(request: ShopRequest) -> HttpResponse:
    """The page without a network; nobody's data is on it."""
    return pwa.offline(request)
