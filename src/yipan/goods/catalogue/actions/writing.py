"""What the actions of the catalogue share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yipan.goods.catalogue.errors import ChangedAtHeadquarters
from yipan.group.organisations.queries import tree
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


def check_group_wide(within: str) -> None:
    """Refuse to change what counts everywhere to those who act for a part of the group only.

    `within` is the path of the subtree they act for; `/` stands for the platform itself. Raises
    ChangedAtHeadquarters.
    """
    if within != "/" and within != tree().root.path:
        raise ChangedAtHeadquarters


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
