"""Addresses of the tour; the module is off outside of demo mode."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from yipan.surfaces.showcase.views import inbox, tour

urlpatterns = [
    path("demo", RedirectView.as_view(pattern_name="showcase")),
    path("demo/", tour.tour, name="showcase"),
    path("demo/steps/", tour.progress, name="showcase-steps"),
    path("demo/as/<slug:username>/", tour.enter, name="showcase-enter"),
    path("demo/wait/", tour.wait, name="showcase-wait"),
    path("demo/restart/", tour.restart, name="showcase-restart"),
    path("demo/inbox/", inbox.inbox, name="showcase-inbox"),
    path("demo/inbox/messages/", inbox.messages, name="showcase-messages"),
]
