"""The one way in which a withdrawal changes its state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from yipan.distribution.commissions.accounts import AVAILABLE, IN_WITHDRAWAL
from yipan.kernel import clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.ledger.kinds import AccountKind
from yipan.payouts.withdrawals.errors import WrongState
from yipan.payouts.withdrawals.events import WithdrawalSnapshot
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState, WithdrawalStep
from yipan.payouts.withdrawals.rules.approval import check_second_person

_S = WithdrawalState
COMES_FROM: Final[Mapping[WithdrawalState, frozenset[WithdrawalState]]] = MappingProxyType(
    {
        _S.APPROVED: frozenset({_S.REQUESTED}),
        _S.REJECTED: frozenset({_S.REQUESTED, _S.APPROVED}),
        _S.CANCELLED: frozenset({_S.REQUESTED, _S.APPROVED}),
        _S.SUBMITTED: frozenset({_S.APPROVED, _S.UNKNOWN}),
        _S.UNKNOWN: frozenset({_S.SUBMITTED}),
        _S.SUCCEEDED: frozenset({_S.SUBMITTED, _S.UNKNOWN}),
        _S.FAILED: frozenset({_S.SUBMITTED, _S.UNKNOWN}),
    }
)
MOST_REASON: Final = 300
_STEP: Final = ("id", "tenant_id", "withdrawal_id", "from_state", "to_state", "at", "by", "reason")


def locked(withdrawal_id: int) -> Withdrawal:
    """The withdrawal as it stands now, locked until the unit of work ends. Raises NotFound."""
    found: Withdrawal | None = (
        Withdrawal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("distributor", "card")
        .filter(id=withdrawal_id)
        .first()
    )
    if found is None:
        raise NotFound(kind="withdrawal", ref=withdrawal_id)
    return found


def check_second(withdrawal: Withdrawal, by: Actor) -> None:
    """Raises NotASecondPerson unless somebody else than who asked or is paid decides."""
    check_second_person(
        by,
        requested_by=withdrawal.requested_by,
        requesters=withdrawal.requesters,
        person_id=withdrawal.distributor.person_id,
    )


def move(
    withdrawal: Withdrawal,
    *,
    to: WithdrawalState,
    by: Actor,
    reason: str = "",
    approved_by: str | None = None,
    ended_at: datetime | None = None,
) -> None:
    """Change the state of a locked withdrawal and write down who, when and why.

    Raises WrongState where that state is not reached from the present one.
    """
    before = withdrawal.state
    withdrawal.reason = reason[:MOST_REASON]
    changes: dict[str, object] = {"state": to, "reason": withdrawal.reason}
    if approved_by is not None:
        changes["approved_by"] = withdrawal.approved_by = approved_by
    if ended_at is not None:
        changes["ended_at"] = withdrawal.ended_at = ended_at
        changes["next_query_at"] = withdrawal.next_query_at = None
    moved = Withdrawal.objects.filter(id=withdrawal.id, state__in=COMES_FROM[to]).update(**changes)
    if not moved:
        raise WrongState(state=before)
    withdrawal.state = to
    write_steps([withdrawal.id], before=before, to=to, by=by, reason=withdrawal.reason)


def write_steps(
    withdrawal_ids: Sequence[int], *, before: str, to: WithdrawalState, by: Actor, reason: str = ""
) -> None:
    """Write down the same transition of any number of withdrawals."""
    tenant_id, now = current_tenant_id(), clock.now()
    rows = [
        (next_id(), tenant_id, withdrawal_id, before, to.value, now, str(by), reason)
        for withdrawal_id in withdrawal_ids
    ]
    sql.insert(WithdrawalStep, _STEP, rows)


def book_request(withdrawal: Withdrawal) -> None:
    """Reserve the money. Raises InsufficientBalance."""
    postings = _between(withdrawal, debit=AVAILABLE, credit=IN_WITHDRAWAL)
    key, at = request_key(withdrawal), withdrawal.requested_at
    post([JournalDraft(key, "withdrawal_request", at, postings)])


def book_ending(withdrawal: Withdrawal, at: datetime) -> None:
    """Make the reserved money available again."""
    book_endings([withdrawal], at)


def book_endings(withdrawals: Sequence[Withdrawal], at: datetime) -> None:
    """Make the reserved money of all of them available again."""
    post(
        [
            JournalDraft(
                outcome_key(each),
                "withdrawal_ending",
                at,
                _between(each, debit=IN_WITHDRAWAL, credit=AVAILABLE),
                request_key(each),
            )
            for each in withdrawals
        ]
    )


def _between(
    withdrawal: Withdrawal, *, debit: AccountKind, credit: AccountKind
) -> tuple[PostingDraft, ...]:
    owner, gross, currency = withdrawal.distributor_id, withdrawal.gross, withdrawal.currency
    return (
        PostingDraft(debit.name, owner, gross, currency),
        PostingDraft(credit.name, owner, -gross, currency),
    )


def request_key(withdrawal: Withdrawal) -> str:
    """Key of the journal that reserves the money."""
    return f"withdrawal:{withdrawal.id}:request"


def outcome_key(withdrawal: Withdrawal) -> str:
    """Key of the journal that ends it: the same for success and failure, so only one is booked."""
    return f"withdrawal:{withdrawal.id}:outcome"


def snapshot(withdrawal: Withdrawal) -> WithdrawalSnapshot:
    """What events say of a withdrawal."""
    return WithdrawalSnapshot(
        withdrawal_id=withdrawal.id,
        reference=withdrawal.reference,
        distributor_id=withdrawal.distributor_id,
        organisation_id=withdrawal.distributor.organisation_id,
        payer_id=withdrawal.payer_id,
        currency=withdrawal.currency,
        gross=withdrawal.gross,
        tax=withdrawal.tax,
        net=withdrawal.net,
    )
