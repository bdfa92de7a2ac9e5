"""Asking for a payout, and deciding on it before it is handed over."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.events import announce
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.payouts.withdrawals.actions import steps
from yipan.payouts.withdrawals.actions.cards import locked_payee
from yipan.payouts.withdrawals.errors import (
    CardNotVerified,
    CardRemoved,
    HolderNameDiffers,
    ReasonMissing,
    TaxAboveGross,
)
from yipan.payouts.withdrawals.events import (
    WithdrawalApproved,
    WithdrawalCancelled,
    WithdrawalRejected,
    WithdrawalRequested,
)
from yipan.payouts.withdrawals.models import BankCard, Payee, Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.queries import payer_of, policy_for, requested_today
from yipan.payouts.withdrawals.rules.policy import WithdrawalPolicy
from yipan.payouts.withdrawals.taxes.registry import TaxCase, Withholding, tax_method_for


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request of an amount would bring. Amounts in fen."""

    gross: int
    tax: int
    net: int
    currency: str
    needs_approval: bool
    tax_method: str
    withholding: Withholding
    policy: WithdrawalPolicy
    payer_id: int


def quote_withdrawal(*, distributor: Distributor, amount: int) -> Quote:
    """What is withheld of an amount and what arrives; changes nothing.

    Raises BelowMinimum, AboveMaximum.
    """
    now = clock.now()
    node = tree().node(distributor.organisation_id)
    policy = policy_for(node.lineage, now)
    policy.check_amount(amount)
    currency = Tenant.objects.values_list("currency", flat=True).get(id=current_tenant_id())
    method = tax_method_for(distributor.kind)
    case = TaxCase(distributor.id, distributor.kind, amount, currency, now)
    withholding = method.withhold(case)
    if not 0 <= withholding.tax < amount:
        message = f"{method.code} withholds {withholding.tax} of {amount}"
        raise TaxAboveGross(message)
    return Quote(
        gross=amount,
        tax=withholding.tax,
        net=amount - withholding.tax,
        currency=currency,
        needs_approval=policy.needs_approval(amount),
        tax_method=f"{method.code}/{method.version}",
        withholding=withholding,
        policy=policy,
        payer_id=payer_of(node, policy),
    )


def request_withdrawal(
    *, distributor: Distributor, card: BankCard, amount: int, by: Actor
) -> Withdrawal:
    """Reserve `amount` fen of a distributor's available commission for a payout to their card.

    Up to the policy's limit it is approved at once. Requests of one distributor wait for each
    other, so neither the balance nor the number per day is ever overdrawn.

    Raises NameNotVerified, CardNotVerified, CardRemoved, HolderNameDiffers, BelowMinimum,
    AboveMaximum, TooManyToday, InsufficientBalance.
    """
    quote = quote_withdrawal(distributor=distributor, amount=amount)
    with unit_of_work():
        payee = locked_payee(distributor.id)
        card = _usable(card, distributor, payee)
        quote.policy.check_count(requested_today(distributor.id))
        withdrawal = _written(distributor, card, quote, by)
        steps.book_request(withdrawal)
        steps.write_steps([withdrawal.id], before="", to=WithdrawalState.REQUESTED, by=by)
        announce(WithdrawalRequested(steps.snapshot(withdrawal), at=withdrawal.requested_at))
        if not quote.needs_approval:
            _approve(withdrawal, by=SYSTEM, reason="")
    return withdrawal


def _usable(card: BankCard, distributor: Distributor, payee: Payee) -> BankCard:
    found: BankCard = BankCard.objects.get(id=card.id, distributor=distributor)
    if found.removed_at is not None:
        raise CardRemoved
    if found.verified_at is None:
        raise CardNotVerified
    if found.holder_index != payee.name_index:
        raise HolderNameDiffers
    return found


def _written(distributor: Distributor, card: BankCard, quote: Quote, by: Actor) -> Withdrawal:
    created: Withdrawal = Withdrawal.objects.create(
        distributor=distributor,
        card=card,
        payer_id=quote.payer_id,
        reference=_new_reference(clock.now()),
        provider=quote.policy.provider,
        state=WithdrawalState.REQUESTED,
        currency=quote.currency,
        gross=quote.gross,
        tax=quote.tax,
        net=quote.net,
        tax_method=quote.tax_method,
        tax_details=dict(quote.withholding.details),
        needs_approval=quote.needs_approval,
        requested_at=clock.now(),
        requested_by=str(by),
        requesters=sorted(by.people),
    )
    return created


def _new_reference(now: datetime) -> str:
    # Day, then 64 random bits: unique over all tenants and deployments that share a merchant.
    return f"W{now:%Y%m%d}{secrets.token_hex(8).upper()}"


def approve_withdrawal(*, withdrawal_id: int, by: Actor, reason: str = "") -> Withdrawal:
    """Let a payout be made, as a second person.

    Raises NotFound, WrongState, NotASecondPerson.
    """
    with unit_of_work():
        withdrawal = steps.locked(withdrawal_id)
        steps.check_second(withdrawal, by)
        _approve(withdrawal, by=by, reason=reason)
        _audit("withdrawals.approve", withdrawal, by, reason)
    return withdrawal


def _approve(withdrawal: Withdrawal, *, by: Actor, reason: str) -> None:
    to = WithdrawalState.APPROVED
    steps.move(withdrawal, to=to, by=by, reason=reason, approved_by=str(by))
    announce(WithdrawalApproved(steps.snapshot(withdrawal), at=clock.now(), reason=reason))


def reject_withdrawal(*, withdrawal_id: int, by: Actor, reason: str) -> Withdrawal:
    """Say no, as a second person, before it is handed over; the money is available again.

    Raises NotFound, ReasonMissing, WrongState, NotASecondPerson.
    """
    if not reason.strip():
        raise ReasonMissing
    now = clock.now()
    with unit_of_work():
        withdrawal = steps.locked(withdrawal_id)
        steps.check_second(withdrawal, by)
        to = WithdrawalState.REJECTED
        steps.move(withdrawal, to=to, by=by, reason=reason, ended_at=now)
        steps.book_ending(withdrawal, now)
        announce(WithdrawalRejected(steps.snapshot(withdrawal), at=now, reason=reason))
        _audit("withdrawals.reject", withdrawal, by, reason)
    return withdrawal


def cancel_withdrawal(*, withdrawal_id: int, by: Actor, reason: str = "") -> Withdrawal:
    """Take a request back before it is handed over; the money is available again.

    Raises NotFound, WrongState.
    """
    now = clock.now()
    with unit_of_work():
        withdrawal = steps.locked(withdrawal_id)
        to = WithdrawalState.CANCELLED
        steps.move(withdrawal, to=to, by=by, reason=reason, ended_at=now)
        steps.book_ending(withdrawal, now)
        announce(WithdrawalCancelled(steps.snapshot(withdrawal), at=now, reason=reason))
        _audit("withdrawals.cancel", withdrawal, by, reason)
    return withdrawal


def _audit(action: str, withdrawal: Withdrawal, by: Actor, reason: str) -> None:
    audit.record(
        action=action,
        subject_type="withdrawal",
        subject_id=withdrawal.id,
        organisation_id=withdrawal.distributor.organisation_id,
        after={"state": str(withdrawal.state), "gross": withdrawal.gross},
        by=by,
        reason=reason,
    )
