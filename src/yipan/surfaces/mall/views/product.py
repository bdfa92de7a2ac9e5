"""The page of a product, and choosing a SKU of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipan.goods.catalogue.queries import ProductSheet, product_sheet
from yipan.kernel.errors import DomainError, NotFound
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.design.toasts import close_modal, toast
from yipan.surfaces.mall.asking import number_in
from yipan.surfaces.mall.cards import ShelfCard, best_sellers
from yipan.surfaces.mall.entry import ShopRequest, shop, shop_url
from yipan.surfaces.mall.gone import OTHERS, product_gone
from yipan.surfaces.mall.options import SkuOption, attributes_of, chosen_of, options_of
from yipan.surfaces.mall.page import (
    SHOWN_AGAIN,
    fragment,
    go,
    owner_of,
    private_page,
    public_page,
    wants_fragment,
)
from yipan.surfaces.mall.tabs import marked
from yipan.trade.checkout.actions import add_to_basket
from yipan.trade.checkout.queries import basket_count

BUY, BASKET = "buy", "basket"


@shop
@require_safe
def product(request: ShopRequest, product_id: int) -> HttpResponse:
    """Pictures, price, stock; the SKU of the address, if any, is chosen already."""
    try:
        sheet = product_sheet(product_id)
    except NotFound:
        return product_gone(request)
    options = options_of(request.shop, sheet)
    context = _offered(request, sheet, options, number_in(request.GET, "sku"))
    chosen: SkuOption | None = context["chosen"]
    cards = [] if context["can_buy"] else _others(request, sheet)
    return public_page(
        request,
        "mall/product.html",
        {
            **context,
            "title": sheet.name,
            "back_url": shop_url(request, "mall-category", category_id=sheet.category_id),
            "pictures": _pictures(sheet, chosen),
            "cards": cards,
            "sold": sum(sku.units_sold for sku in sheet.skus),
            "og_picture": sheet.pictures[0].file if sheet.pictures else "",
        },
        description=sheet.description or sheet.name,
    )


def _others(request: ShopRequest, sheet: ProductSheet) -> list[ShelfCard]:
    """What one may buy instead: of the same category, or of all where there is nothing else."""
    alike = best_sellers(request.shop, limit=OTHERS, category_id=sheet.category_id, but=sheet.id)
    return alike or best_sellers(request.shop, limit=OTHERS, but=sheet.id)


def _show_again(request: ShopRequest, error: DomainError, product_id: int) -> HttpResponse:
    """What was chosen, and why it was not taken."""
    return _choosing(request, product_id, request.POST, error)


@shop
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once(refused=_show_again)
def choose(request: ShopRequest, product_id: int) -> HttpResponse:
    """Choose a SKU and a quantity: the picker as a page, and what becomes of the choice."""
    if request.method != "POST":
        return _choosing(request, product_id, request.GET, None)
    sku_id = number_in(request.POST, "sku") or 0
    quantity = number_in(request.POST, "quantity") or 1
    if request.POST.get("then") == BUY:
        query = urlencode({"sku": sku_id, "quantity": quantity})
        return go(request, f"{shop_url(request, 'mall-checkout')}?{query}")
    owner, shop_id = owner_of(request), request.shop.node.id
    add_to_basket(owner=owner, shop_id=shop_id, sku_id=sku_id, quantity=quantity)
    if not wants_fragment(request):
        messages.success(request, _("Added to the basket."))
        return go(request, shop_url(request, "mall-product", product_id=product_id))
    count = basket_count(owner, shop_id=shop_id)
    response = fragment(request, "mall/parts/basket_count.html", {"basket_mark": marked(count)})
    response["HX-Reswap"] = "none"  # but for what says itself where it goes
    return close_modal(toast(response, _("Added to the basket.")), "picker")


def _choosing(
    request: ShopRequest, product_id: int, asked: QueryDict, error: DomainError | None
) -> HttpResponse:
    sheet = product_sheet(product_id)
    options = options_of(request.shop, sheet)
    context = {
        **_offered(request, sheet, options, number_in(asked, "sku")),
        "title": sheet.name,
        "then": BASKET if asked.get("then") == BASKET else BUY,
        "quantity": number_in(asked, "quantity") or 1,
        "error": error,
    }
    status = SHOWN_AGAIN if error else HTTPStatus.OK
    if wants_fragment(request):
        return fragment(request, "mall/parts/picker.html", context, status=status)
    return private_page(request, "mall/choose.html", context, status=status)


def _offered(
    request: ShopRequest, sheet: ProductSheet, options: list[SkuOption], sku_id: int | None
) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "options": options,
        "chosen": chosen_of(options, sku_id),
        "picker": {
            "attributes": attributes_of(options),
            "options": [option.as_data() for option in options],
        },
        "can_buy": any(option.can_buy for option in options),
        "then": BUY,
        "quantity": 1,
        "group": request.shop.tenant.code,
    }


def _pictures(sheet: ProductSheet, chosen: SkuOption | None) -> list[str]:
    """The chosen SKU's own before the product's; those of other SKUs not at all."""
    own = [each.file for each in sheet.pictures if chosen and each.sku_id == chosen.id]
    return own + [each.file for each in sheet.pictures if each.sku_id is None]
