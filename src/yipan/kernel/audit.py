"""The audit trail: append-only, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yipan.kernel import clock, uow
from yipan.kernel.actor import Actor
from yipan.kernel.events import to_json
from yipan.kernel.ids import next_id
from yipan.kernel.models import AuditEntry
from yipan.kernel.tenancy import current_tenant_id

_COLUMNS = (
    "id",
    "tenant_id",
    "at",
    "actor",
    "action",
    "subject_type",
    "subject_id",
    "organisation_id",
    "before",
    "after",
    "reason",
)


def record(
    *,
    action: str,
    subject_type: str,
    subject_id: int,
    by: Actor,
    organisation_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down who did what, inside the running unit of work. No personal secrets in values."""
    row = (
        next_id(),
        current_tenant_id(),
        clock.now(),
        str(by),
        action,
        subject_type,
        subject_id,
        organisation_id,
        to_json(dict(before or {})),
        to_json(dict(after or {})),
        reason,
    )
    uow.append(AuditEntry, _COLUMNS, row)
