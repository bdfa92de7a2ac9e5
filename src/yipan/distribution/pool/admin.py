"""The pool in the console: rules with their versions, offers, loaded files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from yipan.distribution.pool.actions import (
    OffersWritten,
    OfferWish,
    add_rule_version,
    create_rule,
    put_offers,
    switch_offers,
    take_off,
)
from yipan.distribution.pool.models import CommissionRule, ImportRun, Offer, PastOffer, RuleVersion
from yipan.distribution.pool.queries import rules_in_reach
from yipan.group.people.columns import money
from yipan.group.people.screens import ReadOnlyInline, ScopedAdmin, actor_of, scope_of_request
from yipan.kernel.errors import DomainError

if TYPE_CHECKING:
    _Form = forms.ModelForm[CommissionRule]
else:
    _Form = forms.ModelForm


def _write_paths(request: HttpRequest) -> tuple[str, ...]:
    return scope_of_request(request).paths("pool.write")


class RuleForm(_Form):
    """A rule with the terms of its next version; who, when and why stand beside them."""

    terms = forms.JSONField(label=_("terms"), widget=UnfoldAdminTextareaWidget)
    starts = forms.SplitDateTimeField(
        label=_("starts"),
        required=False,
        help_text=_("Empty: now."),
        widget=UnfoldAdminSplitDateTimeWidget,
    )
    replace_scheduled = forms.BooleanField(
        label=_("replace scheduled versions"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    reason = forms.CharField(
        label=_("reason"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = CommissionRule
        fields: ClassVar[list[str]] = []  # the screen adds them, when a tenant is in context


class VersionInline(ReadOnlyInline):
    """The versions, the last one written first."""

    model = RuleVersion
    fields = ("version", "valid_from", "terms", "created_at", "created_by", "reason")
    readonly_fields = fields
    ordering = ("-version",)


@admin.register(CommissionRule)
class CommissionRuleAdmin(ScopedAdmin):
    """Rules of the person's organisations, and those above that they may use."""

    permission = "pool"
    can_add = True
    can_change = True
    form = RuleForm
    inlines = (VersionInline,)
    list_display = ("code", "name", "organisation", "created_at")
    list_filter = ("organisation",)
    list_select_related = ("organisation",)
    search_fields = ("code", "name")
    ordering = ("-created_at",)

    def in_reach(self, rows: QuerySet[Any], paths: Any) -> QuerySet[Any]:
        return rows.filter(id__in=rules_in_reach(paths).values("id"))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return () if obj is None else ("organisation", "code", "name")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        named = ("organisation", "code", "name")
        if obj is None:
            return (*named, "terms", "starts", "reason")
        if not self.has_change_permission(request, obj):
            return named
        return (*named, "terms", "starts", "replace_scheduled", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, CommissionRule) and obj.bare_terms:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Makes the rule or adds a version; `obj` itself is never written."""
        given = form.cleaned_data
        common: dict[str, Any] = {
            "terms": given["terms"],
            "valid_from": given["starts"],
            "reason": given["reason"],
            "by": actor_of(request),
            "within": _write_paths(request),
        }
        if change:
            add_rule_version(rule_id=obj.id, replace_scheduled=given["replace_scheduled"], **common)
            return
        made = create_rule(
            organisation_id=obj.organisation_id, code=obj.code, name=obj.name, **common
        )
        obj.pk = made.pk


class PastInline(ReadOnlyInline):
    """What the offer said before."""

    model = PastOffer
    fields = ("until", "rule", "is_on", "valid_from", "valid_until")
    readonly_fields = fields
    ordering = ("-until", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("rule")


@admin.register(Offer)
class OfferAdmin(ScopedAdmin):
    """Offers of the person's organisations."""

    permission = "pool"
    can_add = True
    can_change = True
    inlines = (PastInline,)
    actions: Any = ("switch_on", "switch_off", "take_off")
    list_display = (
        "sku", "organisation", "rule", "is_on", "valid_from", "valid_until", "earns", "changed_at"
    )  # fmt: skip
    list_filter = ("is_on", "organisation", "valid_from", "valid_until")
    list_select_related = ("organisation", "sku", "rule")
    search_fields = ("=sku__code", "sku__name", "=rule__code")
    ordering = ("-estimate", "-id")
    autocomplete_fields = ("rule",)
    raw_id_fields = ("sku",)
    fields = ("organisation", "sku", "rule", "is_on", "valid_from", "valid_until")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return () if obj is None else ("organisation", "sku")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Puts the offer as the form says; `obj` itself is never written."""
        wish = OfferWish(
            sku_id=obj.sku_id,
            organisation_id=obj.organisation_id,
            rule_id=obj.rule_id,
            is_on=obj.is_on,
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
        )
        written = put_offers(wishes=[wish], by=actor_of(request), within=_write_paths(request))
        (obj.pk,) = written.offer_ids

    @admin.action(description=_("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, rows: QuerySet[Offer]) -> None:
        self._on_all(request, rows, lambda **common: switch_offers(on=True, **common))

    @admin.action(description=_("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[Offer]) -> None:
        self._on_all(request, rows, lambda **common: switch_offers(on=False, **common))

    @admin.action(description=_("Take off"), permissions=["change"])
    def take_off(self, request: HttpRequest, rows: QuerySet[Offer]) -> None:
        self._on_all(request, rows, take_off)

    def _on_all(self, request: HttpRequest, rows: QuerySet[Offer], act: Any) -> None:
        try:
            written: OffersWritten = act(
                offer_ids=list(rows.values_list("id", flat=True)),
                by=actor_of(request),
                within=_write_paths(request),
            )
        except DomainError as error:
            messages.error(request, str(error))
            return
        messages.success(request, _("%d offers changed.") % written.changed)

    @admin.display(description=_("estimate"), ordering="estimate")
    def earns(self, offer: Offer) -> SafeString:
        return money(offer.estimate)


@admin.register(ImportRun)
class ImportRunAdmin(ScopedAdmin):
    """Files of offers that were loaded."""

    permission = "pool"
    list_display = (
        "imported_at", "file_name", "organisation", "rows", "created", "changed", "unchanged",
        "faulty", "imported_by",
    )  # fmt: skip
    list_filter = ("organisation", "imported_at")
    list_select_related = ("organisation",)
    search_fields = ("file_name", "=digest")
    ordering = ("-imported_at", "-id")
