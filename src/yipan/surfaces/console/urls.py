"""Addresses of the console, and of the page that a visitor sees first."""

from django.contrib import admin
from django.urls import path
from django.views.i18n import set_language

from yipan.kernel.modules import is_enabled
from yipan.surfaces.console import (
    distributor_urls,
    goods_urls,
    organisation_urls,
    people_urls,
    policy_urls,
    pool_urls,
    stock_urls,
)
from yipan.surfaces.console.landing import landing
from yipan.surfaces.console.views.design import design

urlpatterns = [
    path("", landing, name="landing"),
    path("console/language/", set_language, name="set_language"),
    path("console/design/", design, name="console-design"),
    *pool_urls.urlpatterns,
    *organisation_urls.urlpatterns,
    *people_urls.urlpatterns,
    *distributor_urls.urlpatterns,
    *goods_urls.urlpatterns,
    *(stock_urls.urlpatterns if is_enabled("stock") else ()),
    *policy_urls.urlpatterns,
    path("console/", admin.site.urls),
]
