"""Addresses of distributors."""

from django.urls import path

from yipan.surfaces.console.views import distributors

urlpatterns = [
    path("console/distributors/", distributors.distributors, name="console-distributors"),
    path("console/distributors/new/", distributors.new, name="console-distributor-new"),
    path("console/distributors/codes/", distributors.codes, name="console-distributor-codes"),
    path(
        "console/distributors/<int:distributor_id>/",
        distributors.distributor,
        name="console-distributor",
    ),
    path(
        "console/distributors/<int:distributor_id>/<slug:name>/",
        distributors.act,
        name="console-distributor-act",
    ),
]
