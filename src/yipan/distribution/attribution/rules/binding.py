"""When a member comes to belong to a distributor (attribution.md, Resolution 5).

A binding is never edited: each change is a new row that says who, from whom and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from yipan.distribution.attribution.rules.facts import BindingFact
from yipan.distribution.attribution.rules.policy import AttributionPolicy, BindOn


class BindingTrigger(StrEnum):
    """What happened that may bind a member."""

    TOUCH = "touch"
    PURCHASE = "purchase"


class BindingChangeKind(StrEnum):
    """How the new binding follows from what was."""

    BOUND = "bound"
    """The member belonged to nobody."""
    RENEWED = "renewed"
    """The same distributor, for longer."""
    TAKEN_OVER = "taken_over"
    """From another distributor, whose protection had ended."""


@dataclass(frozen=True, slots=True)
class BindingChange:
    """The binding to be written, and what it replaces."""

    kind: BindingChangeKind
    distributor_id: int
    bound_at: datetime
    valid_until: datetime | None
    """None: for ever."""
    protected_until: datetime | None
    """None: not protected."""
    previous_binding_id: int | None = None
    previous_distributor_id: int | None = None

    def to_data(self) -> dict[str, object]:
        """JSON-able, for the log of the change."""
        return {
            "kind": str(self.kind),
            "distributor_id": self.distributor_id,
            "bound_at": self.bound_at.isoformat(),
            "valid_until": self.valid_until and self.valid_until.isoformat(),
            "protected_until": self.protected_until and self.protected_until.isoformat(),
            "previous_binding_id": self.previous_binding_id,
            "previous_distributor_id": self.previous_distributor_id,
        }


_TRIGGER_OF: Final[Mapping[BindOn, BindingTrigger | None]] = MappingProxyType(
    {
        BindOn.NEVER: None,
        BindOn.FIRST_TOUCH: BindingTrigger.TOUCH,
        BindOn.FIRST_PURCHASE: BindingTrigger.PURCHASE,
    }
)


def next_binding(
    policy: AttributionPolicy,
    current: BindingFact | None,
    trigger: BindingTrigger,
    winner: int | None,
    at: datetime,
) -> BindingChange | None:
    """The change a touch or purchase makes to a member's binding; None if it makes none.

    `current` is the member's newest binding, `winner` the distributor who was touched (if eligible,
    see `why_not_eligible`) or credited, `at` the moment of the touch or purchase. Nothing happens
    for a trigger the policy does not bind on, for one that is no later than the current binding
    (so the same one twice binds once), and while another distributor is protected. A renewal never
    shortens a term.
    """
    if winner is None or _TRIGGER_OF[policy.bind_on] != trigger:
        return None
    if current is not None and current.bound_at >= at:
        return None
    if current is None or not current.is_live(at):
        return BindingChange(BindingChangeKind.BOUND, winner, at, *_terms(policy, at))
    if current.distributor_id == winner:
        return _renewal(policy, current, at)
    if current.is_protected(at):
        return None
    return BindingChange(
        BindingChangeKind.TAKEN_OVER,
        winner,
        at,
        *_terms(policy, at),
        previous_binding_id=current.id,
        previous_distributor_id=current.distributor_id,
    )


def _terms(policy: AttributionPolicy, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Until when a binding made now is valid and protected."""
    valid_until = at + timedelta(days=policy.binding_days) if policy.binding_days else None
    protected_until = (
        at + timedelta(days=policy.protection_days) if policy.protection_days else None
    )
    return valid_until, protected_until


def _renewal(policy: AttributionPolicy, current: BindingFact, at: datetime) -> BindingChange | None:
    valid_until, protected_until = _terms(policy, at)
    if valid_until is not None and current.valid_until is not None:
        valid_until = max(valid_until, current.valid_until)
    else:
        valid_until = None
    if protected_until is None:
        protected_until = current.protected_until
    elif current.protected_until is not None:
        protected_until = max(protected_until, current.protected_until)
    if (valid_until, protected_until) == (current.valid_until, current.protected_until):
        return None
    return BindingChange(
        BindingChangeKind.RENEWED,
        current.distributor_id,
        at,
        valid_until,
        protected_until,
        previous_binding_id=current.id,
        previous_distributor_id=current.distributor_id,
    )
