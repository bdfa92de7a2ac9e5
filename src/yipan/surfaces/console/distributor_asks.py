"""What is done to a distributor from their page, and what is asked before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.actions import hand_over_bindings
from yipan.distribution.distributors import actions
from yipan.distribution.distributors.models import (
    Distributor,
    DistributorKind,
    DistributorStatus,
)
from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import organisation_in, tree
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.text import whole
from yipan.surfaces.console.account_ask import Account
from yipan.surfaces.console.asks import Ask, WithReason
from yipan.surfaces.console.fields import (
    DayField,
    DistributorCodeField,
    distributor_coded,
    places,
    start_of,
)


class _OfOrganisation(Ask, WithReason):
    """An act that names an organisation of one's reach."""

    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int)
    field_order: Sequence[str] = ("organisation", "reason")

    def arrange(self) -> None:
        choices = [
            (id_, words) for id_, words in places(self.paths) if id_ != self.subject.organisation_id
        ]
        self.fields["organisation"].choices = [("", _t("Choose …")), *choices]  # type: ignore[attr-defined]

    def chosen(self) -> Organisation:
        """Raises NotFound."""
        return organisation_in(self.cleaned_data["organisation"], self.paths)


class MoveHome(_OfOrganisation):
    """Another home."""

    title = _("Give another home")
    done = _("The home was changed.")

    @property
    def text(self) -> str:
        return _t("Counts for what is sold from now on.")

    def act(self, by: Actor) -> object:
        return actions.move_home(
            distributor=self.subject, to=self.chosen(), by=by, reason=self.cleaned_data["reason"]
        )


class Grant(_OfOrganisation):
    """Leave to distribute what another organisation offers."""

    title = _("Grant another organisation")
    confirm = _("Grant")
    done = _("The grant holds.")
    valid_from = DayField(label=_("From"), help_text=_("Empty: from now on."))
    valid_until = DayField(label=_("Until, not included"), help_text=_("Empty: without end."))
    field_order = ("organisation", "valid_from", "valid_until", "reason")

    @property
    def text(self) -> str:
        return _t("May sell what this organisation and all below it offer, beside the home.")

    def act(self, by: Actor) -> object:
        values = self.cleaned_data
        return actions.grant(
            distributor=self.subject,
            organisation=self.chosen(),
            by=by,
            valid_from=start_of(values["valid_from"]),
            valid_until=start_of(values["valid_until"]),
            reason=values["reason"],
        )


class EndGrant(Ask, WithReason):
    """A grant ends now; its organisation comes with the address."""

    title = _("End this grant?")
    confirm = _("End it")
    tone = "danger"
    done = _("The grant has ended.")
    organisation = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def text(self) -> str:
        node = tree().by_id.get(whole(str(self["organisation"].value())) or 0)
        return node.name if node else ""

    def act(self, by: Actor) -> object:
        return actions.revoke_grant(
            distributor=self.subject,
            organisation=organisation_in(self.cleaned_data["organisation"], self.paths),
            by=by,
            reason=self.cleaned_data["reason"],
        )


class Describe(Ask):
    """Name, grade, kind and qualification."""

    title = _("Change details")
    confirm = _("Save")
    done = _("Saved.")
    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=DistributorKind.choices, help_text=_("Decides the taxation.")
    )
    grade = forms.CharField(label=_("Grade"), max_length=40, required=False)
    qualified_from = DayField(label=_("Qualified from"))
    qualified_until = DayField(label=_("Qualified until, not included"))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def arrange(self) -> None:
        for name in ("name", "kind", "grade"):
            self.fields[name].initial = getattr(self.subject, name)
        for name in ("qualified_from", "qualified_until"):
            moment = getattr(self.subject, name)
            self.fields[name].initial = timezone.localtime(moment).date() if moment else None

    def act(self, by: Actor) -> object:
        values = self.cleaned_data
        given: dict[str, Any] = {"distributor": self.subject, "by": by}
        with_reason = {**given, "reason": values["reason"]}
        if "name" in self.changed_data:
            actions.rename_distributor(name=values["name"], **given)
        if "kind" in self.changed_data:
            actions.change_kind(kind=values["kind"], **with_reason)
        if "grade" in self.changed_data:
            actions.change_grade(grade=values["grade"], **with_reason)
        if {"qualified_from", "qualified_until"} & set(self.changed_data):
            actions.set_qualification(
                qualified_from=start_of(values["qualified_from"]),
                qualified_until=start_of(values["qualified_until"]),
                **with_reason,
            )
        return self.subject


class SetUpline(Ask, WithReason):
    """Under another distributor, or under nobody."""

    title = _("Change the upline")
    done = _("The upline was changed.")
    upline = DistributorCodeField(
        label=_("Upline (code)"), required=False, help_text=_("Empty: nobody.")
    )
    field_order = ("upline", "reason")

    def arrange(self) -> None:
        self.fields["upline"].initial = self.subject.upline.code if self.subject.upline else ""

    @property
    def text(self) -> str:
        return _t("All below move along. Commission already earned stays as it is.")

    def act(self, by: Actor) -> object:
        code = self.cleaned_data["upline"].strip()
        upline = distributor_coded(code, self.paths, "upline") if code else None
        return actions.set_upline(
            distributor=self.subject, upline=upline, by=by, reason=self.cleaned_data["reason"]
        )


class HandOver(Ask, WithReason):
    """All customers to somebody else."""

    title = _("Hand the customers over?")
    confirm = _("Hand customers over")
    tone = "danger"
    done = _("The customers were handed over.")
    successor = DistributorCodeField(
        label=_("Successor (code)"), help_text=_("Type a name or a code.")
    )
    field_order = ("successor", "reason")

    @property
    def text(self) -> str:
        return _t(
            "Everybody who is bound to %s now belongs to the successor, on the same terms."
        ) % str(self.subject)

    def act(self, by: Actor) -> object:
        successor = distributor_coded(self.cleaned_data["successor"], self.paths, "successor")
        if successor.status != DistributorStatus.ACTIVE:
            raise InvalidField(field="successor", reason=_t("must be active"))
        return hand_over_bindings(
            from_id=self.subject.id,
            to_id=successor.id,
            reason=self.cleaned_data["reason"],
            by=by,
        )


class Suspend(Ask, WithReason):
    """No commission until further notice."""

    title = _("Suspend this distributor?")
    confirm = _("Suspend")
    tone = "danger"
    done = _("The distributor is suspended.")

    @property
    def text(self) -> str:
        return _t("Earns nothing until the suspension ends. Customers and links stay.")

    def act(self, by: Actor) -> object:
        return actions.suspend(distributor=self.subject, by=by, reason=self.cleaned_data["reason"])


class Reactivate(Ask, WithReason):
    """The end of a suspension."""

    title = _("End the suspension?")
    confirm = _("End the suspension")
    done = _("The distributor may earn again.")

    def act(self, by: Actor) -> object:
        return actions.reactivate(
            distributor=self.subject, by=by, reason=self.cleaned_data["reason"]
        )


class Leave(Ask, WithReason):
    """For good."""

    title = _("Leaves for good?")
    confirm = _("Let go")
    tone = "danger"
    done = _("The distributor has left.")
    successor = DistributorCodeField(
        label=_("Successor (code)"),
        required=False,
        help_text=_("Takes the customers over. Empty: their bindings end."),
    )
    field_order = ("successor", "reason")

    @property
    def text(self) -> str:
        return _t("Keeps what was earned. This cannot be taken back.")

    def act(self, by: Actor) -> object:
        code = self.cleaned_data["successor"].strip()
        successor = distributor_coded(code, self.paths, "successor") if code else None
        return actions.leave(
            distributor=self.subject,
            successor=successor,
            by=by,
            reason=self.cleaned_data["reason"],
        )


ASKS: Final[dict[str, type[Any]]] = {
    "describe": Describe,
    "home": MoveHome,
    "upline": SetUpline,
    "account": Account,
    "grant": Grant,
    "end-grant": EndGrant,
    "hand-over": HandOver,
    "suspend": Suspend,
    "reactivate": Reactivate,
    "leave": Leave,
}


def allowed_asks(distributor: Distributor) -> frozenset[str]:
    """What may be done as the distributor stands."""
    if distributor.status == DistributorStatus.LEFT:
        return frozenset({"hand-over"})
    other = "suspend" if distributor.status == DistributorStatus.SUSPENDED else "reactivate"
    return frozenset(ASKS) - {other}


def checked_ask(name: str, distributor: Distributor) -> type[Any]:
    """The dialog of a name. Raises NotFound, also for what may not be done now."""
    if name not in allowed_asks(distributor):
        raise NotFound(kind="act", ref=name)
    return ASKS[name]
