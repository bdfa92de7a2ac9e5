"""The console's screens and the API, for tests of the screens of surfaces."""

from django.contrib import admin
from django.urls import path

from yipan.kernel.modules import enabled_modules
from yipan.surfaces.openapi.site import build_api

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", build_api(enabled_modules()).urls),
]
