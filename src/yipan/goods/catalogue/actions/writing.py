"""What the actions of the catalogue share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yipan.kernel import audit, sql
from yipan.kernel.actor import Actor
from yipan.kernel.tenancy import current_tenant_id

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('catalogue', %s))"


def one_after_another() -> None:
    """Let changes of one catalogue wait for each other until the transaction ends.

    They are rare, touch copies in many rows (paths, words, prices), and are simple to get right
    when they do not meet. Readers and orders are not held up.
    """
    sql.fetch(_LOCK, (current_tenant_id(),))


def record(
    action: str,
    subject: Any,
    by: Actor,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a change of one row of the catalogue into the audit trail."""
    audit.record(
        action=f"catalogue.{action}",
        subject_type=subject._meta.model_name,
        subject_id=subject.pk,
        by=by,
        before=before,
        after=after,
    )
