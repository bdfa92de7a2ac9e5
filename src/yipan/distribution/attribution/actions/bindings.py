"""Changing by hand to whom members belong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from yipan.distribution.attribution.actions.rows import BINDING_COLUMNS, FIRST_COMES
from yipan.distribution.attribution.errors import BindingChanged, NotBound
from yipan.distribution.attribution.models import Binding, BindingKind
from yipan.distribution.attribution.queries.bindings import (
    LIVE_OF_DISTRIBUTOR,
    live_fact,
    member_is_in_reach,
)
from yipan.distribution.attribution.queries.facts import Known, known_distributors, last_bindings
from yipan.distribution.attribution.queries.policies import attribution_policy
from yipan.distribution.attribution.rules import BindingStep
from yipan.distribution.distributors.errors import DistributorNotActive
from yipan.distribution.distributors.models import DistributorStatus
from yipan.distribution.distributors.rules import normalised_code
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_REASON: Final = 500
_CHUNK: Final = 50_000
"""Bindings handed over by one statement."""


class _Change(NamedTuple):
    """A change of one member's binding by an operator."""

    member_id: int
    last: BindingStep | None
    kind: BindingKind
    distributor_id: int | None
    valid_until: datetime | None
    protected_until: datetime | None


def bind_member(
    *,
    member_id: int,
    distributor: str,
    reason: str,
    by: Actor,
    valid_until: datetime | None = None,
    within: str = "/",
) -> BindingStep:
    """Give a member to a distributor (by code), whoever they belonged to before.

    Without `valid_until` the terms are those of the policy at the distributor's home; protection
    is the policy's in any case. Raises InvalidField (reason, valid_until), NotFound (member or
    distributor, also one that the subtree `within` does not know, or whose present holder is not at
    home in it), DistributorNotActive, BindingChanged.
    """
    reason = text.checked(reason, field="reason", most=_REASON)
    now = clock.now()
    if valid_until is not None and valid_until <= now:
        raise InvalidField(field="valid_until", reason=_("must be in the future"))
    with unit_of_work():
        holder = _last_within(member_id, within, now)
        owner = _active_distributor(distributor, within)
        lineage = tree().node(owner.organisation_id).lineage
        policy = attribution_policy(lineage=lineage, at=now).settings
        if valid_until is None and policy.binding_days:
            valid_until = now + timedelta(days=policy.binding_days)
        protection = timedelta(days=policy.protection_days)
        protected_until = now + protection if policy.protection_days else None
        change = _Change(
            member_id, holder, BindingKind.ASSIGNED, owner.id, valid_until, protected_until
        )
        return _write(change, reason=reason, by=by, now=now)


def unbind_member(*, member_id: int, reason: str, by: Actor, within: str = "/") -> BindingStep:
    """Take a member's binding off: they belong to nobody until something binds them again.

    Raises InvalidField (reason), NotFound (member, also one that the subtree `within` does not know
    or whose holder is not at home in it), NotBound, BindingChanged.
    """
    reason = text.checked(reason, field="reason", most=_REASON)
    now = clock.now()
    with unit_of_work():
        holder = _last_within(member_id, within, now)
        if holder is None or live_fact(holder, now) is None:
            raise NotBound(member_id=member_id)
        change = _Change(member_id, holder, BindingKind.TAKEN_OFF, None, None, None)
        return _write(change, reason=reason, by=by, now=now)


def hand_over_bindings(
    *, from_id: int, to_id: int | None, reason: str, by: Actor, at: datetime | None = None
) -> int:
    """Give all members who belong to one distributor to another; how many there were.

    Every binding keeps its terms; with `to_id` None it is taken off. Set-based: two statements per
    50,000 members. A member whom somebody else changes at the same moment is looked at again.
    Raises InvalidField (reason, the same distributor).
    """
    reason = text.checked(reason, field="reason", most=_REASON)
    if from_id == to_id:
        raise InvalidField(field="successor", reason=_("must be somebody else"))
    now = clock.now()
    moment = at or now
    moved = 0
    with unit_of_work():
        while True:
            params = (current_tenant_id(), from_id, moment, _CHUNK)
            rows = sql.fetch(LIVE_OF_DISTRIBUTOR, params)
            if not rows:
                break
            changes = [_handed_over(row, to_id) for row in rows]
            moved += _insert(changes, reason=reason, by=by, at=moment, now=now)
        audit.record(
            action="attribution.hand_over",
            subject_type="distributor",
            subject_id=from_id,
            after={"successor_id": to_id, "members": moved},
            by=by,
            reason=reason,
        )
    return moved


def _handed_over(row: tuple[Any, ...], to_id: int | None) -> _Change:
    step = BindingStep(*row)
    if to_id is None:
        return _Change(step.member_id, step, BindingKind.TAKEN_OFF, None, None, None)
    return _Change(
        step.member_id,
        step,
        BindingKind.HANDED_OVER,
        to_id,
        step.valid_until,
        step.protected_until,
    )


def _last_within(member_id: int, within: str, now: datetime) -> BindingStep | None:
    """The last binding of a member in reach.

    Raises NotFound where the subtree does not know the member, or the live binding is to somebody
    outside of it.
    """
    if not member_is_in_reach(member_id, within):
        raise NotFound(kind="member", ref=member_id)
    last = last_bindings([member_id]).get(member_id)
    if last is None or live_fact(last, now) is None or last.distributor_id is None:
        return last
    known, _codes = known_distributors(ids=[last.distributor_id])
    if not tree().within(known[last.distributor_id].organisation_id, within):
        raise NotFound(kind="member", ref=member_id)
    return last


def _active_distributor(code: str, within: str) -> Known:
    known, id_of = known_distributors(codes=[normalised_code(code)])
    found = known.get(next(iter(id_of.values()), 0))
    if found is None or not tree().within(found.organisation_id, within):
        raise NotFound(kind="distributor", ref=code)
    if found.status != DistributorStatus.ACTIVE:
        raise DistributorNotActive(field="distributor", value=code, state=found.status)
    return found


def _write(change: _Change, *, reason: str, by: Actor, now: datetime) -> BindingStep:
    last = change.last
    at = max(now, last.bound_at) if last else now
    if not _insert([change], reason=reason, by=by, at=at, now=now):
        raise BindingChanged(member_id=change.member_id)
    audit.record(
        action=f"attribution.{change.kind.value}",
        subject_type="member",
        subject_id=change.member_id,
        before={"distributor_id": last.distributor_id if last else None},
        after={"distributor_id": change.distributor_id},
        by=by,
        reason=reason,
    )
    return last_bindings([change.member_id])[change.member_id]


def _insert(
    changes: Sequence[_Change], *, reason: str, by: Actor, at: datetime, now: datetime
) -> int:
    """Write changes of different members; how many were not overtaken by somebody else's."""
    tenant_id = current_tenant_id()
    ids = [next_id()] if len(changes) == 1 else next_ids(len(changes))
    rows = []
    for id_, change in zip(ids, sorted(changes, key=lambda each: each.member_id), strict=True):
        last = change.last
        row = (
            id_, tenant_id, change.member_id, last.sequence + 1 if last else 1,
            change.distributor_id, change.kind.value, max(at, last.bound_at) if last else at,
            change.valid_until, change.protected_until, last.id if last else None, None, None,
            str(by), reason, now,
        )  # fmt: skip
        rows.append(row)
    return sql.insert(Binding, BINDING_COLUMNS, rows, suffix=FIRST_COMES)
