"""URL roots."""

from django.urls import URLPattern, URLResolver, path

from yipan.config.health import health
from yipan.kernel.modules import enabled_modules
from yipan.surfaces.openapi.site import build_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("api/v1/", build_api(enabled_modules()).urls),
]
