"""Setting the withdrawal policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yipan.kernel import policies
from yipan.kernel.actor import Actor
from yipan.kernel.models import PolicyVersion
from yipan.payouts.withdrawals.errors import ProviderUnknown
from yipan.payouts.withdrawals.providers.registry import provider_codes
from yipan.payouts.withdrawals.rules.policy import KIND, WithdrawalPolicy


def set_withdrawal_policy(
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
    policy = WithdrawalPolicy.from_data(data)
    if policy.provider not in provider_codes():
        raise ProviderUnknown(allowed=", ".join(provider_codes()))
    return policies.set_policy(
        kind=KIND,
        organisation_id=organisation_id,
        data=policy.to_data(),
        by=by,
        reason=reason,
        valid_from=valid_from,
    )
