"""Addresses of products."""

from django.urls import path

from yipan.surfaces.console.views import goods

urlpatterns = [
    path("console/goods/", goods.goods, name="console-goods"),
    path("console/goods/new/", goods.new, name="console-goods-new"),
    path("console/goods/<int:product_id>/", goods.one, name="console-goods-one"),
    path("console/goods/<int:product_id>/pictures/", goods.pictures, name="console-goods-pictures"),
    path("console/goods/<int:product_id>/<slug:name>/", goods.act, name="console-goods-act"),
]
