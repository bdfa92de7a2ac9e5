"""Attempts to pay: opened with the order, begun at the provider after the commit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from yipan.customers.members.queries import wechat_of
from yipan.group.organisations.queries import tree
from yipan.kernel import clock
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.models import Order
from yipan.trade.orders.rules import OrderState
from yipan.trade.payments.errors import OrderNotPayable, ProviderUnavailable, ProviderUnknown
from yipan.trade.payments.models import LIVE_STATES, IntentState, PaymentIntent
from yipan.trade.payments.providers.registry import (
    Begun,
    Charge,
    Payer,
    Provider,
    provider_named,
)
from yipan.trade.payments.references import new_reference, new_token

TIME_TO_PAY: Final = timedelta(minutes=30)
"""From placing an order until it is cancelled unpaid."""
_RETURN_URL: Final = 300
_log = logging.getLogger(__name__)
T = TypeVar("T")


def open_intent(
    *,
    order_id: int,
    number: str,
    organisation_id: int,
    amount: int,
    currency: str,
    placed_at: datetime,
    provider: str,
    return_url: str = "",
) -> PaymentIntent:
    """Note that an order shall be paid through a provider; the provider hears nothing yet.

    `amount` is goods and freight in fen, above 0. Belongs into the transaction of the order.
    One statement. Raises ProviderUnknown, InvalidField (return_url).
    """
    _offered(provider)
    _check_return(return_url)
    merchant = tree().node(organisation_id).name
    with unit_of_work():
        id_ = next_id()
        intent: PaymentIntent = PaymentIntent(
            id=id_,
            order_id=order_id,
            provider=provider,
            amount=amount,
            currency=currency,
            state=IntentState.CREATED,
            token=new_token(current_tenant_id()),
            reference=new_reference(current_tenant_id(), id_),
            subject=_("Order %s") % number,
            merchant=merchant,
            return_url=return_url,
            created_at=clock.now(),
            expires_at=placed_at + TIME_TO_PAY,
        )
        intent.save(force_insert=True)
    return intent


def begin_payment(
    *,
    order_id: int,
    member_id: int,
    provider: str,
    return_url: str = "",
    payer: Payer | None = None,
) -> Begun:
    """Lead the buyer to the cashier, for the first time or again.

    `payer` says of the browser what some providers ask for; the member's WeChat account is added.

    To be called outside of any transaction: it calls the provider. Raises NotFound (also for the
    order of another member), OrderNotPayable, ProviderUnknown, ProviderUnavailable, InvalidField.
    """
    found = _offered(provider)
    _check_return(return_url)
    with unit_of_work():
        intent = _live_intent(order_id, member_id, provider, return_url)
        known = (payer or Payer())._replace(wechat=wechat_of(member_id))
    begun = ask_provider(found.code, lambda: found.begin(charge_of(intent), known))
    with unit_of_work():
        created = PaymentIntent.objects.filter(id=intent.id, state=IntentState.CREATED)
        created.update(state=IntentState.PENDING)
    return begun


def charge_of(intent: PaymentIntent) -> Charge:
    """What a provider is told of an intent."""
    notify = reverse("pay-notify", args=(intent.provider,))
    return Charge(
        reference=intent.reference,
        amount=intent.amount,
        currency=intent.currency,
        subject=intent.subject,
        merchant=intent.merchant,
        expires_at=intent.expires_at,
        notify_url=urljoin(settings.YIPAN_BASE_URL, notify),
        return_url=urljoin(settings.YIPAN_BASE_URL, intent.return_url),
        token=intent.token,
    )


def ask_provider(code: str, question: Callable[[], T]) -> T:
    """What a provider answers. Raises ProviderUnavailable for whatever goes wrong there."""
    try:
        return question()
    except Exception as error:
        _log.exception("payment provider %s failed", code)
        raise ProviderUnavailable from error


def _offered(code: str) -> Provider:
    try:
        found = provider_named(code)
    except LookupError:
        raise ProviderUnknown(provider=code) from None
    if not found.is_offered():
        raise ProviderUnknown(provider=code)
    return found


def _check_return(url: str) -> None:
    """Only back to a page of ours: nobody is sent elsewhere from a cashier."""
    local = url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()
    if len(url) > _RETURN_URL or (url and not local):
        raise InvalidField(field="return_url", reason=_("must be a path of this site"))


def _live_intent(order_id: int, member_id: int, provider: str, return_url: str) -> PaymentIntent:
    order: Order | None = (
        Order.objects.select_for_update(no_key=True)
        .filter(id=order_id, member_id=member_id)
        .first()
    )
    if order is None:
        raise NotFound(kind="order", ref=order_id)
    deadline = order.placed_at + TIME_TO_PAY
    if order.state != OrderState.CAPTURED or deadline <= clock.now():
        raise OrderNotPayable
    live: PaymentIntent | None = PaymentIntent.objects.filter(
        order_id=order_id, provider=provider, state__in=LIVE_STATES
    ).first()
    if live is not None:
        if return_url and live.return_url != return_url:
            live.return_url = return_url
            live.save(update_fields=["return_url"])
        return live
    return open_intent(
        order_id=order.id,
        number=order.number,
        organisation_id=order.organisation_id,
        amount=order.net_amount + order.freight_amount,
        currency=order.currency,
        placed_at=order.placed_at,
        provider=provider,
        return_url=return_url,
    )
