"""Taking a distributor on: one form for who, where, with which account and for how long."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.distribution.distributors.actions import (
    Registration,
    grant,
    register_distributor,
)
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import organisation_in
from yipan.group.people.actions import MANAGE, create_person
from yipan.group.people.models import Person, Role
from yipan.group.people.rules import normalised_phone
from yipan.group.people.scope import Scope
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError, InvalidField
from yipan.kernel.locks import take_turn
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.console.fields import (
    DayField,
    DistributorCodeField,
    account_with,
    distributor_coded,
    places,
    start_of,
)

WRITE: Final = "distributors.write"
ROLES: Final = {DistributorKind.GUIDE: Role.GUIDE, DistributorKind.EMPLOYEE: Role.EMPLOYEE}
"""The role that the account of a new distributor gets at home, by kind; others get none."""
_FIELDS: Final = {"person": "phone", "username": "code", "valid_until": "grant"}


class NewDistributor(forms.Form):
    """Who is taken on, by somebody whose rights are `scope`."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=DistributorKind.choices, help_text=_("Decides the taxation.")
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    code = forms.CharField(
        label=_("Distributor code"),
        max_length=40,
        help_text=_("Typed or scanned at the till; never given twice."),
    )
    organisation = forms.TypedChoiceField(label=_("Home organisation"), coerce=int)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("Whose account signs in to the workbench; opened where there is none yet."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    grade = forms.CharField(label=_("Grade"), max_length=40, required=False)
    upline = DistributorCodeField(
        label=_("Upline (code)"), required=False, help_text=_("Type a name or a code.")
    )
    qualified_from = DayField(label=_("Qualified from"), help_text=_("Empty: from the start."))
    qualified_until = DayField(
        label=_("Qualified until, not included"), help_text=_("Empty: without end.")
    )
    grant = forms.TypedChoiceField(
        label=_("May also sell what this organisation offers"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("Further grants are given on the distributor's page."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.paths = scope.paths(WRITE)
        choices = places(self.paths)
        self.fields["organisation"].choices = [("", _("Choose …")), *choices]  # type: ignore[attr-defined]
        self.fields["grant"].choices = [("", _("No other")), *choices]  # type: ignore[attr-defined]

    def take_on(self, by: Actor) -> Distributor | None:
        """Register with account and grant, all or none; None where a field says what is wrong."""
        try:
            with unit_of_work():
                take_turn("distributors")  # before that of accounts, as everywhere
                return self._registered(by)
        except DomainError as error:
            self._refuse(error)
            return None

    def _registered(self, by: Actor) -> Distributor:
        values = self.cleaned_data
        home = organisation_in(values["organisation"], self.paths)
        upline = values["upline"].strip()
        made = register_distributor(
            Registration(
                organisation=home,
                code=values["code"],
                name=values["name"],
                kind=values["kind"],
                grade=values["grade"],
                person=self._account(home, by),
                upline=distributor_coded(upline, self.paths, "upline") if upline else None,
                qualified_from=start_of(values["qualified_from"]),
                qualified_until=start_of(values["qualified_until"]),
            ),
            by=by,
        )
        if values["grant"] and values["grant"] != home.id:
            place = organisation_in(values["grant"], self.paths)
            grant(distributor=made, organisation=place, by=by)
        return made

    def _account(self, home: Organisation, by: Actor) -> Person | None:
        """The account with the phone; a new one where there is none."""
        typed = self.cleaned_data["phone"]
        if not typed.strip():
            return None
        phone = normalised_phone(typed)
        found = account_with(phone, self.paths)
        if found is not None:
            return found
        if not self.scope.allows(MANAGE, home.path):
            reason = _t(
                "there is no account with this phone here; whoever may open accounts has to first"
            )
            raise InvalidField(field="phone", reason=reason)
        role = ROLES.get(DistributorKind(self.cleaned_data["kind"]))
        return create_person(
            username=self.cleaned_data["code"],
            name=self.cleaned_data["name"],
            phone=phone,
            organisation=home if role else None,
            role=role or "",
            by=by,
            authority=self.scope,
        )

    def _refuse(self, error: DomainError) -> None:
        name = str(error.data.get("field", "")).removesuffix("_id")
        name = _FIELDS.get(name, name)
        known = name in self.fields
        sentence = str(error.data.get("reason") or error) if known else str(error)
        self.add_error(name if known else None, sentence)
