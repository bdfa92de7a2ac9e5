"""Addresses of pictures."""

from django.urls import path

from yipan.goods.catalogue.views import media

urlpatterns = [path("media/<path:file>", media, name="media")]
