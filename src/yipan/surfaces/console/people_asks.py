"""What is done to an account from its page, and what is asked before."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import organisation_in
from yipan.group.people import actions
from yipan.group.people.models import Person, Role
from yipan.group.people.queries import role_in
from yipan.group.people.scope import Scope
from yipan.kernel.actor import Actor
from yipan.kernel.text import whole
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.console.asks import Ask, WithReason
from yipan.surfaces.console.fields import places


class _OfPerson(Ask):
    """An act on an account by somebody whose rights are `scope`."""

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        self.scope = scope
        super().__init__(*args, **kwargs)

    @property
    def given(self) -> dict[str, Any]:
        """Whose rights count."""
        return {"authority": self.scope}


class Describe(_OfPerson):
    """Name, address, phone, language."""

    title = _("Change details")
    confirm = _("Save")
    done = _("Saved.")
    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    phone = forms.CharField(
        label=_("New phone"),
        max_length=30,
        required=False,
        help_text=_("Empty: as it is. With another phone one has to sign in again."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def arrange(self) -> None:
        for name in ("name", "email", "language"):
            self.fields[name].initial = getattr(self.subject, name)

    def act(self, by: Actor) -> object:
        values = self.cleaned_data
        described = {name: values[name] for name in ("name", "email", "language")}
        phone = values["phone"].strip() or None
        return actions.describe_person(
            person=self.subject, by=by, phone=phone, **described, **self.given
        )


class Password(_OfPerson):
    """Another password; whoever is signed in with the account is put out."""

    title = _("Give a new password")
    done = _("The password was changed; the account was signed out everywhere.")
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    @property
    def text(self) -> str:
        return _t("Tell %s the password in person; it can be changed after signing in.") % str(
            self.subject
        )

    def act(self, by: Actor) -> object:
        password = self.cleaned_data["password"]
        return actions.change_password(person=self.subject, password=password, by=by, **self.given)


class GiveRole(_OfPerson):
    """A role at an organisation and all below it."""

    title = _("Give a role")
    confirm = _("Give the role")
    done = _("The role holds.")
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    organisation = forms.TypedChoiceField(
        label=_("Organisation"), coerce=int, help_text=_("Counts there and everywhere below.")
    )

    def arrange(self) -> None:
        choices = [("", _("Choose …")), *places(self.paths)]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]

    def act(self, by: Actor) -> object:
        place = organisation_in(self.cleaned_data["organisation"], self.paths)
        return actions.grant_role(
            person=self.subject,
            organisation=place,
            role=self.cleaned_data["role"],
            by=by,
            **self.given,
        )


class _OfRole(_OfPerson, WithReason):
    """An act on one role, which comes with the address."""

    assignment = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def text(self) -> str:
        row = role_in(self.subject.pk, whole(str(self["assignment"].value())) or 0, self.paths)
        return f"{row.get_role_display()} · {row.organisation.name}"

    def row(self) -> Any:
        """The role. Raises NotFound."""
        return role_in(self.subject.pk, self.cleaned_data["assignment"], self.paths)


class MoveRole(_OfRole):
    """The same role at another organisation, for staff who move."""

    title = _("Move the role to another organisation")
    confirm = _("Move")
    done = _("The role was moved.")
    organisation = forms.TypedChoiceField(label=_("To the organisation"), coerce=int)
    field_order = ("assignment", "organisation", "reason")

    def arrange(self) -> None:
        choices = [("", _("Choose …")), *places(self.paths)]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]

    def act(self, by: Actor) -> object:
        place = organisation_in(self.cleaned_data["organisation"], self.paths)
        with unit_of_work():
            row = self.row()
            if row.organisation_id == place.id:
                return row
            made = actions.grant_role(
                person=self.subject, organisation=place, role=row.role, by=by, **self.given
            )
            actions.revoke_role(
                assignment=row, by=by, reason=self.cleaned_data["reason"], **self.given
            )
        return made


class TakeRole(_OfRole):
    """A role ends now."""

    title = _("Take this role away?")
    confirm = _("Take it away")
    tone = "danger"
    done = _("The role was taken away.")

    def act(self, by: Actor) -> object:
        row = self.row()
        actions.revoke_role(assignment=row, by=by, reason=self.cleaned_data["reason"], **self.given)
        return row


class SignOut(_OfPerson):
    """Every session ends, WeChat included."""

    title = _("Sign out everywhere?")
    confirm = _("Sign out")
    tone = "danger"
    done = _("The account was signed out everywhere.")

    @property
    def text(self) -> str:
        return _t("For a phone that was lost: whoever holds it has to sign in again.")

    def act(self, by: Actor) -> object:
        return actions.sign_out_everywhere(person=self.subject, by=by, **self.given)


class Deactivate(_OfPerson, WithReason):
    """The account is closed until further notice."""

    title = _("Deactivate this account?")
    confirm = _("Deactivate")
    tone = "danger"
    done = _("The account is deactivated.")

    @property
    def text(self) -> str:
        return _t(
            "Nobody can sign in with it any more. Roles stay; what was earned as a distributor "
            "stays, and so do the customers until they are handed over."
        )

    def act(self, by: Actor) -> object:
        return actions.deactivate(
            person=self.subject, by=by, reason=self.cleaned_data["reason"], **self.given
        )


class Reactivate(_OfPerson, WithReason):
    """Open again."""

    title = _("Open the account again?")
    confirm = _("Open again")
    done = _("The account is open again.")

    def act(self, by: Actor) -> object:
        return actions.reactivate(
            person=self.subject, by=by, reason=self.cleaned_data["reason"], **self.given
        )


ASKS: Final[dict[str, type[_OfPerson]]] = {
    "describe": Describe,
    "password": Password,
    "give-role": GiveRole,
    "move-role": MoveRole,
    "take-role": TakeRole,
    "sign-out": SignOut,
    "deactivate": Deactivate,
    "reactivate": Reactivate,
}


def allowed_asks(person: Person) -> frozenset[str]:
    """What may be done as the account stands."""
    if person.is_active:
        return frozenset(ASKS) - {"reactivate"}
    return frozenset({"reactivate", "take-role"})
