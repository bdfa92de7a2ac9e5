"""Webhooks in the console: make, switch, rotate, replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from yipan.group.people.screens import ScopedAdmin, actor_of, organisation_coded
from yipan.surfaces.webhooks import actions
from yipan.surfaces.webhooks.models import Delivery, Endpoint

if TYPE_CHECKING:
    _EndpointForm = forms.ModelForm[Endpoint]
    _DeliveryForm = forms.ModelForm[Delivery]
else:
    _EndpointForm = _DeliveryForm = forms.ModelForm

_WRITE = "webhooks.write"


class EndpointForm(_EndpointForm):
    """What is to change of an endpoint."""

    url = forms.CharField(label=_("URL"), max_length=500, widget=UnfoldAdminTextInputWidget)
    patterns = forms.CharField(
        label=_("events"),
        help_text=_("names or patterns, with commas: order.paid, commission.*"),
        widget=UnfoldAdminTextInputWidget,
    )
    is_active = forms.BooleanField(
        label=_("switched on"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    step = forms.ChoiceField(
        label=_("step"),
        choices=[("", "—"), ("rotate", _("give a new secret"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Endpoint
        fields: ClassVar[list[str]] = ["url", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "patterns" in self.fields:
            self.fields["patterns"].initial = ", ".join(self.instance.events or ())

    def clean_patterns(self) -> list[str]:
        """The patterns one by one."""
        return [each.strip() for each in self.cleaned_data["patterns"].split(",") if each.strip()]


class NewEndpointForm(EndpointForm):
    """A new endpoint."""

    home_code = forms.CharField(
        label=_("organisation (code)"), max_length=40, widget=UnfoldAdminTextInputWidget
    )


@admin.register(Endpoint)
class EndpointAdmin(ScopedAdmin):
    """Addresses that are told what happens, newest first."""

    permission = "webhooks"
    can_add = True
    can_change = True
    can_delete = True
    list_display = ("url", "organisation", "events", "is_active", "ended_by", "created_at")
    list_filter = ("is_active", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("url",)
    ordering = ("-created_at", "-id")
    _shown = ("organisation", "ended_by", "former_until", "created_at")

    def get_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        if obj is None:
            return ("home_code", "url", "patterns")
        if not self.has_change_permission(request, obj):
            return (*self._shown, "url", "events", "is_active")
        return (*self._shown, "url", "patterns", "is_active", "step")

    def get_readonly_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        return () if obj is None else self._shown

    def get_form(
        self, request: HttpRequest, obj: Endpoint | None = None, change: bool = False, **kw: Any
    ) -> Any:
        form = EndpointForm if change else NewEndpointForm
        return super().get_form(request, obj, change, form=form, **kw)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the actions of what was filled in; `obj` itself is never written."""
        values, by = form.cleaned_data, actor_of(request)
        if not change:
            home = organisation_coded(request, _WRITE, values["home_code"])
            issued = actions.create_endpoint(
                organisation_id=home.id, url=values["url"], events=values["patterns"], by=by
            )
            obj.pk = issued.endpoint.pk
            _show(request, issued)
            return
        endpoint = Endpoint.objects.get(pk=obj.pk)
        actions.change_endpoint(
            endpoint=endpoint,
            url=values["url"],
            events=values["patterns"],
            is_active=values["is_active"],
            by=by,
        )
        if values["step"] == "rotate":
            _show(request, actions.rotate_secret(endpoint=endpoint, by=by))

    def delete_model(self, request: HttpRequest, obj: Endpoint) -> None:
        actions.remove_endpoint(endpoint=obj, by=actor_of(request))


class DeliveryForm(_DeliveryForm):
    """Whether to send it again."""

    again = forms.BooleanField(
        label=_("send it again"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    class Meta:
        model = Delivery
        fields: ClassVar[list[str]] = []


@admin.register(Delivery)
class DeliveryAdmin(ScopedAdmin):
    """What was sent where and how it went, newest first."""

    permission = "webhooks"
    organisation_lookup = "endpoint__organisation__path"
    can_change = True
    form = DeliveryForm
    list_display = (
        "event_name", "event_id", "endpoint", "state", "attempts", "last_status", "next_at",
        "created_at",
    )  # fmt: skip
    list_filter = ("state", "event_name", "endpoint")
    list_select_related = ("endpoint__organisation",)
    search_fields = ("event_id",)
    ordering = ("-created_at", "-id")
    readonly_fields = (
        "endpoint", "event_name", "event_id", "state", "attempts", "next_at", "last_status",
        "last_error", "created_at", "ended_at",
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Delivery | None = None) -> Any:
        again = ("again",) if self.has_change_permission(request, obj) else ()
        return (*self.readonly_fields, *again)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the action; `obj` itself is never written."""
        if form.cleaned_data["again"]:
            actions.replay_delivery(delivery=obj, by=actor_of(request))


def _show(request: HttpRequest, issued: actions.IssuedSecret) -> None:
    told = gettext("The secret of {url}, shown this once: {secret}")
    messages.warning(request, told.format(url=issued.endpoint.url, secret=issued.secret))
