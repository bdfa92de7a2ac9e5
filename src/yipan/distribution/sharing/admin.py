"""Share links in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from yipan.distribution.sharing.actions import revoke_links
from yipan.distribution.sharing.models import ShareLink
from yipan.distribution.sharing.queries import address_of, tokens_of
from yipan.group.people.screens import ScopedAdmin, actor_of

if TYPE_CHECKING:
    _Form = forms.ModelForm[ShareLink]
else:
    _Form = forms.ModelForm


class RevocationForm(_Form):
    """A link to be revoked."""

    reason = forms.CharField(
        label=_("revoke, because"), max_length=500, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = ShareLink
        fields: tuple[str, ...] = ()


@admin.register(ShareLink)
class ShareLinkAdmin(ScopedAdmin):
    """Links, and the one thing to do with them: revoke."""

    permission = "sharing"
    organisation_lookup = "distributor__organisation__path"
    can_change = True
    form = RevocationForm
    list_display = (
        "distributor", "organisation", "sku", "channel", "campaign", "created_at", "expires_at",
        "revoked_at",
    )  # fmt: skip
    list_filter = ("channel", "created_at", "revoked_at")
    list_select_related = ("distributor", "organisation", "sku")
    search_fields = ("distributor__code", "distributor__name", "sku__code", "campaign")
    ordering = ("-id",)
    _shown = (
        "distributor", "organisation", "sku", "channel", "campaign", "address", "created_at",
        "expires_at", "revoked_at",
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, ShareLink) and obj.revoked_at is not None:
            return False
        return super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: ShareLink | None = None) -> Any:
        writes = self.has_change_permission(request, obj)
        return (*self._shown, *(("reason",) if writes else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: ShareLink | None = None) -> Any:
        return self._shown

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Calls the action; `obj` itself is never written."""
        revoke_links(link_ids=[obj.pk], reason=form.cleaned_data["reason"], by=actor_of(request))

    @admin.display(description=_("address"))
    def address(self, link: ShareLink) -> str:
        (token,) = tokens_of([link.pk])
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', address_of(token))
