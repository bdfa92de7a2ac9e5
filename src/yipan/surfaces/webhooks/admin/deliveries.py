"""What was sent where and how it went; sending again."""

from __future__ import annotations

import json
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.people.list_filters import NOTHING, choice_filter, text_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import actor_of
from yipan.kernel.models import OutboxEvent
from yipan.kernel.public_events import event_types
from yipan.kernel.text import whole
from yipan.surfaces.webhooks import actions
from yipan.surfaces.webhooks.actions.sending import body_of
from yipan.surfaces.webhooks.models import Delivery, DeliveryState
from yipan.surfaces.webhooks.rules import PAUSES

TONES: Final = {
    DeliveryState.WAITING: "warn",
    DeliveryState.DELIVERED: "good",
    DeliveryState.GIVEN_UP: "bad",
}


def _names() -> list[tuple[str, str]]:
    names = [*(kind.name for kind in event_types()), actions.TEST_EVENT]
    return [(name, name) for name in names]


def _by_endpoint(word: str) -> Q:
    if whole(word) is not None:
        return Q(endpoint_id=whole(word))
    return Q(endpoint__url__icontains=word) if word else NOTHING


@admin.register(Delivery)
class DeliveryAdmin(ListPage):
    """The log of all endpoints, newest first."""

    permission = "webhooks"
    organisation_lookup = "endpoint__organisation__path"
    change_form_template = "console/hooks/delivery.html"
    columns = (
        Column(_("time")), Column(_("event")), Column(_("webhook")), Column(_("state")),
        Column(_("tries"), "end"), Column(_("answer")),
    )  # fmt: skip
    rows_template = "console/list/rows/delivery.html"
    lead = _("What was sent to outside programs, what they answered, and what is tried again when.")
    empty_text = _("Nothing was sent yet: a webhook hears events from the moment it is made.")
    list_filter = (
        choice_filter("state", _("state"), lambda: DeliveryState.choices, tabs=True),
        choice_filter("event_name", _("event"), _names),
        text_filter("webhook", _("webhook"), _by_endpoint),
    )
    list_select_related = ("endpoint__organisation",)
    search_fields = ("=event_id",)
    search_help_text = _("number of the event")
    ordering = ("-created_at", "-id")
    fields = ("event_name",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [self.route("<int:row_id>/again/", self.again, "again"), *super().get_urls()]

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        return {"tones": TONES}

    def row_title(self, row: Delivery) -> str:
        """For the head of its page."""
        return f"{row.event_name} {row.event_id}"

    def page_context(self, request: HttpRequest, row: Delivery) -> dict[str, Any]:
        event = OutboxEvent.objects.filter(id=row.event_id).first()
        payload = ""
        if event is not None:
            text = json.dumps(event.payload, ensure_ascii=False)
            body = json.loads(body_of(event.name, event.occurred_at, text))
            payload = json.dumps(body, ensure_ascii=False, indent=2)
        return {
            "payload": payload,
            "tones": TONES,
            "tries": len(PAUSES) + 1,
            "may_write": self.may_write(request, row) and row.endpoint.is_active,
        }

    def changeable(self, request: HttpRequest) -> QuerySet[Any]:
        return super().changeable(request).select_related("endpoint__organisation")

    def again(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Send one event again, with all its tries ahead."""
        row: Delivery = self.posted(request, row_id)
        return self.done(
            request,
            row,
            lambda: actions.replay_delivery(delivery=row, by=actor_of(request)),
            _now("It is sent again within seconds."),
        )
