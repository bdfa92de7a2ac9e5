"""Opening an account: one form for who it is, how they sign in, and their first role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import organisation_in
from yipan.group.people.actions import MANAGE, create_person
from yipan.group.people.models import Person, Role
from yipan.group.people.scope import Scope
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError
from yipan.surfaces.console.fields import places


class NewPerson(forms.Form):
    """An account that somebody whose rights are `scope` opens."""

    name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("Typed when signing in; capitals make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("Signs in to the workbench by a code."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        required=False,
        strip=False,
        help_text=_("For the console. Empty: signs in by phone only."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    organisation = forms.TypedChoiceField(
        label=_("Organisation"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("The role counts there and everywhere below."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.paths = scope.paths(MANAGE)
        roles = [("", _("None yet")), *Role.choices]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose …")),
            *places(self.paths),
        ]

    def open_account(self, by: Actor) -> Person | None:
        """The new account; None where a field says what is wrong."""
        values = self.cleaned_data
        place = values.pop("organisation")
        try:
            return create_person(
                organisation=organisation_in(place, self.paths) if place else None,
                password=values.pop("password") or None,
                by=by,
                authority=self.scope,
                **values,
            )
        except DomainError as error:
            name = str(error.data.get("field", "")).removesuffix("_id")
            known = name in self.fields
            sentence = str(error.data.get("reason") or error) if known else str(error)
            self.add_error(name if known else None, sentence)
            return None
