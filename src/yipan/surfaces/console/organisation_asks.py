"""What is done to an organisation from its page, and what is asked before."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yipan.group.organisations import actions, rules
from yipan.group.organisations.models import Level
from yipan.group.organisations.queries import Node, organisation_in, tree
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError
from yipan.surfaces.console.asks import Ask, WithReason


def _fits(level: str, parent_level: str) -> bool:
    try:
        rules.check_place(level=level, parent_level=parent_level)
    except DomainError:
        return False
    return True


def levels_below(level: str) -> list[tuple[str, str]]:
    """The levels that may hang under one, with their names."""
    return [(each.value, str(each.label)) for each in Level if _fits(each.value, level)]


def stores_below(organisation_id: int) -> int:
    """How many open stores an organisation has, itself included."""
    nodes = tree().subtree(organisation_id)
    return sum(1 for node in nodes if node.level == Level.STORE and node.is_active)


class Described(forms.Form):
    """Name and place."""

    name = forms.CharField(label=_("Name"), max_length=120)
    city = forms.CharField(label=_("City"), max_length=60, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)


class Create(Ask, Described):
    """A new organisation under this one."""

    title = _("New organisation")
    confirm = _("Create")
    done = _("The organisation was created.")
    level = forms.ChoiceField(label=_("Level"))
    code = forms.CharField(
        label=_("Organisation code"), max_length=40, help_text=_("Cannot be changed later.")
    )
    field_order = ("level", "code", "name", "city", "address")

    def arrange(self) -> None:
        self.fields["level"].choices = levels_below(self.subject.level)  # type: ignore[attr-defined]

    @property
    def text(self) -> str:
        return _t("Under %s.") % str(self.subject)

    def act(self, by: Actor) -> object:
        return actions.create_organisation(parent=self.subject, by=by, **self.cleaned_data)


class Describe(Ask, Described):
    """Another name or place."""

    title = _("Change name and place")
    confirm = _("Save")
    done = _("Saved.")

    def arrange(self) -> None:
        for name in ("name", "city", "address"):
            self.fields[name].initial = getattr(self.subject, name)

    def act(self, by: Actor) -> object:
        return actions.describe_organisation(organisation=self.subject, by=by, **self.cleaned_data)


class Switch(Ask):
    """Distribution on or off."""

    done = _("The switch was turned.")
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Is written into the audit trail."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def arrange(self) -> None:
        self.turns_on = not self.subject.distribution_on

    @property
    def title(self) -> str:  # type: ignore[override]
        words = _t("Switch distribution on?") if self.turns_on else _t("Switch distribution off?")
        return f"{self.subject.name}: {words}"

    @property
    def confirm(self) -> str:  # type: ignore[override]
        return _t("Turn on") if self.turns_on else _t("Turn off")

    @property
    def tone(self) -> str:  # type: ignore[override]
        return "normal" if self.turns_on else "danger"

    @property
    def text(self) -> str:
        count = stores_below(self.subject.id)
        if not self.turns_on:
            return (
                ngettext(
                    "%d open store no longer distributes; links stay, and earn nothing.",
                    "%d open stores no longer distribute; links stay, and earn nothing.",
                    count,
                )
                % count
            )
        off = off_above(tree().node(self.subject.id))
        if off is not None:
            return _t("Has no effect yet: %s is switched off or closed.") % off.name
        return (
            ngettext(
                "%d open store distributes again, where its own switch is on.",
                "%d open stores distribute again, where their own switch is on.",
                count,
            )
            % count
        )

    def act(self, by: Actor) -> object:
        return actions.switch_distribution(
            organisation=self.subject, on=self.turns_on, by=by, reason=self.cleaned_data["reason"]
        )


def off_above(node: Node) -> Node | None:
    """The nearest ancestor from which distribution is not effective."""
    nodes = tree().by_id
    for ancestor_id in node.lineage[1:]:
        if not nodes[ancestor_id].distribution_effective:
            return nodes[ancestor_id]
    return None


class Move(Ask, WithReason):
    """Under another parent."""

    title = _("Move")
    confirm = _("Move")
    done = _("The organisation was moved.")
    to_parent = forms.TypedChoiceField(label=_("New parent"), coerce=int)
    field_order = ("to_parent", "reason")

    def arrange(self) -> None:
        self.fields["to_parent"].choices = [  # type: ignore[attr-defined]
            (node.id, f"{node.name} ({node.code})")
            for node in tree().by_id.values()
            if node.is_active
            and node.id != self.subject.parent_id
            and node.path.startswith(self.paths)
            and not node.path.startswith(self.subject.path)
            and _fits(self.subject.level, node.level)
        ]

    @property
    def text(self) -> str:
        return _t(
            "Everything below %s moves along. What happened so far stays where it happened."
        ) % str(self.subject)

    def act(self, by: Actor) -> object:
        target = organisation_in(self.cleaned_data["to_parent"], self.paths)
        return actions.move_organisation(
            organisation=self.subject, to_parent=target, by=by, reason=self.cleaned_data["reason"]
        )


class Close(Ask, WithReason):
    """Closed until it is opened again."""

    title = _("Close this organisation?")
    confirm = _("Close it")
    tone = "danger"
    done = _("The organisation was closed.")

    @property
    def text(self) -> str:
        return _t("Nothing is sold or distributed at %s any more. Its history stays.") % (
            str(self.subject)
        )

    def act(self, by: Actor) -> object:
        return actions.close_organisation(
            organisation=self.subject, by=by, reason=self.cleaned_data["reason"]
        )


class Reopen(Ask, WithReason):
    """Open again."""

    title = _("Open it again?")
    confirm = _("Open again")
    done = _("The organisation is open again.")

    def act(self, by: Actor) -> object:
        return actions.reopen_organisation(
            organisation=self.subject, by=by, reason=self.cleaned_data["reason"]
        )


ASKS: Final[dict[str, type[Any]]] = {
    "create": Create,
    "describe": Describe,
    "switch": Switch,
    "move": Move,
    "close": Close,
    "reopen": Reopen,
}
