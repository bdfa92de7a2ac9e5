"""The checkout policy: freight, and how much may be bought at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from yipan.kernel import policies
from yipan.kernel.actor import Actor
from yipan.kernel.models import PolicyVersion

KIND: Final = "checkout"
_MOST_FEN: Final = 10_000_000
MOST_UNITS: Final = 9_999


@dataclass(frozen=True, slots=True)
class CheckoutPolicy:
    """Checked when made; raises InvalidField, which names the field that is wrong."""

    freight: int = 1_000
    """Fen for the delivery of an order, 0 to ¥100,000."""
    free_from: int | None = 9_900
    """Fen of goods from which delivery is free; None: never."""
    most_units: int = 99
    """1–9,999: units of one SKU in one order."""

    def __post_init__(self) -> None:
        policies.check_whole("freight", self.freight, 0, _MOST_FEN)
        if self.free_from is not None:
            policies.check_whole("free_from", self.free_from, 0, _MOST_FEN)
        policies.check_whole("most_units", self.most_units, 1, MOST_UNITS)

    def freight_of(self, goods: int) -> int:
        """Fen for delivering goods of this amount."""
        free = self.free_from is not None and goods >= self.free_from
        return 0 if free else self.freight

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The policy of JSON-able data; what is left out has its default. Raises InvalidField."""
        return policies.settings_of(cls, data)


def policy_for(lineage: Sequence[int], at: datetime) -> CheckoutPolicy:
    """The policy in force for an organisation, given with its ancestors, nearest first."""
    found = policies.policy_in_force(kind=KIND, organisation_ids=lineage, at=at)
    return CheckoutPolicy.from_data(found.data)


def set_checkout_policy(
    *,
    organisation_id: int,
    data: Mapping[str, Any],
    by: Actor,
    reason: str = "",
    valid_from: datetime | None = None,
) -> PolicyVersion:
    """Set the whole policy of an organisation and its subtree; what is left out has its default.

    Raises InvalidField with the name of the field that is wrong.
    """
    return policies.set_policy(
        kind=KIND,
        organisation_id=organisation_id,
        data=asdict(CheckoutPolicy.from_data(data)),
        by=by,
        reason=reason,
        valid_from=valid_from,
    )
