"""The audit trail, the policies and the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from yipan.group.organisations.queries import tree, within
from yipan.group.people.columns import pretty
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.screens import ScopedAdmin, scope_of_request
from yipan.kernel.models import AuditEntry, OutboxEvent, PolicyVersion
from yipan.surfaces.console.words import actor_in_words


class OfOrganisation(ScopedAdmin):
    """Rows that name their organisation by id; those without one are of the whole group."""

    organisation_lookup = "organisation_id"

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        wanted = within(paths, "organisation_id")
        if tree().root.path in paths:
            wanted |= Q(organisation_id__isnull=True)
        return rows.filter(wanted)

    @admin.display(description=gettext_lazy("organisation"))
    def store(self, row: Any) -> str:
        node = tree().by_id.get(row.organisation_id or 0)
        return node.name if node else "–"


def actor_name(actor: str) -> str:
    """Who, out of what stands beside a change: `person:17:mei` is mei."""
    return actor_in_words(actor)


def changes(before: Any, after: Any) -> SafeString:
    """What was changed, value by value."""
    before, after = before or {}, after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not names:
        return format_html("{}", "–")
    head = format_html("<span>{}</span><span>{}</span><span>{}</span>", "", _("before"), _("after"))
    rows = [(name, _shown(before.get(name)), _shown(after.get(name))) for name in names]
    body = format_html_join("", "<span>{}</span><span>{}</span><span>{}</span>", rows)
    return format_html('<div class="y-diff">{}{}</div>', head, body)


def _shown(value: object) -> object:
    if value is None or value == "":
        return "–"
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(map(str, value))
    return pretty(value) if isinstance(value, dict | list) else str(value)


@admin.register(AuditEntry)
class AuditEntryAdmin(OfOrganisation):
    """Who changed what, newest first (index: audit_newest)."""

    permission = "audit"
    list_display = ("at", "who", "action", "subject", "store", "reason")
    list_display_links = ("at",)
    list_filter = (OrganisationFilter,)
    search_fields = ("action__startswith", "actor__endswith", "subject_id")
    search_help_text = gettext_lazy("an action such as people.grant_role, a name, or a row's id")
    date_hierarchy = "at"
    ordering = ("-at", "id")
    sortable_by = ("at",)
    fields = ("at", "who", "actor", "action", "subject", "store", "reason", "difference")
    readonly_fields = fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        word = search_term.strip()
        if not word:
            return queryset, False
        wanted = Q(action__startswith=word) | Q(actor__endswith=f":{word}")
        if word.isdecimal() and len(word) < 19:
            wanted |= Q(subject_id=int(word))
        return queryset.filter(wanted), False

    def row_title(self, entry: AuditEntry) -> str:
        """For the head of its page."""
        return f"{entry.action} {entry.subject_id}"

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry: AuditEntry) -> str:
        return actor_name(entry.actor)

    @admin.display(description=gettext_lazy("subject"))
    def subject(self, entry: AuditEntry) -> str:
        return f"{entry.subject_type} {entry.subject_id}"

    @admin.display(description=gettext_lazy("changes"))
    def difference(self, entry: AuditEntry) -> SafeString:
        return changes(entry.before, entry.after)


POLICIES: Final = {
    "attribution": (gettext_lazy("attribution"), "attribution.read"),
    "settlement": (gettext_lazy("settlement"), "settlement.read"),
    "withdrawal": (gettext_lazy("withdrawal"), "withdrawals.read"),
    "fulfilment": (gettext_lazy("fulfilment"), "fulfilment.read"),
    "checkout": (gettext_lazy("checkout"), "checkout.read"),
}
"""Kind of policy → its name, and the permission that reads it besides `policies.read`."""


class KindFilter(DropdownFilter):
    """Policies of one kind."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, str(name)) for kind, (name, _permission) in POLICIES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(PolicyVersion)
class PolicyVersionAdmin(OfOrganisation):
    """Every version of every policy: who, when, why, and what changed."""

    permission = "policies"
    list_display = ("name", "store", "version", "valid_from", "who", "reason", "created_at")
    list_display_links = ("name",)
    list_filter = (KindFilter, OrganisationFilter)
    ordering = ("-created_at", "-id")
    sortable_by = ("created_at", "valid_from")
    fields = (
        "name", "store", "version", "valid_from", "who", "reason", "created_at", "values_set",
        "difference",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        scope = scope_of_request(request)
        kinds = [kind for kind, (_name, needed) in POLICIES.items() if scope.holds(needed)]
        rows: QuerySet[Any] = super().get_queryset(request).filter(kind__in=kinds)
        return rows

    def row_title(self, policy: PolicyVersion) -> str:
        """For the head of its page."""
        return f"{self.name(policy)} v{policy.version}"

    @admin.display(description=gettext_lazy("policy"))
    def name(self, policy: PolicyVersion) -> str:
        known = POLICIES.get(policy.kind)
        return str(known[0]) if known else policy.kind

    @admin.display(description=gettext_lazy("who"))
    def who(self, policy: PolicyVersion) -> str:
        return actor_name(policy.changed_by)

    @admin.display(description=gettext_lazy("settings"))
    def values_set(self, policy: PolicyVersion) -> SafeString:
        return pretty(policy.data)

    @admin.display(description=gettext_lazy("changes"))
    def difference(self, policy: PolicyVersion) -> SafeString:
        earlier = PolicyVersion.objects.filter(
            kind=policy.kind, organisation_id=policy.organisation_id, version=policy.version - 1
        ).first()
        return changes(earlier.data if earlier else {}, policy.data)


@admin.register(OutboxEvent)
class OutboxEventAdmin(OfOrganisation):
    """What outside programs are told, newest first by its ids."""

    permission = "events"
    list_display = ("occurred_at", "name", "store")
    list_display_links = ("occurred_at",)
    list_filter = (OrganisationFilter,)
    search_fields = ("name__startswith",)
    search_help_text = gettext_lazy("an event such as order.paid")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("occurred_at", "name", "store", "content")
    readonly_fields = fields

    def row_title(self, event: OutboxEvent) -> str:
        """For the head of its page."""
        return f"{event.name} {event.pk}"

    @admin.display(description=gettext_lazy("content"))
    def content(self, event: OutboxEvent) -> SafeString:
        return pretty(event.payload)
