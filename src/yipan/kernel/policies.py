"""Versioned policies: set per organisation, inherited by its subtree, never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Max
from django.utils.translation import gettext as _

from yipan.kernel import audit, clock, config_cache
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import PolicyVersion
from yipan.kernel.uow import unit_of_work

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force. `id` is None for the built-in defaults (version 0)."""

    id: int | None
    kind: str
    organisation_id: int | None
    version: int
    valid_from: datetime | None
    data: Mapping[str, Any]


def policy_in_force(*, kind: str, organisation_ids: Sequence[int], at: datetime) -> Policy:
    """The policy for an organisation at a moment.

    `organisation_ids` are the organisation and its ancestors, nearest first: the nearest one that
    has a version in force decides. Without any, the defaults: version 0 with no data.
    """
    by_organisation = config_cache.cached(f"policies:{kind}", lambda: _load(kind))
    for organisation_id in organisation_ids:
        for policy in by_organisation.get(organisation_id, ()):
            if policy.valid_from is not None and policy.valid_from <= at:
                return policy
    return Policy(None, kind, None, 0, None, {})


def settings_of(policy: type[S], data: Mapping[str, Any]) -> S:
    """A policy's dataclass of JSON-able data; what is left out has its default.

    Raises InvalidField for a setting that there is not, and what the dataclass itself raises.
    """
    known = {field.name for field in fields(policy)}  # type: ignore[arg-type]
    for name in data:
        if name not in known:
            raise InvalidField(field=name, reason=_("there is no such setting"))
    return policy(**data)


def check_whole(field: str, value: object, least: int, most: int) -> None:
    """Raises InvalidField for what is no whole number between two."""
    if type(value) is not int or not least <= value <= most:
        reason = _("must be %(least)d to %(most)d") % {"least": least, "most": most}
        raise InvalidField(field=field, reason=reason)


def _load(kind: str) -> dict[int, list[Policy]]:
    found: dict[int, list[Policy]] = {}
    rows = PolicyVersion.objects.filter(kind=kind).order_by("-valid_from", "-version")
    for row in rows:
        policy = Policy(
            row.id, kind, row.organisation_id, row.version, row.valid_from, dict(row.data)
        )
        found.setdefault(row.organisation_id, []).append(policy)
    return found


def set_policy(
    *,
    kind: str,
    organisation_id: int,
    data: Mapping[str, Any],
    by: Actor,
    reason: str = "",
    valid_from: datetime | None = None,
) -> PolicyVersion:
    """Write a new version; the caller has validated `data`.

    Takes effect at `valid_from` (default: now; never in the past, so that no decision already
    taken could have been another). Raises InvalidField.
    """
    now = clock.now()
    moment = valid_from or now
    if moment < now:
        raise InvalidField(field="valid_from", reason=_("must not be in the past"))
    with unit_of_work():
        # Locks the tenant's row: versions are counted one by one.
        config_cache.configuration_changed()
        earlier = PolicyVersion.objects.filter(kind=kind, organisation_id=organisation_id)
        version = (earlier.aggregate(last=Max("version"))["last"] or 0) + 1
        before = earlier.order_by("-version").first()
        row: PolicyVersion = PolicyVersion.objects.create(
            kind=kind,
            organisation_id=organisation_id,
            version=version,
            valid_from=moment,
            data=dict(data),
            changed_by=str(by),
            reason=reason,
            created_at=now,
        )
        audit.record(
            action=f"policies.{kind}",
            subject_type="policy",
            subject_id=row.id,
            organisation_id=organisation_id,
            before=before.data if before else {},
            after=row.data,
            by=by,
            reason=reason,
        )
    return row
