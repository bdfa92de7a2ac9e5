"""Deciding on several withdrawals at once: all of them or none.

A constant number of statements. Rows are locked in the order of their ids, so that two people who
decide at the same moment wait for each other; the second is told that it has been done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yipan.kernel import audit, clock
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work
from yipan.payouts.withdrawals.actions import steps
from yipan.payouts.withdrawals.errors import ReasonMissing, SumChanged, WrongState
from yipan.payouts.withdrawals.events import WithdrawalApproved, WithdrawalRejected
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState

MOST: Final = 500
"""Withdrawals decided on at once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody saw before they said yes."""

    count: int
    amount: int
    """Fen."""


def approve_withdrawals(
    *, withdrawal_ids: Sequence[int], shown: Shown, by: Actor, reason: str = ""
) -> list[Withdrawal]:
    """Let payouts be made, as a second person; `shown.amount` is the sum of their gross.

    Raises NotFound, SumChanged, WrongState, NotASecondPerson; then none is approved.
    """
    now = clock.now()
    with unit_of_work():
        chosen = _locked(withdrawal_ids, shown)
        _check(chosen, by, frozenset({WithdrawalState.REQUESTED}))
        _move(chosen, to=WithdrawalState.APPROVED, by=by, reason=reason, approved_by=str(by))
        announce(*(WithdrawalApproved(steps.snapshot(each), now, reason) for each in chosen))
        _audit("withdrawals.approve", chosen, by, reason)
    return chosen


def reject_withdrawals(
    *, withdrawal_ids: Sequence[int], shown: Shown, by: Actor, reason: str
) -> list[Withdrawal]:
    """Say no, as a second person, before they are handed over; the money is available again.

    Raises ReasonMissing, NotFound, SumChanged, WrongState, NotASecondPerson; then none is rejected.
    """
    if not reason.strip():
        raise ReasonMissing
    now = clock.now()
    undecided = steps.COMES_FROM[WithdrawalState.REJECTED]
    with unit_of_work():
        chosen = _locked(withdrawal_ids, shown)
        _check(chosen, by, undecided)
        _move(chosen, to=WithdrawalState.REJECTED, by=by, reason=reason, ended_at=now)
        steps.book_endings(chosen, now)
        announce(*(WithdrawalRejected(steps.snapshot(each), now, reason) for each in chosen))
        _audit("withdrawals.reject", chosen, by, reason)
    return chosen


def _locked(withdrawal_ids: Sequence[int], shown: Shown) -> list[Withdrawal]:
    wanted = sorted(set(withdrawal_ids))
    rows = Withdrawal.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("distributor").filter(id__in=wanted[:MOST]).order_by("id")
    found = list(rows)
    if len(found) != len(wanted):
        missing = set(wanted) - {each.id for each in found}
        raise NotFound(kind="withdrawal", ref=min(missing))
    if shown != Shown(len(found), sum(each.gross for each in found)):
        raise SumChanged
    return found


def _check(chosen: Sequence[Withdrawal], by: Actor, allowed: frozenset[WithdrawalState]) -> None:
    for withdrawal in chosen:
        if withdrawal.state not in allowed:
            raise WrongState(state=withdrawal.get_state_display())
        steps.check_second(withdrawal, by)


def _move(
    chosen: Sequence[Withdrawal],
    *,
    to: WithdrawalState,
    by: Actor,
    reason: str,
    approved_by: str = "",
    ended_at: datetime | None = None,
) -> None:
    """One statement for the rows, one for the steps of each state they come from."""
    told = reason[: steps.MOST_REASON]
    changes: dict[str, object] = {"state": to, "reason": told, "ended_at": ended_at}
    if approved_by:
        changes["approved_by"] = approved_by
    Withdrawal.objects.filter(id__in=[each.id for each in chosen]).update(**changes)
    for before in sorted({each.state for each in chosen}):
        ids = [each.id for each in chosen if each.state == before]
        steps.write_steps(ids, before=before, to=to, by=by, reason=told)
    for withdrawal in chosen:
        withdrawal.state, withdrawal.reason, withdrawal.ended_at = to, told, ended_at


def _audit(action: str, chosen: Sequence[Withdrawal], by: Actor, reason: str) -> None:
    for withdrawal in chosen:
        audit.record(
            action=action,
            subject_type="withdrawal",
            subject_id=withdrawal.id,
            organisation_id=withdrawal.distributor.organisation_id,
            after={"state": str(withdrawal.state), "gross": withdrawal.gross},
            by=by,
            reason=reason,
        )
