"""The attribution policy in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import QuerySet

from yipan.distribution.attribution.rules import AttributionPolicy
from yipan.kernel import config_cache
from yipan.kernel.models import PolicyVersion
from yipan.kernel.policies import Policy, policy_in_force

KIND: Final = "attribution"


class PolicyInForce(NamedTuple):
    """The settings, and the version they come from."""

    settings: AttributionPolicy
    version: Policy
    """Its `id` is None for the built-in defaults."""


def attribution_policy(*, lineage: Sequence[int], at: datetime) -> PolicyInForce:
    """The policy of an organisation at a moment: its own or the nearest ancestor's (cached).

    `lineage` are the ids of the organisation and its ancestors, nearest first.
    """
    version = policy_in_force(kind=KIND, organisation_ids=lineage, at=at)
    if version.id is None:
        return PolicyInForce(AttributionPolicy(), version)
    settings = config_cache.cached(
        f"attribution:{version.id}", lambda: AttributionPolicy.from_data(version.data)
    )
    return PolicyInForce(settings, version)


def policy_versions(organisation_id: int) -> QuerySet[PolicyVersion]:
    """The versions set for one organisation, newest first (index: policy_version)."""
    found: QuerySet[PolicyVersion] = PolicyVersion.objects.filter(
        kind=KIND, organisation_id=organisation_id
    )
    return found.order_by("-version")
