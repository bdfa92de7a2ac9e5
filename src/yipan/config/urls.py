"""URL roots."""

from django.urls import URLPattern, URLResolver, include, path

from yipan.config.health import health
from yipan.kernel.modules import enabled_modules, is_enabled
from yipan.surfaces.openapi.site import build_api

handler500 = "yipan.config.outage.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("api/v1/", build_api(enabled_modules()).urls),
    path("", include("yipan.goods.catalogue.urls")),
    path("", include("yipan.surfaces.design.urls")),
]
if is_enabled("payments"):
    urlpatterns.append(path("", include("yipan.trade.payments.urls")))
if is_enabled("sharing"):
    urlpatterns.append(path("", include("yipan.distribution.sharing.urls")))
if is_enabled("console"):
    urlpatterns.append(path("", include("yipan.surfaces.console.urls")))
if is_enabled("workbench"):
    urlpatterns.append(path("", include("yipan.surfaces.workbench.urls")))
if is_enabled("mall"):
    urlpatterns.append(path("", include("yipan.surfaces.mall.urls")))
if is_enabled("showcase"):
    urlpatterns.append(path("", include("yipan.surfaces.showcase.urls")))
