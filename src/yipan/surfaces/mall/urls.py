"""Addresses of the mall: `/m/<group code>/…`."""

from __future__ import annotations

from django.urls import include, path

from yipan.surfaces.mall import door_urls
from yipan.surfaces.mall.views import (
    addresses,
    basket,
    checkout,
    home,
    member,
    orders,
    product,
    refunds,
    shell,
    shelves,
)

_shop = [
    path("", home.home, name="mall-home"),
    path("manifest.webmanifest", shell.manifest, name="mall-manifest"),
    path("worker.js", shell.worker, name="mall-worker"),
    path("offline/", shell.offline, name="mall-offline"),
    path("categories/", shelves.categories, name="mall-categories"),
    path("categories/<int:category_id>/", shelves.category, name="mall-category"),
    path("search/", shelves.search, name="mall-search"),
    path("products/<int:product_id>/", product.product, name="mall-product"),
    path("products/<int:product_id>/choose/", product.choose, name="mall-choose"),
    path("basket/", basket.basket, name="mall-basket"),
    path("basket/change/", basket.change, name="mall-basket-change"),
    path("checkout/", checkout.checkout, name="mall-checkout"),
    path("orders/", orders.orders, name="mall-orders"),
    path("orders/<int:order_id>/", orders.order, name="mall-order"),
    path("orders/<int:order_id>/pay/", orders.pay, name="mall-pay"),
    path("orders/<int:order_id>/paid/", orders.paid, name="mall-paid"),
    path("orders/<int:order_id>/code.svg", orders.code, name="mall-order-code"),
    path("orders/<int:order_id>/cancel/", orders.cancel, name="mall-order-cancel"),
    path("orders/<int:order_id>/received/", orders.received, name="mall-order-received"),
    path("orders/<int:order_id>/lines/<int:line_id>/refund/", refunds.ask, name="mall-refund"),
    path("refunds/<int:request_id>/withdraw/", refunds.withdraw, name="mall-refund-withdraw"),
    path("me/", member.me, name="mall-me"),
    path("me/name/", member.name, name="mall-name"),
    path("me/addresses/", addresses.addresses, name="mall-addresses"),
    path("me/addresses/new/", addresses.edit, name="mall-address-new"),
    path("me/addresses/<int:address_id>/", addresses.edit, name="mall-address"),
    path(
        "me/addresses/<int:address_id>/default/",
        addresses.make_default,
        name="mall-address-default",
    ),
    path("me/addresses/<int:address_id>/remove/", addresses.remove, name="mall-address-remove"),
]
urlpatterns = [*door_urls.urlpatterns, path("m/<slug:group>/", include(_shop))]
