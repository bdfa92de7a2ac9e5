"""The page of an order: the whole chain from who led the buyer here to who is paid for it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from yipan.group.people.screens import scope_of_request
from yipan.surfaces.console.chain import chain_of
from yipan.trade.orders.admin import OrderAdmin
from yipan.trade.orders.models import Order

_TEMPLATE: Final = "console/order.html"

admin.site.unregister(Order)


@admin.register(Order)
class OrderChainAdmin(OrderAdmin):
    """The module's screen, with our page for one order."""

    change_form_template = _TEMPLATE
    inlines = ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        order = kwargs["obj"]
        chain = chain_of(order, scope_of_request(request))
        context |= {"chain": chain, "order": order}
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
