"""Addresses that are told what happens: make, change, try, pause, rotate, replay, remove."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import Node, tree
from yipan.group.people.list_filters import StoreFilter, choice_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.group.people.sent_again import is_sent_again, new_mark
from yipan.kernel import clock
from yipan.kernel.errors import DomainError, InvalidField
from yipan.kernel.public_events import event_types
from yipan.kernel.zones import zone
from yipan.surfaces.webhooks import actions
from yipan.surfaces.webhooks.admin.deliveries import TONES, WRITE
from yipan.surfaces.webhooks.event_words import told
from yipan.surfaces.webhooks.models import DeliveryState, Endpoint

_STANDS: Final = {"on": Q(is_active=True), "off": Q(is_active=False)}
_WORDS: Final = {"on": _("switched on"), "off": _("switched off")}
_LATEST: Final = 15


@admin.register(Endpoint)
class EndpointAdmin(ListPage):
    """Webhooks, newest first."""

    permission = "webhooks"
    can_add = True
    change_form_template = "console/hooks/endpoint.html"
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

    def get_urls(self) -> list[URLPattern]:
        def route(name: str, view: Any) -> URLPattern:
            made: URLPattern = path(
                f"<int:row_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"webhooks_endpoint_{name}",
            )
            return made

        views = {
            "edit": self.edit, "switch": self.switch, "rotate": self.rotate, "test": self.test,
            "replay": self.replay, "remove": self.remove,
        }  # fmt: skip
        return [*(route(name, view) for name, view in views.items()), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        waiting, lost = Q(deliveries__state="waiting"), Q(deliveries__state="given_up")
        counted: QuerySet[Any] = rows.annotate(
            waiting=Count("deliveries", filter=waiting),
            given_up=Count("deliveries", filter=lost),
            last_at=Max("deliveries__ended_at"),
        )
        return counted

    def list_context(self, request: HttpRequest, changes: Any) -> dict[str, Any]:
        return {
            "may_add": self.has_add_permission(request),
            "add_address": reverse("admin:webhooks_endpoint_add"),
        }

    def page_context(self, request: HttpRequest, row: Endpoint) -> dict[str, Any]:
        latest = row.deliveries.order_by("-created_at", "-id")[:_LATEST]
        return {
            "deliveries": list(latest),
            "tones": TONES,
            "types": _choices(row.events),
            "others": ", ".join(_patterns_beside(row.events)),
            "may_write": self._may_write(request, row),
            "now": clock.now(),
            "states": DeliveryState,
            "mark": new_mark(),
        }

    def _may_write(self, request: HttpRequest, row: Endpoint) -> bool:
        return scope_of_request(request).allows(WRITE, row.organisation.path)

    def _page_of(self, row_id: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:webhooks_endpoint_change", args=[row_id]))

    def _posted(self, request: HttpRequest, row_id: int) -> Endpoint:
        """The endpoint that somebody may change. Raises Http404."""
        rows: QuerySet[Any] = ListPage.get_queryset(self, request).select_related("organisation")
        row: Endpoint | None = rows.filter(pk=row_id).first()
        if row is None or request.method != "POST" or not self._may_write(request, row):
            raise Http404
        return row

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form of a new webhook; its secret, once."""
        if not self.has_add_permission(request):
            raise Http404
        paths = scope_of_request(request).paths(WRITE)
        nodes = [n for n in tree().by_id.values() if any(n.path.startswith(p) for p in paths)]
        if request.method == "POST":
            home = next((n for n in nodes if str(n.id) == request.POST.get("organisation")), None)
            if home is None:
                raise Http404
            if is_sent_again(request):
                return self._shown_before(request, reverse("admin:webhooks_endpoint_changelist"))
            try:
                return self._issued(request, _created(request, home))
            except DomainError as error:
                messages.error(request, str(error))
        context = {
            "title": _now("New webhook"),
            "nodes": [(str(node.id), node.name) for node in nodes],
            "types": _choices(_events(request)),
            "given": request.POST,
            "mark": new_mark(),
        }
        return self._ours(request, "console/hooks/new.html", context)

    def edit(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Change the address and what it hears."""
        row = self._posted(request, row_id)
        given: dict[str, Any] = {"url": request.POST.get("url", ""), "events": _events(request)}
        return self._done(
            request,
            row,
            lambda: actions.change_endpoint(endpoint=row, by=actor_of(request), **given),
            _now("Changed."),
        )

    def switch(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Pause, or go on: what happens meanwhile can be replayed."""
        row = self._posted(request, row_id)
        is_on = request.POST.get("on") == "1"
        return self._done(
            request,
            row,
            lambda: actions.change_endpoint(endpoint=row, by=actor_of(request), is_active=is_on),
            _now("Switched on.") if is_on else _now("Paused: nothing is sent to it."),
        )

    def replay(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Send again what it missed in a span of time."""
        row = self._posted(request, row_id)
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
        return self._page_of(row.pk)

    def test(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Have an event sent that tells of nothing."""
        row = self._posted(request, row_id)
        try:
            delivery = actions.send_test(endpoint=row, by=actor_of(request))
        except DomainError as error:
            messages.error(request, str(error))
            return self._page_of(row.pk)
        messages.success(request, _now("The test is on its way."))
        address = reverse("admin:webhooks_delivery_change", args=[delivery.pk])
        return HttpResponseRedirect(address)

    def rotate(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Give a new secret, shown once; for a day every message is signed with both."""
        row = self._posted(request, row_id)
        if is_sent_again(request):
            return self._shown_before(request, self._page_of(row.pk).url)
        issued = actions.rotate_secret(endpoint=row, by=actor_of(request))
        return self._issued(request, issued)

    def remove(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Forget it, with its log."""
        row = self._posted(request, row_id)
        actions.remove_endpoint(endpoint=row, by=actor_of(request))
        messages.success(request, _now("The webhook is gone."))
        return HttpResponseRedirect(reverse("admin:webhooks_endpoint_changelist"))

    def _done(self, request: HttpRequest, row: Endpoint, act: Any, done: str) -> HttpResponse:
        try:
            act()
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
        return self._page_of(row.pk)

    def _shown_before(self, request: HttpRequest, address: str) -> HttpResponse:
        messages.info(request, _now("It was shown already; nothing more was done."))
        return HttpResponseRedirect(address)

    def _issued(self, request: HttpRequest, issued: actions.IssuedSecret) -> HttpResponse:
        context = {
            "title": _now("The new secret"),
            "endpoint": issued.endpoint,
            "secret": issued.secret,
        }
        answer = self._ours(request, "console/hooks/issued.html", context)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _ours(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        crumbs = [(_now("Webhooks"), reverse("admin:webhooks_endpoint_changelist"))]
        frame = {**self.admin_site.each_context(request), "crumbs": crumbs}
        return TemplateResponse(request, template, {**frame, **context})


def _created(request: HttpRequest, home: Node) -> actions.IssuedSecret:
    return actions.create_endpoint(
        organisation_id=home.id,
        url=request.POST.get("url", ""),
        events=_events(request),
        by=actor_of(request),
    )


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
