"""Asking for money back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yipan.kernel.errors import DomainError, NotFound
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.mall.asking import number_in
from yipan.surfaces.mall.entry import ShopRequest, buyer, shop, shop_url
from yipan.surfaces.mall.page import (
    SHOWN_AGAIN,
    fragment,
    go,
    member_of,
    private_page,
    wants_fragment,
)
from yipan.trade.checkout import actions, queries
from yipan.trade.checkout.queries import Purchase, PurchaseLine

LONGEST_REASON: Final = 200
REASONS: Final = (
    gettext_lazy("It does not fit"),
    gettext_lazy("Not as described"),
    gettext_lazy("Quality"),
    gettext_lazy("Wrong goods"),
    gettext_lazy("Damaged on the way"),
    gettext_lazy("I do not want it any more"),
)


def _show_again(
    request: ShopRequest, error: DomainError, order_id: int, line_id: int
) -> HttpResponse:
    return _page(request, order_id, line_id, request.POST, error)


@shop
@buyer
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once(refused=_show_again)
def ask(request: ShopRequest, order_id: int, line_id: int) -> HttpResponse:
    """Say how many units come back and why; how much that is, the page says."""
    if request.method != "POST":
        return _page(request, order_id, line_id, request.GET, None)
    form = request.POST
    reason = " ".join(f"{form.get('reason', '')} {form.get('more', '')}".split())
    actions.ask_refund(
        order_id=order_id,
        line_id=line_id,
        member_id=member_of(request),
        quantity=number_in(form, "quantity") or 0,
        reason=reason[:LONGEST_REASON],
    )
    messages.success(request, _("Your request was sent. The shop will answer it soon."))
    return go(request, shop_url(request, "mall-order", order_id=order_id))


@shop
@buyer
@require_POST
@sent_once
def withdraw(request: ShopRequest, request_id: int) -> HttpResponse:
    """Take a request back."""
    actions.withdraw_refund_request(request_id=request_id, member_id=member_of(request))
    messages.success(request, _("Your request was withdrawn."))
    order_id = number_in(request.POST, "order")
    address = (
        shop_url(request, "mall-orders")
        if order_id is None
        else shop_url(request, "mall-order", order_id=order_id)
    )
    return go(request, address)


def _page(
    request: ShopRequest, order_id: int, line_id: int, asked: QueryDict, error: DomainError | None
) -> HttpResponse:
    order = queries.purchase(order_id, member_id=member_of(request))
    line = _line_of(order, line_id)
    wanted = number_in(asked, "quantity") or line.refundable_quantity
    quantity = max(1, min(wanted, line.refundable_quantity))
    amount = 0
    if line.refundable_quantity:
        amount = queries.refund_offer(order_id, line_id, quantity, member_id=member_of(request))
    context: dict[str, Any] = {
        "order": order,
        "line": line,
        "quantity": quantity,
        "amount": amount,
        "reasons": [(str(words), str(words)) for words in REASONS],
        "reason": asked.get("reason", ""),
        "more": asked.get("more", ""),
        "error": error,
        "group": request.shop.tenant.code,
        "title": _("Ask for a refund"),
        "back_url": shop_url(request, "mall-order", order_id=order_id),
    }
    if wants_fragment(request) and error is None:
        return fragment(request, "mall/parts/refund_amount.html", context)
    status = SHOWN_AGAIN if error else HTTPStatus.OK
    return private_page(request, "mall/refund.html", context, status=status)


def _line_of(order: Purchase, line_id: int) -> PurchaseLine:
    for line in order.lines:
        if line.line_id == line_id:
            return line
    raise NotFound(kind="line", ref=line_id)
