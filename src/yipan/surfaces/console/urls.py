"""Addresses of the console, and of the page that a visitor sees first."""

from django.contrib import admin
from django.urls import path
from django.views.i18n import set_language

from yipan.surfaces.console.landing import landing

urlpatterns = [
    path("", landing, name="landing"),
    path("console/language/", set_language, name="set_language"),
    path("console/", admin.site.urls),
]
