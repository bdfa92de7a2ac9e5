"""Addresses of the organisation tree."""

from django.urls import path

from yipan.surfaces.console.views import organisations

urlpatterns = [
    path("console/organisations/", organisations.organisations, name="console-organisations"),
    path(
        "console/organisations/<int:organisation_id>/",
        organisations.one,
        name="console-organisation",
    ),
    path(
        "console/organisations/<int:organisation_id>/<slug:name>/",
        organisations.act,
        name="console-organisation-act",
    ),
]
