"""The buyer has the goods: the order's lines are complete, and their commission's time runs."""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from typing import Final

from yipan.customers.members.actor import member_actor
from yipan.group.organisations.queries import tree
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.events import announce
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.fulfilment.actions.steps import Locked, locked, locked_of_member
from yipan.trade.fulfilment.errors import PickUpCodeLocked, PickUpCodeWrong
from yipan.trade.fulfilment.events import OrderReceived
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.policy import policy_for
from yipan.trade.fulfilment.rules import UNSENT, State, end_state, received_before
from yipan.trade.fulfilment.sealing import code_of, new_code, sealed_code
from yipan.trade.orders.actions import complete_order
from yipan.trade.orders.rules import OrderState

MOST_WRONG_CODES: Final = 10
MOST: Final = 500
"""In one run of a job."""
_log = logging.getLogger(__name__)
# Whose order went another way: completed or cancelled by others, or refunded before it was sent.
_LEFT_BEHIND: Final = """
SELECT f.id FROM fulfilment_fulfilment f JOIN orders_order o ON o.id = f.order_id
 WHERE f.tenant_id = %s AND f.state IN ('waiting', 'packed', 'ready', 'shipped')
   AND (o.state IN ('completed', 'cancelled')
        OR (o.state = 'paid' AND f.state <> 'shipped' AND NOT EXISTS (
            SELECT FROM orders_orderline l
             WHERE l.order_id = o.id AND l.refunded_quantity < l.quantity)))
 ORDER BY f.id LIMIT %s
"""


def confirm_receipt(*, order_id: int, member_id: int) -> Fulfilment:
    """The buyer says that the parcel arrived. Again changes nothing.

    Raises NotFound (also for the order of another member), FulfilmentStateRefused.
    """
    with unit_of_work():
        found = locked_of_member(order_id, member_id)
        if found.state is not State.RECEIVED:
            _end(found, by=member_actor(member_id))
    return found.fulfilment


def record_receipt(*, fulfilment_id: int, by: Actor, within: str = "/") -> Fulfilment:
    """The carrier says that the parcel arrived. Again changes nothing.

    Raises NotFound, FulfilmentStateRefused.
    """
    with unit_of_work():
        found = locked(fulfilment_id, within=within)
        if found.state is not State.RECEIVED:
            _end(found, by=by)
    return found.fulfilment


def hand_over(*, fulfilment_id: int, code: str, by: Actor, within: str = "/") -> Fulfilment:
    """The goods are given to who shows the code. Again changes nothing.

    After 10 wrong codes only a new one helps (`renew_code`). A wrong code is counted, so this
    should not stand in a transaction that an error rolls back. Raises NotFound,
    FulfilmentStateRefused, PickUpCodeWrong, PickUpCodeLocked.
    """
    with unit_of_work():
        found = locked(fulfilment_id, within=within)
        waiting = found.fulfilment
        if waiting.state == State.HANDED_OVER:
            return waiting
        found.check(State.HANDED_OVER)
        tries = MOST_WRONG_CODES - waiting.wrong_codes
        right = tries > 0 and hmac.compare_digest(code_of(waiting).encode(), code.strip().encode())
        if right:
            found.check_paid()
            _end(found, by=by)
        elif tries > 0:
            waiting.wrong_codes += 1
            waiting.save(update_fields=["wrong_codes"])
    if waiting.state == State.HANDED_OVER:
        return waiting
    if tries <= 0:
        raise PickUpCodeLocked
    raise PickUpCodeWrong(left=tries - 1)


def renew_code(*, fulfilment_id: int, by: Actor, within: str = "/") -> Fulfilment:
    """Give the buyer another pick-up code; the former one is worth nothing. Raises NotFound."""
    with unit_of_work():
        found = locked(fulfilment_id, within=within)
        waiting = found.fulfilment
        if waiting.code_sealed and found.state in UNSENT:
            waiting.code_sealed = sealed_code(new_code(), waiting.id)
            wrong, waiting.wrong_codes = waiting.wrong_codes, 0
            waiting.save(update_fields=["code_sealed", "wrong_codes"])
            found.audit("renew_code", by=by, before={"wrong_codes": wrong}, after={})
    return waiting


def receive_overdue() -> int:
    """Parcels of which no buyer says anything count as received after the policy's days.

    How many did. Each in a transaction of its own; what fails is logged and tried again.
    """
    now = clock.now()
    nodes = tree().by_id
    under_way = Fulfilment.objects.filter(
        state=State.SHIPPED.value, shipped_at__lte=now - timedelta(days=1)
    ).order_by("shipped_at")
    received = 0
    for id_, organisation_id, shipped_at in under_way.values_list(
        "id", "organisation_id", "shipped_at"
    )[:MOST]:
        days = policy_for(nodes[organisation_id].lineage, now).auto_receipt_days
        if shipped_at <= received_before(now, days):
            received += _tried(id_)
    return received


def tidy_up() -> int:
    """End fulfilments whose orders went another way; how many.

    Those completed by a till or a program count as received; those cancelled, or refunded before
    they were sent, need not be sent.
    """
    rows = sql.fetch(_LEFT_BEHIND, (current_tenant_id(), MOST))
    return sum(_tried(id_) for (id_,) in rows)


def _tried(fulfilment_id: int) -> bool:
    try:
        with unit_of_work():
            return _settle(locked(fulfilment_id))
    except Exception:  # noqa: BLE001 - one parcel's trouble is not another's
        _log.exception("fulfilment %s could not be ended", fulfilment_id)
        return False


def _settle(found: Locked) -> bool:
    if found.order_state is OrderState.COMPLETED:
        _skip_to_end(found)
    elif found.state in UNSENT and (
        found.order_state is OrderState.CANCELLED or not found.has_goods
    ):
        found.move(State.CANCELLED, by=SYSTEM)
    elif found.state is State.SHIPPED:
        _end(found, by=SYSTEM)
    else:
        return False
    return True


def _skip_to_end(found: Locked) -> None:
    """Others said that the buyer has the goods: the steps between are not told."""
    found.state = State.SHIPPED if end_state(found.method) is State.RECEIVED else State.READY
    found.move(end_state(found.method), by=SYSTEM)


def _end(found: Locked, *, by: Actor) -> None:
    found.move(end_state(found.method), by=by)
    ended = found.fulfilment
    complete_order(order_id=ended.order_id, completed_at=clock.now())
    announce(
        OrderReceived(
            ended.order_id,
            ended.order_number,
            ended.organisation_id,
            ended.member_id,
            ended.method,
        )
    )
