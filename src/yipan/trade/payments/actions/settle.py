"""Taking a provider's word: once, whoever says it how often, and never losing money on the way."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.models import Order
from yipan.trade.orders.requests import PaymentRequest
from yipan.trade.orders.rules import OrderState
from yipan.trade.payments.models import (
    LIVE_STATES,
    IntentState,
    PaymentIntent,
    Repayment,
    RepaymentState,
)
from yipan.trade.payments.providers.registry import Outcome, Settled
from yipan.trade.payments.references import new_reference

# The order first, then the intent: the order in which cancelling locks them, too.
_LOCK_ORDER: Final = """
SELECT state, number, organisation_id, placed_at FROM orders_order
 WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE
"""


class SettlementKind(StrEnum):
    """What became of a provider's word."""

    PAID = "paid"
    REPEATED = "repeated"
    """It was known before; nothing changed."""
    STRAY = "stray"
    """Money came for an order that wants none: it is recorded, and given back."""
    FAILED = "failed"
    PENDING = "pending"
    REFUSED = "refused"
    """It cannot be right, such as another amount: nothing changed but the audit."""
    UNKNOWN = "unknown"
    """No payment of ours has this reference."""


class Settlement(NamedTuple):
    """What became of a provider's word, and of which order."""

    kind: SettlementKind
    order_id: int | None = None

    @property
    def is_heard(self) -> bool:
        """Whether the provider need not say it again."""
        return self.kind not in {SettlementKind.REFUSED, SettlementKind.UNKNOWN}


def settle(*, provider: str, settled: Settled) -> Settlement:
    """Believe a provider, whose word was verified or asked for.

    Safe to be told the same any number of times at once: it pays once. Money is recorded whatever
    happened to the order meanwhile; where the order does not want it, it is given back.
    """
    with unit_of_work():
        known = PaymentIntent.objects.filter(provider=provider, reference=settled.reference)
        order_id = known.values_list("order_id", flat=True).first()
        if order_id is None:
            return Settlement(SettlementKind.UNKNOWN)
        order = _locked_order(order_id)
        intent: PaymentIntent = known.select_for_update(no_key=True).get()
        if settled.outcome is Outcome.PAID:
            kind = _paid(intent, order, settled)
        elif settled.outcome is Outcome.FAILED:
            kind = _failed(intent, settled)
        else:
            kind = SettlementKind.PENDING
    return Settlement(kind, order_id)


def _locked_order(order_id: int) -> Order:
    row = sql.fetch_one(_LOCK_ORDER, (current_tenant_id(), order_id))
    assert row is not None  # noqa: S101 - intents are opened with their orders
    state, number, organisation_id, placed_at = row
    return Order(
        id=order_id,
        state=state,
        number=number,
        organisation_id=organisation_id,
        placed_at=placed_at,
    )


def _paid(intent: PaymentIntent, order: Order, settled: Settled) -> SettlementKind:
    same = intent.provider_reference == settled.provider_reference
    if intent.state == IntentState.PAID and same:
        return SettlementKind.REPEATED
    fault = _fault(intent, settled)
    if fault:
        _refuse(intent, order, settled, fault)
        return SettlementKind.REFUSED
    now = clock.now()
    paid_at = min(max(settled.paid_at or now, order.placed_at), now)
    wanted = order.state == OrderState.CAPTURED
    intent.state = IntentState.PAID
    intent.provider_reference = settled.provider_reference
    intent.paid_at, intent.settled_at = paid_at, now
    intent.is_stray, intent.holds_order = not wanted, False
    intent.reason = "" if wanted else _("The order is %s.") % order.state
    intent.save(
        update_fields=[
            "state", "provider_reference", "paid_at", "settled_at", "is_stray", "holds_order",
            "reason",
        ]
    )  # fmt: skip
    if not wanted:
        _give_back(intent, order)
        return SettlementKind.STRAY
    others = PaymentIntent.objects.filter(order_id=order.id, holds_order=True)
    others.update(holds_order=False)
    payment = PaymentRequest(order.id, paid_at, intent.provider, settled.provider_reference)
    pay_orders(payments=[payment])
    return SettlementKind.PAID


def _fault(intent: PaymentIntent, settled: Settled) -> str:
    """Why the word cannot be right; empty where it can."""
    if intent.state == IntentState.PAID:
        return "paid before by another transaction"
    if not settled.provider_reference:
        return "no transaction number"
    if settled.amount != intent.amount:
        return "another amount"
    if settled.currency != intent.currency:
        return "another currency"
    elsewhere = PaymentIntent.objects.filter(
        provider=intent.provider, provider_reference=settled.provider_reference
    )
    return "the transaction paid for something else" if elsewhere.exists() else ""


def _refuse(intent: PaymentIntent, order: Order, settled: Settled, fault: str) -> None:
    audit.record(
        action="payments.refuse_notification",
        subject_type="payment_intent",
        subject_id=intent.id,
        organisation_id=order.organisation_id,
        before={"amount": intent.amount, "currency": intent.currency, "state": intent.state},
        after={
            "amount": settled.amount,
            "currency": settled.currency,
            "transaction": settled.provider_reference,
        },
        by=SYSTEM,
        reason=fault,
    )


def _give_back(intent: PaymentIntent, order: Order) -> None:
    id_, now = next_id(), clock.now()
    Repayment.objects.create(
        id=id_,
        intent=intent,
        key=f"stray-{intent.id}",
        reference=new_reference(current_tenant_id(), id_),
        amount=intent.amount,
        reason=intent.reason,
        state=RepaymentState.DUE,
        next_try_at=now,
        created_at=now,
    )
    audit.record(
        action="payments.record_stray",
        subject_type="payment_intent",
        subject_id=intent.id,
        organisation_id=order.organisation_id,
        after={"order": order.number, "state": order.state, "amount": intent.amount},
        by=SYSTEM,
        reason=intent.reason,
    )


def _failed(intent: PaymentIntent, settled: Settled) -> SettlementKind:
    if intent.state not in LIVE_STATES:
        return SettlementKind.REPEATED
    # The order goes on waiting until its end: the buyer may try again.
    intent.state, intent.settled_at = IntentState.FAILED, clock.now()
    intent.reason = settled.reason[:200]
    intent.save(update_fields=["state", "settled_at", "reason"])
    return SettlementKind.FAILED
