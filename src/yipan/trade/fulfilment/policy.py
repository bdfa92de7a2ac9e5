"""The fulfilment policy: when a parcel counts as received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Self

from yipan.kernel import policies
from yipan.kernel.actor import Actor
from yipan.kernel.models import PolicyVersion

KIND: Final = "fulfilment"
MOST_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class FulfilmentPolicy:
    """Checked when made; raises InvalidField, which names the field that is wrong."""

    auto_receipt_days: int = 7
    """1–90: days after shipping when a parcel counts as received if the buyer says nothing."""

    def __post_init__(self) -> None:
        policies.check_whole("auto_receipt_days", self.auto_receipt_days, 1, MOST_DAYS)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The policy of JSON-able data; what is left out has its default. Raises InvalidField."""
        return policies.settings_of(cls, data)


def policy_for(lineage: Sequence[int], at: datetime) -> FulfilmentPolicy:
    """The policy in force for an organisation, given with its ancestors, nearest first."""
    found = policies.policy_in_force(kind=KIND, organisation_ids=lineage, at=at)
    return FulfilmentPolicy.from_data(found.data)


def set_fulfilment_policy(
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
        data=asdict(FulfilmentPolicy.from_data(data)),
        by=by,
        reason=reason,
        valid_from=valid_from,
    )
