"""Accounts and roles in the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from yipan.group.organisations.queries import tree, within
from yipan.group.people import actions
from yipan.group.people.filters import OrganisationFilter
from yipan.group.people.models import Person, Role, RoleAssignment
from yipan.group.people.phones import phone_of
from yipan.group.people.queries import people_in, role_in
from yipan.group.people.rules import masked_phone
from yipan.group.people.screens import (
    ReadOnlyInline,
    ScopedAdmin,
    actor_of,
    organisation_coded,
    scope_of_request,
)
from yipan.kernel.uow import unit_of_work

if TYPE_CHECKING:
    _Form = forms.ModelForm[Person]
else:
    _Form = forms.ModelForm

_ROLES = [("", "—"), *Role.choices]


def _text(label: Any, most: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, widget=UnfoldAdminTextInputWidget
    )


class PersonForm(_Form):
    """An account to open or to change."""

    language = forms.ChoiceField(
        label=_("language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    phone = _text(_("new phone"), 30)
    password = forms.CharField(
        label=_("new password"), max_length=200, required=False, widget=UnfoldAdminPasswordWidget
    )
    role = forms.ChoiceField(
        label=_("give the role"), choices=_ROLES, required=False, widget=UnfoldAdminSelectWidget
    )
    organisation_code = _text(_("at the organisation (code)"), 40)

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = []


class PersonChangeForm(PersonForm):
    """With the steps that an account which is open can take."""

    revoke = forms.ChoiceField(
        label=_("take the role away"), required=False, widget=UnfoldAdminSelectWidget
    )
    step = forms.ChoiceField(
        label=_("step"),
        choices=[
            ("", "—"),
            ("sign_out", _("sign out everywhere")),
            ("deactivate", _("deactivate")),
            ("reactivate", _("open again")),
        ],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    reason = _text(_("reason"), 500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = self.instance.roles.select_related("organisation").order_by("id")
        choices = [
            (str(row.pk), f"{row.get_role_display()} · {row.organisation.name}") for row in roles
        ]
        if "revoke" in self.fields:
            self.fields["revoke"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


class RoleInline(ReadOnlyInline):
    """The roles in the reader's subtrees."""

    model = RoleAssignment
    fields = ("role", "organisation", "granted_at", "granted_by")
    readonly_fields = fields
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        paths = scope_of_request(request).paths("people.read")
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(within(paths)).select_related("organisation")


@admin.register(Person)
class PersonAdmin(ScopedAdmin):
    """Everybody with a role in the reader's subtrees."""

    permission = "people"
    list_page = "console-people"
    row_page = "console-person"
    organisation_lookup = "roles__organisation__path"
    can_add = True
    can_change = True
    inlines = (RoleInline,)
    list_display = ("username", "name", "is_active", "last_login", "created_at")
    list_filter = (OrganisationFilter, "is_active", "roles__role")
    search_fields = ("username", "name")
    ordering = ("username",)
    _shown = ("username", "phone_shown", "is_active", "last_login", "created_at")
    _changed = ("name", "email", "language")

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        return rows.filter(pk__in=people_in(paths).values("pk"))

    def paths_of(self, obj: Model) -> Sequence[str]:
        roles = RoleAssignment.objects.filter(person_id=obj.pk)
        paths: list[str] = list(roles.values_list("organisation__path", flat=True))
        return paths or [tree().root.path]

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        secrets = ("phone", "password")
        role = ("role", "organisation_code")
        if obj is None:
            return ("username", *self._changed, *secrets, *role)
        if not self.has_change_permission(request, obj):
            return (*self._shown, *self._changed)
        return (*self._shown, *self._changed, *secrets, *role, "revoke", "step", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        return () if obj is None else self._shown

    def get_form(
        self, request: HttpRequest, obj: Person | None = None, change: bool = False, **kw: Any
    ) -> Any:
        form = PersonChangeForm if change else PersonForm
        return super().get_form(request, obj, change, form=form, **kw)

    def get_inlines(self, request: HttpRequest, obj: Person | None) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the actions of what was filled in; `obj` itself is never written."""
        values = form.cleaned_data
        given: dict[str, Any] = {
            "by": actor_of(request),
            "authority": scope_of_request(request),
        }
        code = values["organisation_code"]
        place = organisation_coded(request, actions.MANAGE, code) if code else None
        with unit_of_work():
            if change:
                self._change(request, obj, values, given)
                if values["role"] and place is not None:
                    actions.grant_role(person=obj, organisation=place, role=values["role"], **given)
                return
            made = actions.create_person(
                username=values["username"],
                name=values["name"],
                email=values["email"],
                language=values["language"],
                phone=values["phone"],
                password=values["password"] or None,
                organisation=place,
                role=values["role"],
                **given,
            )
        obj.pk = made.pk

    def _change(
        self, request: HttpRequest, obj: Person, values: dict[str, Any], given: dict[str, Any]
    ) -> None:
        described = {name: values[name] for name in self._changed}
        actions.describe_person(person=obj, phone=values["phone"] or None, **described, **given)
        if values["password"]:
            actions.change_password(person=obj, password=values["password"], **given)
        if values["revoke"]:
            paths = scope_of_request(request).paths(actions.MANAGE)
            assignment = role_in(obj.pk, int(values["revoke"]), paths)
            actions.revoke_role(assignment=assignment, reason=values["reason"], **given)
        if values["step"] == "sign_out":
            actions.sign_out_everywhere(person=obj, **given)
        if values["step"] == "deactivate":
            actions.deactivate(person=obj, reason=values["reason"], **given)
        if values["step"] == "reactivate":
            actions.reactivate(person=obj, reason=values["reason"], **given)

    @admin.display(description=_("phone"))
    def phone_shown(self, person: Person) -> str:
        return masked_phone(phone_of(person))
