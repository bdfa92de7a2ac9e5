"""Whether a distributor may share and earn: suspended, active again, left."""

from __future__ import annotations

from yipan.distribution.distributors.actions.turn import LONGEST_REASON, in_turn
from yipan.distribution.distributors.errors import DistributorNotActive, SuccessorIsLeaver
from yipan.distribution.distributors.events import DistributorLeft, DistributorStatusChanged
from yipan.distribution.distributors.history import write_down
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.kernel import clock, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work


def suspend(*, distributor: Distributor, by: Actor, reason: str) -> Distributor:
    """Let a distributor earn nothing until further notice; relations and bindings stay.

    Raises DistributorHasLeft, InvalidField (reason).
    """
    return _switched(distributor, DistributorStatus.SUSPENDED, "suspend", by, reason)


def reactivate(*, distributor: Distributor, by: Actor, reason: str) -> Distributor:
    """Let a suspended distributor earn again. Raises DistributorHasLeft, InvalidField (reason)."""
    return _switched(distributor, DistributorStatus.ACTIVE, "reactivate", by, reason)


def leave(
    *, distributor: Distributor, successor: Distributor | None, by: Actor, reason: str
) -> Distributor:
    """A distributor leaves for good and keeps what was earned.

    The successor takes the customers over: live bindings are handed over by those who hear
    DistributorLeft; without a successor they end. The downlines do not go to the successor but one
    level up, to the leaver's upline or to nobody: that can make no cycle and no longer chain, so
    leaving never fails for what others have built, and nobody earns on a team they never led.

    Raises SuccessorIsLeaver, DistributorNotActive (successor), DistributorHasLeft,
    InvalidField (reason), NotFound.
    """
    why = text.checked(reason, field="reason", most=LONGEST_REASON)
    now = clock.now()
    with unit_of_work():
        found = in_turn(distributor)
        if successor is not None:
            _check_successor(found, successor)
        successor_id = successor.pk if successor else None
        before = {"status": found.status, "upline_id": found.upline_id}
        _hang_downlines(found, by=by)
        found.status, found.left_at, found.upline = DistributorStatus.LEFT, now, None
        found.save(update_fields=["status", "left_at", "upline"])
        after = {"status": found.status, "upline_id": None, "successor_id": successor_id}
        write_down(found, "leave", before=before, after=after, by=by, reason=why)
        announce(
            DistributorLeft(
                distributor_id=found.id,
                successor_id=successor_id,
                at=now,
                by=by,
                reason=why,
                organisation_id=found.organisation_id,
            )
        )
    return found


def _switched(
    distributor: Distributor, status: DistributorStatus, what: str, by: Actor, reason: str
) -> Distributor:
    why = text.checked(reason, field="reason", most=LONGEST_REASON)
    with unit_of_work():
        found = in_turn(distributor)
        if found.status == status:
            return found
        before = {"status": found.status}
        found.status = status
        found.save(update_fields=["status"])
        write_down(found, what, before=before, after={"status": status}, by=by, reason=why)
        event = DistributorStatusChanged(
            distributor_id=found.id,
            status=status,
            organisation_id=found.organisation_id,
            at=clock.now(),
        )
        announce(event)
    return found


def _check_successor(leaver: Distributor, successor: Distributor) -> None:
    if successor.pk == leaver.pk:
        raise SuccessorIsLeaver
    found = Distributor.objects.filter(pk=successor.pk).first()
    if found is None:
        raise NotFound(kind="distributor", ref=successor.pk)
    if found.status != DistributorStatus.ACTIVE:
        raise DistributorNotActive(field="successor_id", value=found.code, state=found.status)


def _hang_downlines(leaver: Distributor, *, by: Actor) -> None:
    """One level up, all in one statement; each has it in its history."""
    downlines = list(Distributor.objects.filter(upline=leaver).order_by("id"))
    Distributor.objects.filter(upline=leaver).update(upline=leaver.upline_id)
    for each in downlines:
        write_down(
            each,
            "set_upline",
            before={"upline_id": leaver.id},
            after={"upline_id": leaver.upline_id},
            by=by,
            reason=f"{leaver.code} left",
        )
