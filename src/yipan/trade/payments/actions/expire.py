"""Unpaid orders end: the provider is asked a last time, the order cancelled, the goods put back."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Final

from django.db.models import Q

from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.actions import cancel_order
from yipan.trade.orders.rules import OrderState
from yipan.trade.payments.actions.begin import ask_provider, charge_of
from yipan.trade.payments.actions.settle import SettlementKind, settle
from yipan.trade.payments.errors import ProviderUnavailable
from yipan.trade.payments.models import LIVE_STATES, IntentState, PaymentIntent
from yipan.trade.payments.providers.registry import provider_named

PATIENCE: Final = timedelta(minutes=15)
"""How long a provider that does not answer keeps an order from its end."""
ASK_EVERY: Final = timedelta(minutes=1)
MOST: Final = 200
"""In one run."""
_log = logging.getLogger(__name__)
_LOCK_ORDER: Final = """
SELECT state FROM orders_order WHERE tenant_id = %s AND id = %s FOR NO KEY UPDATE
"""


def expire_unpaid() -> int:
    """Cancel the orders whose time to pay is over; how many.

    Each in a transaction of its own: one that fails is written to the log and tried again with the
    next run. Safe to run twice at once, and beside late payments.
    """
    over = PaymentIntent.objects.filter(holds_order=True, expires_at__lte=clock.now())
    ids = over.order_by("expires_at").values_list("order_id", flat=True)[:MOST]
    ended = 0
    for order_id in dict.fromkeys(ids):
        try:
            ended += _expire(order_id)
        except Exception:  # noqa: BLE001 - one order's trouble is not another's
            _log.exception("order %s could not be ended unpaid", order_id)
    return ended


def ask_about_pending() -> int:
    """Ask providers about payments of which no word came; how many were settled."""
    now = clock.now()
    waiting = PaymentIntent.objects.filter(
        Q(asked_at__isnull=True) | Q(asked_at__lte=now - ASK_EVERY),
        holds_order=True,
        state=IntentState.PENDING,
        created_at__lte=now - ASK_EVERY,
        expires_at__gt=now,
    )
    settled = 0
    for intent in waiting.order_by("expires_at")[:MOST]:
        try:
            settled += _ask(intent)
        except ProviderUnavailable:  # the log says why
            continue
    return settled


def _expire(order_id: int) -> bool:
    intents = list(PaymentIntent.objects.filter(order_id=order_id, holds_order=True))
    for intent in intents:
        if intent.state not in LIVE_STATES:
            continue
        try:
            if intent.state == IntentState.PENDING and _ask(intent):
                return False
            found = provider_named(intent.provider)
            ask_provider(found.code, partial(found.close, charge_of(intent)))
        except (ProviderUnavailable, LookupError):
            if clock.now() < intent.expires_at + PATIENCE:
                return False
    return _end(order_id)


def _ask(intent: PaymentIntent) -> bool:
    """Whether the provider says that it was paid."""
    PaymentIntent.objects.filter(id=intent.id).update(asked_at=clock.now())
    found = provider_named(intent.provider)
    answer = ask_provider(found.code, lambda: found.query(charge_of(intent)))
    outcome = settle(provider=found.code, settled=answer)
    return outcome.kind in {SettlementKind.PAID, SettlementKind.REPEATED, SettlementKind.STRAY}


def _end(order_id: int) -> bool:
    now = clock.now()
    with unit_of_work():
        row = sql.fetch_one(_LOCK_ORDER, (current_tenant_id(), order_id))
        mine = PaymentIntent.objects.filter(order_id=order_id, holds_order=True)
        if row is None or row[0] != OrderState.CAPTURED:
            mine.update(holds_order=False)
            return False
        mine.filter(state__in=LIVE_STATES).update(state=IntentState.EXPIRED, settled_at=now)
        mine.update(holds_order=False)
        cancel_order(order_id=order_id, reason="not paid in time", by=SYSTEM)
    return True
