"""分销商品 and 专柜管理: what may be shared, what it earns, how much there is."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _as
from django.views.decorators.http import require_safe

from yipan.distribution.pool.queries import OfferSort
from yipan.goods.catalogue.queries import SkuCard, cards, skus_by_code
from yipan.goods.stock.queries import above
from yipan.group.organisations.models import Level
from yipan.group.organisations.queries import Node
from yipan.kernel.errors import NotFound
from yipan.kernel.modules import is_enabled
from yipan.kernel.text import whole
from yipan.surfaces.workbench.entry import SellerRequest, signed_in
from yipan.surfaces.workbench.rule_words import rule_words
from yipan.surfaces.workbench.shelf import (
    GoodsWish,
    category_rows,
    goods_card,
    goods_page,
    units_of,
)
from yipan.surfaces.workbench.standing import standing_of
from yipan.surfaces.workbench.views.parts import page, wants_part

SORTS: Final = (
    (OfferSort.COMMISSION, _as("sort", "Commission")),
    (OfferSort.SALES, _as("sort", "Sales")),
    (OfferSort.NEWEST, _as("sort", "Newest")),
)
PRICE_ICONS: Final = {OfferSort.PRICE_ASC: "arrow-up", OfferSort.PRICE_DESC: "arrow-down"}
VIEWS: Final = (("store", _("This store")), ("all", _("Whole platform")))
MOST: Final = 400
"""SKUs of which stock is asked at once."""


class SortChoice(NamedTuple):
    """One order to choose."""

    value: str
    """What a tap asks for."""
    name: str | Promise
    current: bool
    was: str = ""
    """The order that holds, where a tap asks for its other way round."""
    icon: str = ""
    spoken: str = ""


@signed_in
@require_safe
def goods(request: SellerRequest) -> HttpResponse:
    """All that the reader may share."""
    return _shelf(request, "workbench/goods.html", counter=False)


@signed_in
@require_safe
def counter(request: SellerRequest) -> HttpResponse:
    """The same for guides, with stock side by side. Nobody else finds it."""
    if not request.seller.is_guide or not is_enabled("stock"):
        raise Http404
    return _shelf(request, "workbench/counter.html", counter=True)


def _shelf(request: SellerRequest, whole: str, *, counter: bool) -> HttpResponse:
    wish = GoodsWish.of(request.GET)
    standing = standing_of(request.seller)
    shop = standing.shop(wish.shop)
    found = goods_page(request.seller, standing, shop, wish, counter=counter)
    context: dict[str, object] = {
        "seller": request.seller,
        "standing": standing,
        "shop": shop,
        "wish": wish,
        "found": found,
        "counter": counter,
        "next_query": _following(request, found.next_cursor),
    }
    if wish.cursor and wants_part(request):
        return render(request, "workbench/goods_cards.html", context)
    context |= {
        "title": _now("Counter management") if counter else _now("Share goods"),
        "sorts": sort_choices(wish.sort),
        "views": VIEWS,
        "view": "store" if wish.store_only else "all",
        "shops": [(node.code, node.name) for node in standing.shops],
        "categories": category_rows(wish.category_id),
        "around": around(shop) if counter else (),
    }
    tab = "counter" if counter else "goods"
    return page(request, whole, "workbench/goods_list.html", context, tab=tab)


def sort_choices(sort: OfferSort) -> list[SortChoice]:
    """The four orders; by price from the lowest, and another tap turns it round."""
    choices = [SortChoice(each.value, name, each is sort) for each, name in SORTS]
    rises = sort is OfferSort.PRICE_ASC
    price = SortChoice(
        value=(OfferSort.PRICE_DESC if rises else OfferSort.PRICE_ASC).value,
        name=_as("sort", "Price"),
        current=sort in PRICE_ICONS,
        was=sort.value if sort in PRICE_ICONS else "",
        icon=PRICE_ICONS.get(sort, "arrow-up-down"),
        spoken=_now("Price, highest first") if rises else _now("Price, lowest first"),
    )
    return [*choices, price]


def _following(request: SellerRequest, cursor: str | None) -> str:
    """The query of the next page; empty on the last one."""
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return query.urlencode()


def around(shop: Node) -> list[Node]:
    """Of which places stock is shown beside the shop's own: company and industry group."""
    found = (above(shop.id, rank) for rank in (Level.COMPANY, Level.INDUSTRY_GROUP))
    return [node for node in found if node is not None and node.id != shop.id]


@signed_in
@require_safe
def units(request: SellerRequest) -> HttpResponse:
    """The stock of the SKUs that a page shows, fetched again when some was taken."""
    if not request.seller.is_guide or not is_enabled("stock"):
        raise Http404
    asked = request.GET.getlist("sku")[:MOST]
    sku_ids = [number for each in asked if (number := whole(each)) is not None]
    shop = standing_of(request.seller).shop(request.GET.get("shop", ""))
    return render(request, "workbench/units.html", {"units": units_of(shop, sku_ids)})


@signed_in
@require_safe
def rule(request: SellerRequest, code: str) -> HttpResponse:
    """By which rule a SKU earns, with its ladder and examples."""
    standing = standing_of(request.seller)
    shop = standing.shop(request.GET.get("shop", ""))
    card = goods_card(request.seller, standing, shop, sku_card(code))
    context: dict[str, object] = {
        "title": _now("Commission rule"),
        "back_url": reverse("workbench-goods"),
        "seller": request.seller,
        "card": card,
        "rule": rule_words(card.estimate),
        "standing": standing,
        "shop": shop,
    }
    return page(request, "workbench/rule_page.html", "workbench/rule.html", context, tab="goods")


def sku_card(code: str) -> SkuCard:
    """A SKU that may be sold, by its code; two statements. Raises NotFound."""
    figures = skus_by_code([code]).get(code)
    if figures is None or not figures.is_active:
        raise NotFound(kind="SKU", ref=code)
    return cards([figures.id])[figures.id]
