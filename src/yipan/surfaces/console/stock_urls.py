"""Addresses of stock."""

from django.urls import path

from yipan.surfaces.console.views import stock

urlpatterns = [
    path("console/stock/", stock.stock, name="console-stock"),
    path("console/stock/<int:level_id>/<slug:name>/", stock.act, name="console-stock-act"),
]
