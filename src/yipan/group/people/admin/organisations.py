"""The tree in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from yipan.group.organisations import actions
from yipan.group.organisations.models import Organisation, OrganisationMove
from yipan.group.people.screens import (
    ReadOnlyInline,
    ScopedAdmin,
    actor_of,
    organisation_coded,
)
from yipan.kernel.uow import unit_of_work

if TYPE_CHECKING:
    _Form = forms.ModelForm[Organisation]
else:
    _Form = forms.ModelForm


class NewOrganisationForm(_Form):
    """An organisation to hang into the tree."""

    parent_code = forms.CharField(
        label=_("code of the parent"), max_length=40, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Organisation
        fields: ClassVar[list[str]] = []


class OrganisationForm(_Form):
    """What is to change of an organisation."""

    new_parent_code = forms.CharField(
        label=_("hang under (code)"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    step = forms.ChoiceField(
        label=_("step"),
        choices=[("", "—"), ("close", _("close")), ("reopen", _("open again"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    reason = forms.CharField(
        label=_("reason"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Organisation
        fields: ClassVar[list[str]] = []


class MoveInline(ReadOnlyInline):
    """When it was hung where."""

    model = OrganisationMove
    fk_name = "organisation"
    fields = ("moved_at", "from_parent", "to_parent", "moved_by", "reason")
    readonly_fields = fields
    ordering = ("-moved_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        moves: QuerySet[Any] = super().get_queryset(request)
        return moves.select_related("from_parent", "to_parent")


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    """The tree, every organisation after its parent."""

    permission = "organisations"
    list_page = "console-organisations"
    organisation_lookup = "path"
    can_add = True
    can_change = True
    inlines = (MoveInline,)
    list_display = (
        "indented", "code", "level", "company", "distribution_on", "distribution_effective",
        "is_active", "city",
    )  # fmt: skip
    list_display_links = ("indented",)
    list_filter = ("level", "distribution_effective", "is_active")
    list_select_related = ("company",)
    search_fields = ("name", "code")
    ordering = ("path",)
    _shown = (
        "code", "level", "parent", "company", "distribution_effective", "is_active", "created_at",
    )  # fmt: skip
    _changed = ("name", "city", "address", "distribution_on")

    def get_fields(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        if obj is None:
            return ("parent_code", "level", "code", "name", "city", "address")
        steps = ("new_parent_code", "step", "reason")
        writes = self.has_change_permission(request, obj)
        return (*self._shown, *self._changed, *(steps if writes else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        return () if obj is None else self._shown

    def get_form(
        self, request: HttpRequest, obj: Organisation | None = None, change: bool = False, **kw: Any
    ) -> Any:
        form = OrganisationForm if change else NewOrganisationForm
        return super().get_form(request, obj, change, form=form, **kw)

    def get_inlines(self, request: HttpRequest, obj: Organisation | None) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the actions of what was filled in; `obj` itself is never written."""
        values, by = form.cleaned_data, actor_of(request)
        if change:
            self._change(request, obj, values)
            return
        parent = organisation_coded(request, "organisations.write", values["parent_code"])
        given = {name: values[name] for name in ("level", "code", "name", "city", "address")}
        obj.pk = actions.create_organisation(parent=parent, by=by, **given).pk

    def _change(self, request: HttpRequest, obj: Organisation, values: dict[str, Any]) -> None:
        by, reason = actor_of(request), values["reason"]
        described = {name: values[name] for name in ("name", "city", "address")}
        with unit_of_work():
            actions.describe_organisation(organisation=obj, by=by, **described)
            actions.switch_distribution(
                organisation=obj, on=values["distribution_on"], by=by, reason=reason
            )
            if values["new_parent_code"]:
                parent = organisation_coded(
                    request, "organisations.write", values["new_parent_code"]
                )
                actions.move_organisation(organisation=obj, to_parent=parent, by=by, reason=reason)
            if values["step"] == "close":
                actions.close_organisation(organisation=obj, by=by, reason=reason)
            if values["step"] == "reopen":
                actions.reopen_organisation(organisation=obj, by=by, reason=reason)

    @admin.display(description=_("name"), ordering="path")
    def indented(self, organisation: Organisation) -> str:
        return "　" * (organisation.path.count("/") - 2) + organisation.name
