"""Addresses of the console, and of the page that a visitor sees first."""

from django.contrib import admin
from django.urls import path
from django.views.i18n import set_language

from yipan.surfaces.console import (
    distributor_urls,
    organisation_urls,
    policy_urls,
    pool_urls,
)
from yipan.surfaces.console.landing import landing
from yipan.surfaces.console.views.design import design

urlpatterns = [
    path("", landing, name="landing"),
    path("console/language/", set_language, name="set_language"),
    path("console/design/", design, name="console-design"),
    *pool_urls.urlpatterns,
    *organisation_urls.urlpatterns,
    *distributor_urls.urlpatterns,
    *policy_urls.urlpatterns,
    path("console/", admin.site.urls),
]
