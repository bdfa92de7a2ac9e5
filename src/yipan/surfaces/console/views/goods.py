"""Products: the list, one product with pictures, SKUs and prices, and what is done to it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Max, Min, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yipan.goods.catalogue.actions import PictureFile, set_pictures
from yipan.goods.catalogue.models import Picture, Price, Product, Sku
from yipan.goods.catalogue.pictures import MOST_BYTES, PictureRefused, save_picture
from yipan.goods.catalogue.queries import (
    pictures_of,
    prices_at,
    product,
    products,
)
from yipan.goods.stock.queries import spread_of
from yipan.group.organisations.queries import tree, within
from yipan.group.people.paging import CappedPaginator
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.kernel.modules import is_enabled
from yipan.kernel.text import whole
from yipan.surfaces.console.asks import Ask, ask_and_do
from yipan.surfaces.console.goods_asks import ASKS, GROUP_WIDE, NewProduct, category_choices
from yipan.surfaces.console.page import (
    ConsoleRequest,
    console_page,
    console_view,
    given_to,
)

_READ: Final = "catalogue.read"
_WRITE: Final = "catalogue.write"
_PER_PAGE: Final = 50
_ORDERS: Final = ("name", "code", "created_at")
_PRICES: Final = 60


@console_view(_READ)
def goods(request: ConsoleRequest) -> HttpResponse:
    """Filters of the address: q, category (and all below it), state, tag, sort, page."""
    asked = request.GET
    state = {"active": True, "inactive": False}.get(asked.get("state", ""))
    known = category_choices()
    category = whole(asked.get("category", ""))
    rows = products(
        category_id=category if category in dict(known) else None,
        text=asked.get("q", "").strip(),
        is_active=state,
    )
    tag = asked.get("tag", "").strip()
    if tag:
        rows = rows.filter(tags__contains=[tag])
    sort = asked.get("sort", "-created_at")
    order = sort if sort.removeprefix("-") in _ORDERS else "-created_at"
    found = rows.select_related("category").order_by(order, "id")
    page = CappedPaginator(found, _PER_PAGE).get_page(asked.get("page", "1"))
    shown = list(page.object_list)
    return console_page(
        request,
        "console/goods.html",
        title=_("Products"),
        page=page,
        rows=_figured(shown),
        sort=order,
        asked=asked,
        categories=known,
        states=[("active", _("on sale")), ("inactive", _("not on sale"))],
        may_write=request.scope.allows_everywhere(_WRITE),
    )


def _figured(shown: list[Product]) -> list[tuple[Product, str, dict[str, Any]]]:
    """Products with main picture, number of SKUs and prices from … to; two statements."""
    ids = [each.id for each in shown]
    pictures = pictures_of(ids)
    figures = {
        row["product_id"]: row
        for row in Sku.objects.filter(product__in=ids)
        .values("product_id")
        .annotate(
            skus=Count("id"),
            on_sale=Count("id", filter=Q(on_sale=True)),
            lowest=Min("list_price", filter=Q(list_price__gt=0)),
            highest=Max("list_price"),
        )
    }
    return [
        (each, pictures[each.id][0].file if pictures[each.id] else "", figures.get(each.id, {}))
        for each in shown
    ]


@console_view(_READ)
def one(request: ConsoleRequest, product_id: int) -> HttpResponse:
    """One product."""
    found = product(product_id)
    skus = list(Sku.objects.filter(product=found).order_by("id"))
    ids = [each.id for each in skus]
    now = clock.now()
    prices = prices_at(ids, (), now)
    counts = _stock_of(request, ids)
    scope = request.scope
    writes_all = scope.allows_everywhere(_WRITE)
    asks = frozenset(ASKS) if writes_all else frozenset(ASKS) - GROUP_WIDE
    return console_page(
        request,
        "console/goods_one.html",
        title=found.name,
        crumbs=[(_("Products"), reverse("console-goods"))],
        product=found,
        category=found.category,
        pictures=pictures_of([found.id])[found.id],
        skus=[(each, prices.get(each.id), counts.get(each.id)) for each in skus],
        prices=_prices(request, ids),
        now=now,
        asks=asks if scope.holds(_WRITE) else frozenset(),
        may_picture=writes_all,
        shows_stock=is_enabled("stock") and scope.holds("stock.read"),
        reads_pool=is_enabled("pool") and scope.holds("pool.read"),
    )


def _stock_of(request: ConsoleRequest, ids: list[int]) -> dict[int, int]:
    """Units by SKU in the reader's reach."""
    paths = request.scope.paths("stock.read")
    if not is_enabled("stock") or not paths or not ids:
        return {}
    nodes = [node for node in tree().by_id.values() if node.path in paths]
    counts = dict.fromkeys(ids, 0)
    for node in nodes:
        for sku_id, units in spread_of(sku_ids=ids, organisation_id=node.id).items():
            counts[sku_id] += units.store if node.parent_id else units.group
    return counts


def _prices(request: ConsoleRequest, ids: list[int]) -> list[Price]:
    """The dated prices that hold everywhere or in the reader's reach, last ones first."""
    seen = Q(organisation=None) | within(request.scope.paths(_READ), "organisation__path")
    rows = Price.objects.filter(seen, sku__in=ids).select_related("sku", "organisation")
    return list(rows.order_by("-valid_from", "-id")[:_PRICES])


@console_view(_WRITE)
def new(request: ConsoleRequest) -> HttpResponse:
    """Ask for, then make, a product."""
    if not request.scope.allows_everywhere(_WRITE):
        raise NotFound(kind="page", ref="new")
    ask = NewProduct(given_to(request), subject=None)
    answer = ask_and_do(request, ask, lands=reverse("console-goods"))
    made = getattr(ask, "made", None)
    if made is not None:
        answer["HX-Redirect"] = reverse("console-goods-one", args=[made.id])
    return answer


@console_view(_WRITE)
def act(request: ConsoleRequest, product_id: int, name: str) -> HttpResponse:
    """Ask, then do, one of `goods_asks.ASKS`."""
    found = product(product_id)
    if name not in ASKS or (name in GROUP_WIDE and not request.scope.allows_everywhere(_WRITE)):
        raise NotFound(kind="act", ref=name)
    extra: dict[str, Any] = {}
    if "sku" in ASKS[name].base_fields:
        extra["initial"] = {"sku": whole(request.GET.get("sku", "")) or 0}
    paths = request.scope.paths(_WRITE)
    ask: Ask = ASKS[name](given_to(request), subject=found, paths=paths, **extra)
    return ask_and_do(request, ask, lands=reverse("console-goods-one", args=[found.id]))


@require_POST
@console_view(_WRITE)
def pictures(request: ConsoleRequest, product_id: int) -> HttpResponse:
    """Add pictures (`added`), make one the main one (`main`) or take one away (`remove`)."""
    if not request.scope.allows_everywhere(_WRITE):
        raise NotFound(kind="product", ref=product_id)
    found = product(product_id)
    known = pictures_of([found.id])[found.id]
    main, gone = whole(request.POST.get("main", "")), whole(request.POST.get("remove", ""))
    kept: list[Picture] = [each for each in known if each.pk != gone]
    kept.sort(key=lambda each: each.pk != main)
    files = [PictureFile(each.file, each.sku_id) for each in kept]
    for file in request.FILES.getlist("added"):
        try:
            files.append(PictureFile(save_picture(file.read(MOST_BYTES + 1), folder="goods")))
        except PictureRefused as refused:
            messages.error(request, f"{file.name}: {refused.data['reason']}")
            return redirect("console-goods-one", found.id)
    set_pictures(product_id=found.id, pictures=files, by=request.actor)
    messages.success(request, _("The pictures were changed."))
    return redirect("console-goods-one", found.id)
