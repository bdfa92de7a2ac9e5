"""Addresses that are told what happens: make, change, try, pause, rotate, replay, remove."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import Node
from yipan.group.people.columns import list_of
from yipan.group.people.credential_pages import CredentialPage, Issued
from yipan.group.people.list_filters import StoreFilter, choice_filter
from yipan.group.people.list_pages import Column
from yipan.group.people.screens import actor_of
from yipan.group.people.sent_again import new_mark
from yipan.kernel import clock
from yipan.kernel.errors import DomainError, InvalidField
from yipan.kernel.public_events import event_types
from yipan.kernel.zones import zone
from yipan.surfaces.webhooks import actions
from yipan.surfaces.webhooks.admin.deliveries import TONES
from yipan.surfaces.webhooks.event_words import told
from yipan.surfaces.webhooks.models import DeliveryState, Endpoint

_STANDS: Final = {"on": Q(is_active=True), "off": Q(is_active=False)}
_WORDS: Final = {"on": _("switched on"), "off": _("switched off")}
_LATEST: Final = 15


@admin.register(Endpoint)
class EndpointAdmin(CredentialPage):
    """Webhooks, newest first."""

    permission = "webhooks"
    change_form_template = "console/hooks/endpoint.html"
    acts = ("edit", "switch", "rotate", "test", "replay", "remove")
    new_template = "console/hooks/new.html"
    new_title = _("New webhook")
    issued_template = "console/hooks/issued.html"
    issued_title = _("The new secret")
    columns = (
        Column(_("web address")), Column(_("organisation")), Column(_("events")),
        Column(_("state")), Column(_("waiting"), "end"), Column(_("given up"), "end"),
        Column(_("last sent")),
    )  # fmt: skip
    rows_template = "console/list/rows/endpoint.html"
    head_template = "console/hooks/head.html"
    lead = _("Addresses that are told what happens, signed as Standard Webhooks say.")
    empty_text = _("Make one for each program that has to hear of orders, commission or payouts.")
    list_filter = (
        choice_filter("state", _("state"), _WORDS.items, _STANDS.__getitem__, tabs=True),
        StoreFilter,
    )
    list_select_related = ("organisation",)
    search_fields = ("url",)
    search_help_text = _("a part of the address")
    ordering = ("-created_at", "-id")
    fields = ("url",)
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        waiting, lost = Q(deliveries__state="waiting"), Q(deliveries__state="given_up")
        counted: QuerySet[Any] = rows.annotate(
            waiting=Count("deliveries", filter=waiting),
            given_up=Count("deliveries", filter=lost),
            last_at=Max("deliveries__ended_at"),
        )
        return counted

    def page_context(self, request: HttpRequest, row: Endpoint) -> dict[str, Any]:
        latest = row.deliveries.order_by("-created_at", "-id")[:_LATEST]
        return {
            "deliveries": list(latest),
            "tones": TONES,
            "types": _choices(row.events),
            "others": ", ".join(_patterns_beside(row.events)),
            "may_write": self.may_write(request, row),
            "now": clock.now(),
            "states": DeliveryState,
            "mark": new_mark(),
        }

    def new_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"types": _choices(_events(request))}

    def create(self, request: HttpRequest, home: Node) -> Issued:
        return _shown(
            actions.create_endpoint(
                organisation_id=home.id,
                url=request.POST.get("url", ""),
                events=_events(request),
                by=actor_of(request),
            )
        )

    def edit(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Change the address and what it hears."""
        row: Endpoint = self.posted(request, row_id)
        given: dict[str, Any] = {"url": request.POST.get("url", ""), "events": _events(request)}
        return self.done(
            request,
            row,
            lambda: actions.change_endpoint(endpoint=row, by=actor_of(request), **given),
            _now("Changed."),
        )

    def switch(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Pause, or go on: what happens meanwhile can be replayed."""
        row: Endpoint = self.posted(request, row_id)
        is_on = request.POST.get("on") == "1"
        return self.done(
            request,
            row,
            lambda: actions.change_endpoint(endpoint=row, by=actor_of(request), is_active=is_on),
            _now("Switched on.") if is_on else _now("Paused: nothing is sent to it."),
        )

    def replay(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Send again what it missed in a span of time."""
        row: Endpoint = self.posted(request, row_id)
        try:
            count = actions.replay_span(
                endpoint=row,
                since=_moment(request, "since"),
                until=_moment(request, "until"),
                delivered_too=bool(request.POST.get("delivered_too")),
                by=actor_of(request),
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            sentence = _now("{count} events are sent again.").format(count=count)
            messages.success(request, sentence)
        return self.page_of(row.pk)

    def test(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Have an event sent that tells of nothing."""
        row: Endpoint = self.posted(request, row_id)
        try:
            delivery = actions.send_test(endpoint=row, by=actor_of(request))
        except DomainError as error:
            messages.error(request, str(error))
            return self.page_of(row.pk)
        messages.success(request, _now("The test is on its way."))
        address = reverse("admin:webhooks_delivery_change", args=[delivery.pk])
        return HttpResponseRedirect(address)

    def renew(self, request: HttpRequest, row: Endpoint) -> Issued:
        return _shown(actions.rotate_secret(endpoint=row, by=actor_of(request)))

    def remove(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Forget it, with its log."""
        row: Endpoint = self.posted(request, row_id)
        actions.remove_endpoint(endpoint=row, by=actor_of(request))
        messages.success(request, _now("The webhook is gone."))
        return HttpResponseRedirect(list_of(self.model))


def _shown(issued: actions.IssuedSecret) -> Issued:
    return Issued(issued.endpoint, issued.endpoint.url, issued.secret)


def _events(request: HttpRequest) -> list[str]:
    """The ticked names, and the patterns that were typed."""
    typed = request.POST.get("patterns", "").replace("，", ",").split(",")
    return [*request.POST.getlist("events"), *(each.strip() for each in typed if each.strip())]


def _choices(chosen: list[str]) -> list[tuple[str, str, bool]]:
    """(name, what happened, chosen) of every event, everything first."""
    types = [(kind.name, told(kind)) for kind in event_types()]
    everything = ("*", _now("everything, also what is added later"))
    return [(name, words, name in chosen) for name, words in (everything, *types)]


def _patterns_beside(chosen: list[str]) -> list[str]:
    known = {"*", *(kind.name for kind in event_types())}
    return [each for each in chosen if each not in known]


def _moment(request: HttpRequest, name: str) -> datetime:
    """A moment of the form, in the group's zone. Raises InvalidField."""
    try:
        moment = datetime.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise InvalidField(field=name, reason=_now("must be a date and a time")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone()))
