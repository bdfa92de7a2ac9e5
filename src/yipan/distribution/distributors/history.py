"""What changed about distributors, written beside the change: once to be shown, once for audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yipan.distribution.distributors.models import Distributor, DistributorChange
from yipan.kernel import audit, clock, uow
from yipan.kernel.actor import Actor
from yipan.kernel.events import to_json
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id

_COLUMNS: Final = (
    "id", "tenant_id", "distributor_id", "what", "before", "after", "changed_at", "changed_by",
    "reason",
)  # fmt: skip


def write_down(
    distributor: Distributor,
    what: str,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
    by: Actor,
    reason: str = "",
) -> None:
    """Have history and audit written at the end of the running unit of work."""
    row = (
        next_id(), current_tenant_id(), distributor.id, what, to_json(dict(before)),
        to_json(dict(after)), clock.now(), str(by), reason,
    )  # fmt: skip
    uow.append(DistributorChange, _COLUMNS, row)
    audit.record(
        action=f"distributors.{what}",
        subject_type="distributor",
        subject_id=distributor.id,
        organisation_id=distributor.organisation_id,
        before=before,
        after=after,
        by=by,
        reason=reason,
    )
