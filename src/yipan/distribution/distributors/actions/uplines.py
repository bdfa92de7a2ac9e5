"""Who stands above whom."""

from __future__ import annotations

from yipan.distribution.distributors.actions.turn import LONGEST_REASON, in_turn
from yipan.distribution.distributors.errors import DistributorNotActive
from yipan.distribution.distributors.history import write_down
from yipan.distribution.distributors.models import Distributor, DistributorStatus
from yipan.distribution.distributors.queries import levels_below, lines_above
from yipan.distribution.distributors.rules import check_chain
from yipan.kernel import text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.uow import unit_of_work


def set_upline(
    *, distributor: Distributor, upline: Distributor | None, by: Actor, reason: str
) -> Distributor:
    """Hang a distributor, with all below, under another; None: under nobody.

    It counts for what is paid from now on. Two changes at once are made one after the other, so
    together they cannot make a cycle or too long a chain.

    Raises UplineMakesCycle, ChainTooLong, DistributorNotActive (upline), DistributorHasLeft,
    InvalidField (reason), NotFound.
    """
    why = text.checked(reason, field="reason", most=LONGEST_REASON)
    with unit_of_work():
        found = in_turn(distributor)
        upline_id = None if upline is None else upline.pk
        if found.upline_id == upline_id:
            return found
        if upline_id is not None:
            _check_upline(found, upline_id)
        before = {"upline_id": found.upline_id}
        found.upline_id = upline_id
        found.save(update_fields=["upline"])
        write_down(
            found, "set_upline", before=before, after={"upline_id": upline_id}, by=by, reason=why
        )
    return found


def _check_upline(distributor: Distributor, upline_id: int) -> None:
    upline = Distributor.objects.filter(pk=upline_id).first()
    if upline is None:
        raise NotFound(kind="distributor", ref=upline_id)
    if upline.status != DistributorStatus.ACTIVE:
        raise DistributorNotActive(field="upline_id", value=upline.code, state=upline.status)
    check_chain(
        distributor_id=distributor.id,
        code=distributor.code,
        line_above=lines_above([upline_id])[upline_id],
        levels_below=levels_below(distributor.id),
    )
