"""Distributors in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from yipan.distribution.distributors import actions
from yipan.distribution.distributors.models import (
    Distributor,
    DistributorChange,
    DistributorGrant,
    DistributorStatus,
)
from yipan.distribution.distributors.queries import distributors_in
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.queries import people_in
from yipan.group.people.rules import normalised_username
from yipan.group.people.screens import (
    ReadOnlyInline,
    ScopedAdmin,
    actor_of,
    organisation_coded,
    scope_of_request,
)
from yipan.kernel.errors import NotFound
from yipan.kernel.uow import unit_of_work

if TYPE_CHECKING:
    _Form = forms.ModelForm[Distributor]
else:
    _Form = forms.ModelForm

_WRITE = "distributors.write"
_NOBODY = "-"


def _text(label: Any, most: int = 40, *, required: bool = False, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=hint,
        widget=UnfoldAdminTextInputWidget,
    )


class NewDistributorForm(_Form):
    """A distributor to take on."""

    home_code = _text(_("home organisation (code)"), required=True)
    username = _text(_("account (user name)"), 60)
    upline_code = _text(_("upline (code)"))

    class Meta:
        model = Distributor
        fields: ClassVar[list[str]] = []


class DistributorForm(_Form):
    """What is to change of a distributor."""

    new_home_code = _text(_("new home organisation (code)"))
    new_upline_code = _text(_("new upline (code)"), hint=_("- for nobody"))
    grant_code = _text(_("grant the organisation (code)"))
    revoke_code = _text(_("take the grant back (code)"))
    step = forms.ChoiceField(
        label=_("step"),
        choices=[
            ("", "—"),
            ("suspend", _("suspend")),
            ("reactivate", _("end the suspension")),
            ("leave", _("leaves for good")),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    successor_code = _text(_("successor (code)"), hint=_("takes the customers over"))
    reason = _text(_("reason"), 500)

    class Meta:
        model = Distributor
        fields: ClassVar[list[str]] = []


class GrantInline(ReadOnlyInline):
    """Leave to distribute what others offer."""

    model = DistributorGrant
    fields = ("organisation", "valid_from", "valid_until")
    readonly_fields = fields
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        grants: QuerySet[Any] = super().get_queryset(request)
        return grants.select_related("organisation")


class ChangeInline(ReadOnlyInline):
    """What changed, newest first."""

    model = DistributorChange
    fields = ("changed_at", "what", "before", "after", "changed_by", "reason")
    readonly_fields = fields
    ordering = ("-changed_at", "-id")


@admin.register(Distributor)
class DistributorAdmin(ScopedAdmin):
    """Who may share and earn."""

    permission = "distributors"
    list_page = "console-distributors"
    row_page = "console-distributor"
    can_add = True
    can_change = True
    inlines = (GrantInline, ChangeInline)
    list_display = (
        "code", "name", "kind", "grade", "organisation", "upline", "status", "qualified_until",
    )  # fmt: skip
    list_filter = (OrganisationFilter, "status", "kind", "qualified_until")
    list_select_related = ("organisation", "upline")
    search_fields = ("code", "name")
    ordering = ("code",)
    _shown = ("code", "organisation", "person", "upline", "status", "joined_at", "left_at")
    _changed = ("name", "kind", "grade", "qualified_from", "qualified_until")
    _steps = (
        "new_home_code", "new_upline_code", "grant_code", "revoke_code", "step", "successor_code",
        "reason",
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, Distributor) and obj.status == DistributorStatus.LEFT:
            return False
        return super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Distributor | None = None) -> Any:
        if obj is None:
            return ("home_code", "code", *self._changed, "username", "upline_code")
        writes = self.has_change_permission(request, obj)
        return (*self._shown, *self._changed, *(self._steps if writes else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Distributor | None = None) -> Any:
        return () if obj is None else self._shown

    def get_form(
        self, request: HttpRequest, obj: Distributor | None = None, change: bool = False, **kw: Any
    ) -> Any:
        form = DistributorForm if change else NewDistributorForm
        return super().get_form(request, obj, change, form=form, **kw)

    def get_inlines(self, request: HttpRequest, obj: Distributor | None) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the actions of what was filled in; `obj` itself is never written."""
        values = form.cleaned_data
        if change:
            with unit_of_work():
                self._describe(request, obj, form)
                self._relate(request, obj, values)
                self._step(request, obj, values)
            return
        username, upline = values["username"], values["upline_code"]
        registration = actions.Registration(
            organisation=organisation_coded(request, _WRITE, values["home_code"]),
            code=values["code"],
            person=_person(request, username) if username else None,
            upline=_distributor(request, upline) if upline else None,
            **{name: values[name] for name in self._changed},
        )
        obj.pk = actions.register_distributor(registration, by=actor_of(request)).pk

    def _describe(self, request: HttpRequest, obj: Distributor, form: Any) -> None:
        given: dict[str, Any] = {"distributor": obj, "by": actor_of(request)}
        values, reason = form.cleaned_data, form.cleaned_data["reason"]
        actions.rename_distributor(name=values["name"], **given)
        actions.change_grade(grade=values["grade"], reason=reason, **given)
        actions.set_qualification(
            qualified_from=values["qualified_from"],
            qualified_until=values["qualified_until"],
            reason=reason,
            **given,
        )
        if "kind" in form.changed_data:
            actions.change_kind(kind=values["kind"], reason=reason, **given)

    def _relate(self, request: HttpRequest, obj: Distributor, values: dict[str, Any]) -> None:
        given: dict[str, Any] = {
            "distributor": obj,
            "by": actor_of(request),
            "reason": values["reason"],
        }
        if values["new_home_code"]:
            home = organisation_coded(request, _WRITE, values["new_home_code"])
            actions.move_home(to=home, **given)
        if values["new_upline_code"]:
            code = values["new_upline_code"].strip()
            upline = None if code == _NOBODY else _distributor(request, code)
            actions.set_upline(upline=upline, **given)
        if values["grant_code"]:
            granted = organisation_coded(request, _WRITE, values["grant_code"])
            actions.grant(organisation=granted, **given)
        if values["revoke_code"]:
            revoked = organisation_coded(request, _WRITE, values["revoke_code"])
            actions.revoke_grant(organisation=revoked, **given)

    def _step(self, request: HttpRequest, obj: Distributor, values: dict[str, Any]) -> None:
        given: dict[str, Any] = {
            "distributor": obj,
            "by": actor_of(request),
            "reason": values["reason"],
        }
        if values["step"] == "suspend":
            actions.suspend(**given)
        elif values["step"] == "reactivate":
            actions.reactivate(**given)
        elif values["step"] == "leave":
            code = values["successor_code"]
            actions.leave(successor=_distributor(request, code) if code else None, **given)


def _distributor(request: HttpRequest, code: str) -> Distributor:
    paths = scope_of_request(request).paths(_WRITE)
    found = distributors_in(paths, code=code).first()
    if found is None:
        raise NotFound(kind="distributor", ref=code)
    return found


def _person(request: HttpRequest, username: str) -> Any:
    paths = scope_of_request(request).paths(_WRITE)
    found = people_in(paths).filter(username=normalised_username(username)).first()
    if found is None:
        raise NotFound(kind="person", ref=username)
    return found
