"""Setting the attribution policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yipan.distribution.attribution.queries.policies import KIND
from yipan.distribution.attribution.rules import AttributionPolicy
from yipan.group.organisations.queries import tree
from yipan.kernel import policies, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.models import PolicyVersion


def set_attribution_policy(
    *,
    organisation_id: int,
    data: Mapping[str, object],
    by: Actor,
    reason: str = "",
    valid_from: datetime | None = None,
    within: str = "/",
) -> PolicyVersion:
    """Set a new version of the policy for an organisation and, where none is set, all below it.

    A setting left out has its default. Counts from `valid_from` (default: now); decisions already
    made stay as they are. Raises PolicyRefused with a problem per field, InvalidField (reason,
    valid_from in the past), NotFound (organisation; also outside of the subtree `within`).
    """
    node = tree().by_id.get(organisation_id)
    if node is None or not node.path.startswith(within):
        raise NotFound(kind="organisation", ref=organisation_id)
    return policies.set_policy(
        kind=KIND,
        organisation_id=organisation_id,
        data=AttributionPolicy.from_data(data).to_data(),
        by=by,
        reason=text.checked(reason, field="reason", most=500, required=False),
        valid_from=valid_from,
    )
