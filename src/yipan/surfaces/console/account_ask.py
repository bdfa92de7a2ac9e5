"""Whose account signs in as a distributor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.distribution.distributors.actions import link_person
from yipan.group.people.rules import normalised_phone
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.surfaces.console.asks import Ask, WithReason
from yipan.surfaces.console.fields import account_with


class Account(Ask, WithReason):
    """Another account, found by its phone, or none."""

    title = _("Change the account")
    done = _("The account was changed.")
    field_names: ClassVar[Mapping[str, str]] = {"person": "phone"}
    phone = forms.CharField(
        label=_("Phone of the account"),
        max_length=30,
        required=False,
        help_text=_("Empty: nobody signs in as this distributor."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    field_order = ("phone", "reason")

    @property
    def text(self) -> str:
        return _t("Whoever signs in with this phone sees what the distributor earned.")

    def act(self, by: Actor) -> object:
        typed = self.cleaned_data["phone"].strip()
        found = account_with(normalised_phone(typed), self.paths) if typed else None
        if typed and found is None:
            raise InvalidField(field="phone", reason=_t("there is no account with this phone here"))
        return link_person(
            distributor=self.subject, person=found, by=by, reason=self.cleaned_data["reason"]
        )
