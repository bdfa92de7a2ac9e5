"""Addresses that every surface shares."""

from django.urls import path
from django.views.i18n import set_language

from yipan.surfaces.design.pwa import favicon

urlpatterns = [
    path("favicon.ico", favicon),
    path("language/", set_language, name="design-language"),
]
