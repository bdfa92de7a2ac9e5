"""API clients in the console: make, change, rotate, revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from yipan.group.people.screens import (
    ScopedAdmin,
    actor_of,
    organisation_coded,
    scope_of_request,
)
from yipan.kernel import modules
from yipan.surfaces.openapi import actions
from yipan.surfaces.openapi.models import ApiClient

if TYPE_CHECKING:
    _Form = forms.ModelForm[ApiClient]
else:
    _Form = forms.ModelForm

_WRITE = "api_clients.write"


class ClientForm(_Form):
    """What is to change of an API client."""

    scopes = forms.MultipleChoiceField(
        label=_("scopes"), widget=UnfoldAdminSelectMultipleWidget, help_text=_("such as you have")
    )
    step = forms.ChoiceField(
        label=_("step"),
        choices=[("", "—"), ("rotate", _("give a new key")), ("revoke", _("revoke for good"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = ApiClient
        fields: ClassVar[list[str]] = ["name", "per_minute", "expires_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scopes" in self.fields:
            scopes = self.fields["scopes"]
            if isinstance(scopes, forms.MultipleChoiceField):
                scopes.choices = [(name, name) for name in modules.all_permissions()]
            scopes.initial = self.instance.scopes


class NewClientForm(ClientForm):
    """A new API client."""

    home_code = forms.CharField(
        label=_("organisation (code)"), max_length=40, widget=UnfoldAdminTextInputWidget
    )


@admin.register(ApiClient)
class ApiClientAdmin(ScopedAdmin):
    """Programs that use the API, newest first."""

    permission = "api_clients"
    can_add = True
    can_change = True
    list_display = ("name", "organisation", "hint", "is_active", "expires_at", "created_at")
    list_filter = ("is_active", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("name", "hint")
    ordering = ("-created_at", "-id")
    _shown = ("organisation", "hint", "is_active", "former_until", "created_at", "created_by")
    _changed = ("name", "scopes", "per_minute", "expires_at")

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        if obj is None:
            return ("home_code", *self._changed)
        step = ("step",) if self.has_change_permission(request, obj) else ()
        return (*self._shown, *self._changed, *step)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return () if obj is None else self._shown

    def get_form(
        self, request: HttpRequest, obj: ApiClient | None = None, change: bool = False, **kw: Any
    ) -> Any:
        form = ClientForm if change else NewClientForm
        return super().get_form(request, obj, change, form=form, **kw)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, ApiClient) and not obj.is_active:
            return False
        return super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the actions of what was filled in; `obj` itself is never written."""
        values = form.cleaned_data
        given: dict[str, Any] = {name: values[name] for name in self._changed}
        if not change:
            home = organisation_coded(request, _WRITE, values["home_code"])
            issued = actions.create_client(
                organisation_id=home.id,
                by=actor_of(request),
                may_grant=_grantable(request, home.path),
                **given,
            )
            obj.pk = issued.client.pk
            _show(request, issued)
            return
        client = ApiClient.objects.select_related("organisation").get(pk=obj.pk)
        by, may_grant = actor_of(request), _grantable(request, client.organisation.path)
        if set(form.changed_data) & set(self._changed):
            actions.change_client(client=client, by=by, may_grant=may_grant, **given)
        if values["step"] == "rotate":
            _show(request, actions.rotate_key(client=client, by=by, may_grant=may_grant))
        elif values["step"] == "revoke":
            actions.revoke_client(client=client, by=by)


def _grantable(request: HttpRequest, path: str) -> set[str]:
    """What the person may do at an organisation, and so let a program do."""
    scope = scope_of_request(request)
    return {name for name in modules.all_permissions() if scope.allows(name, path)}


def _show(request: HttpRequest, issued: actions.IssuedKey) -> None:
    told = gettext("The key of {name}, shown this once: {key}")
    messages.warning(request, told.format(name=issued.client.name, key=issued.key))
