"""Categories and search: products in an order, filtered, page after page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yipan.goods.catalogue.queries import (
    ProductCard,
    PromotedIn,
    Sort,
    shelf,
)
from yipan.goods.catalogue.queries import (
    category as category_by_id,
)
from yipan.kernel import clock
from yipan.kernel.errors import InvalidField
from yipan.kernel.pagination import Page
from yipan.kernel.text import searched
from yipan.surfaces.mall.cards import shelf_cards
from yipan.surfaces.mall.departments import Department, departments
from yipan.surfaces.mall.entry import ShopRequest, shop, shop_url
from yipan.surfaces.mall.page import fragment, public_page, wants_fragment

SHELF: Final = 20
SORTS: Final = (
    (Sort.SALES, gettext_lazy("Sales")),
    (Sort.NEWEST, gettext_lazy("Newest")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    text: str
    sort: Sort
    promoted: bool
    cursor: str | None
    category_id: int | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed yet."""
        return not self.text

    @classmethod
    def of(cls, request: ShopRequest, category_id: int | None = None) -> Asked:
        """Whatever cannot be read counts as not asked."""
        given = request.GET
        sort = given.get("sort", "")
        return cls(
            text=searched(given.get("q", "")),
            sort=Sort(sort) if sort in set(Sort) else Sort.SALES,
            promoted=given.get("promo") == "1",
            cursor=given.get("cursor") or None,
            category_id=category_id,
        )


@shop
@require_safe
def categories(request: ShopRequest) -> HttpResponse:
    """All categories, top ones with what is below them."""
    return public_page(
        request,
        "mall/categories.html",
        {"tab": "categories", "departments": departments(), "title": _("Browse")},
    )


@shop
@require_safe
def category(request: ShopRequest, category_id: int) -> HttpResponse:
    """The products of a category and of all below it."""
    chosen = category_by_id(category_id)
    asked = Asked.of(request, category_id)
    context = _shelf(request, asked)
    if asked.cursor is not None and wants_fragment(request):
        return fragment(request, "mall/parts/cards.html", context)
    if wants_fragment(request):
        return fragment(request, "mall/parts/shelf.html", context)
    top = next((each for each in departments() if chosen.path.startswith(each.path)), None)
    siblings = _siblings(top) if top else []
    return public_page(
        request,
        "mall/category.html",
        {
            **context,
            "tab": "categories",
            "title": chosen.name,
            "chosen": chosen,
            "siblings": siblings,
            "back_url": shop_url(request, "mall-categories"),
        },
        description=_("%(category)s at %(shop)s")
        % {
            "category": chosen.name,
            "shop": request.shop.node.name,
        },
    )


@shop
@require_safe
def search(request: ShopRequest) -> HttpResponse:
    """Products that have the words, as they are typed."""
    asked = Asked.of(request)
    context = _shelf(request, asked)
    if asked.cursor is not None and wants_fragment(request):
        return fragment(request, "mall/parts/cards.html", context)
    if wants_fragment(request):
        return fragment(request, "mall/parts/shelf.html", context)
    response = public_page(
        request, "mall/search.html", {**context, "tab": "home", "title": _("Search")}
    )
    response["X-Robots-Tag"] = "noindex"  # endless addresses with the same goods
    return response


def _siblings(top: Department) -> list[Department]:
    """A top category as a whole, and those directly below it."""
    everything = Department(top.id, _("All"), top.icon, top.path)
    return [everything, *top.below] if top.below else []


def _shelf(request: ShopRequest, asked: Asked) -> dict[str, Any]:
    page = _found(request, asked)
    return {
        "asked": asked,
        "sort_links": _sort_links(request, asked),
        "promo_link": _address(request, promo="" if asked.promoted else "1"),
        "cards": shelf_cards(request.shop, page.items),
        "more": _more(request, page.next_cursor),
        "group": request.shop.tenant.code,
        "here": request.path,
    }


def _sort_links(request: ShopRequest, asked: Asked) -> list[dict[str, Any]]:
    """The orders there are; the one by price turns round when it is chosen again."""
    links: list[dict[str, Any]] = [
        {
            "label": words,
            "href": _address(request, sort=sort.value),
            "current": sort == asked.sort,
            "icon": "",
        }
        for sort, words in SORTS
    ]
    rises, falls = asked.sort == Sort.PRICE_ASC, asked.sort == Sort.PRICE_DESC
    other = Sort.PRICE_DESC if rises else Sort.PRICE_ASC
    links.append(
        {
            "label": _("Price"),
            "href": _address(request, sort=other.value),
            "current": rises or falls,
            "icon": "arrow-up" if rises else "arrow-down" if falls else "arrow-up-down",
        }
    )
    return links


def _more(request: ShopRequest, cursor: str | None) -> str:
    """The address of the next page, with all that was asked; empty where this was the last."""
    return "" if cursor is None else _address(request, cursor=cursor)


def _address(request: ShopRequest, **changed: str) -> str:
    """The page's own address with something else asked; from its first page on."""
    query = request.GET.copy()
    query.pop("cursor", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _found(request: ShopRequest, asked: Asked) -> Page[ProductCard]:
    within = PromotedIn(request.shop.node.lineage, clock.now()) if asked.promoted else None
    wanted = partial(
        shelf,
        text=asked.text,
        category_id=asked.category_id,
        sort=asked.sort,
        promoted=within,
        limit=SHELF,
    )
    try:
        return wanted(cursor=asked.cursor)
    except InvalidField:  # a cursor of another order, in an address somebody kept
        return wanted()
