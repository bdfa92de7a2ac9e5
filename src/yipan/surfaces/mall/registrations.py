"""What the mall hooks in when it is on."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from yipan.distribution.sharing.ports import register_shopfront
from yipan.distribution.sharing.queries import StoredLink
from yipan.kernel.models import Tenant
from yipan.surfaces.mall.entry import ShopRequest, lead_to, shop_of, shop_url
from yipan.surfaces.mall.gone import link_gone


class Mall:
    """Receives whoever comes through a share link."""

    def member_id(self, request: HttpRequest, tenant: Tenant) -> int | None:
        """The buyer who is signed in to this mall."""
        member = shop_of(request, tenant).member
        return member.id if member else None

    def receive(self, request: HttpRequest, tenant: Tenant, link: StoredLink) -> HttpResponse:
        """To the page of what was shared, in the shop it was shared from.

        The address says nothing of the link: it may be passed on.
        """
        here: ShopRequest = request  # type: ignore[assignment]
        here.shop = shop_of(request, tenant)
        response = HttpResponseRedirect(_address(here, link))
        lead_to(here, response, link.organisation_id)
        return response

    def gone(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        """The shop one is in says so, and what else there is."""
        here: ShopRequest = request  # type: ignore[assignment]
        here.shop = shop_of(request, tenant)
        return link_gone(here)


def _address(request: ShopRequest, link: StoredLink) -> str:
    if link.goods is None:
        return shop_url(request, "mall-home")
    address = shop_url(request, "mall-product", product_id=link.goods.product_id)
    return f"{address}?{urlencode({'sku': link.sku_id})}"


register_shopfront("mall", Mall())
