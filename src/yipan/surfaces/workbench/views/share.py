"""分享: links by the way they go, the poster, the code on the own screen."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipan.distribution.sharing import qr
from yipan.distribution.sharing.actions import LinkWish, MadeLink, make_links
from yipan.distribution.sharing.errors import UnknownTemplate
from yipan.distribution.sharing.posters import TEMPLATES, poster
from yipan.distribution.sharing.posters.sending import sent
from yipan.distribution.sharing.posters.templates import BY_CODE, PosterTemplate
from yipan.distribution.sharing.queries import address_of, own_link, tokens_of
from yipan.group.organisations.queries import Node
from yipan.kernel.money import yuan
from yipan.surfaces.workbench.entry import Seller, SellerRequest, signed_in
from yipan.surfaces.workbench.shelf import GoodsCard, goods_card
from yipan.surfaces.workbench.standing import Standing, standing_of
from yipan.surfaces.workbench.views.goods import sku_card
from yipan.surfaces.workbench.views.parts import page

WAYS: Final = ("link", "share", "poster", "qr")
"""Each way has a link with its own channel, so that it shows which one led to a sale."""


class Ways(NamedTuple):
    """The links of one thing that is shared."""

    link: MadeLink
    share: MadeLink
    poster: MadeLink
    qr: MadeLink


@signed_in
@require_safe
def share(request: SellerRequest, code: str = "") -> HttpResponse:
    """Share a SKU, or the shop as a whole.

    Making the links changes nothing that is seen: the same wish always gives the same link. Raises
    NotFound, DistributorMayNotShare.
    """
    standing = standing_of(request.seller)
    shop = standing.shop(request.GET.get("shop", ""))
    card = goods_card(request.seller, standing, shop, sku_card(code)) if code else None
    context: dict[str, object] = {
        "title": _("Share"),
        "back_url": reverse("workbench-goods" if code else "workbench-home"),
        "seller": request.seller,
        "standing": standing,
        "shop": shop,
        "card": card,
        "shops": [(node.code, node.name) for node in standing.shops],
        **_ways(request.seller, standing, shop, card),
    }
    return page(request, "workbench/share_page.html", "workbench/share.html", context, tab="goods")


def _ways(
    seller: Seller, standing: Standing, shop: Node, card: GoodsCard | None
) -> dict[str, object]:
    if not standing.may_share:
        return {"ways": None}
    wishes = [
        LinkWish(
            distributor=seller.distributor.code,
            organisation=shop.code,
            sku=card.sku.code if card else "",
            channel=way,
        )
        for way in WAYS
    ]
    ways = Ways(*make_links(wishes=wishes))
    pitch = _pitch(shop, card)
    return {
        "ways": ways,
        "link_id": ways.poster.id,
        "pitch": pitch,
        "words": f"{pitch}\n{ways.link.url}",
        **_templates(TEMPLATES[0]),
    }


def _pitch(shop: Node, card: GoodsCard | None) -> str:
    """What one writes above a link that is sent to somebody."""
    if card is None:
        return _("{shop}: have a look at our shop.").format(shop=shop.name)
    return _("{goods}, {price} at {shop}").format(
        goods=card.sku.name, price=yuan(card.estimate.price), shop=shop.name
    )


def _templates(chosen: PosterTemplate) -> dict[str, object]:
    return {"templates": TEMPLATES, "chosen": chosen}


@signed_in
@require_safe
def poster_part(request: SellerRequest, link_id: int, template: str) -> HttpResponse:
    """The poster in another template, with its picker. Raises NotFound, UnknownTemplate."""
    own_link(link_id, distributor_id=request.seller.distributor.id)
    chosen = BY_CODE.get(template)
    if chosen is None:
        raise UnknownTemplate(template=template)
    context = {
        "title": _("Poster"),
        "back_url": reverse("workbench-goods"),
        "seller": request.seller,
        "link_id": link_id,
        **_templates(chosen),
    }
    return page(request, "workbench/poster_page.html", "workbench/poster.html", context)


@signed_in
@require_safe
def poster_picture(request: SellerRequest, link_id: int, template: str) -> HttpResponseBase:
    """The poster itself, PNG. Nobody gets another's."""
    drawn = poster(
        link_id=link_id,
        template=template,
        language=get_language() or "zh-hans",
        distributor_id=request.seller.distributor.id,
    )
    name = f"poster-{template}.png" if "download" in request.GET else ""
    return sent(request, drawn, name=name)


@signed_in
@require_safe
def code_picture(request: SellerRequest, link_id: int) -> HttpResponse:
    """The code of a link of one's own, to be scanned from the screen."""
    own_link(link_id, distributor_id=request.seller.distributor.id)
    (token,) = tokens_of([link_id])
    response = HttpResponse(qr.svg(address_of(token)), content_type="image/svg+xml")
    patch_cache_control(response, private=True, max_age=3600)
    return response
