"""The one way in which a fulfilment changes its state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.errors import NotFound
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.fulfilment.errors import FulfilmentStateRefused, OrderUnpaid
from yipan.trade.fulfilment.models import Fulfilment, FulfilmentStep
from yipan.trade.fulfilment.rules import (
    FINAL,
    Method,
    State,
    StepCode,
    check_step,
)
from yipan.trade.fulfilment.words import STATE_NAMES
from yipan.trade.orders.rules import OrderState

_STEP: Final = ("id", "tenant_id", "fulfilment_id", "code", "at", "by", "note")
_NOTE: Final = 200
# The order first, then its fulfilment: the order in which cancelling locks them, too.
_LOCK_ORDER: Final = """
SELECT o.state, EXISTS (SELECT FROM orders_orderline l
                         WHERE l.order_id = o.id AND l.refunded_quantity < l.quantity)
  FROM orders_order o
 WHERE o.tenant_id = %s AND o.id = %s FOR NO KEY UPDATE OF o
"""
_MOMENTS: Final = {State.SHIPPED: "shipped_at", State.READY: "ready_at"}


class Locked:
    """A fulfilment and its order, locked until the unit of work ends."""

    def __init__(self, fulfilment: Fulfilment, order_state: OrderState, *, has_goods: bool) -> None:
        self.fulfilment = fulfilment
        self.method, self.state = Method(fulfilment.method), State(fulfilment.state)
        self.order_state = order_state
        self.has_goods = has_goods
        """Not all of it was refunded."""

    def check_paid(self) -> None:
        """Nothing leaves the shop unpaid, or after it was refunded. Raises OrderUnpaid."""
        if self.order_state is OrderState.CAPTURED or not self.has_goods:
            raise OrderUnpaid

    def check(self, to: State) -> None:
        """Whether that state can be reached from here. Raises FulfilmentStateRefused."""
        try:
            check_step(self.method, self.state, to)
        except FulfilmentStateRefused:
            names = {"state": str(STATE_NAMES[self.state]), "to": str(STATE_NAMES[to])}
            raise FulfilmentStateRefused(**names) from None

    def move(self, to: State, *, by: Actor, note: str = "", **changes: object) -> None:
        """Change the state and write down who and when. Raises FulfilmentStateRefused."""
        self.check(to)
        now = clock.now()
        moment = "ended_at" if to in FINAL else _MOMENTS.get(to)
        if moment:
            changes[moment] = now
        before, self.state, self.fulfilment.state = self.state, to, to.value
        for name, value in changes.items():
            setattr(self.fulfilment, name, value)
        self.fulfilment.save(update_fields=["state", *changes])
        write_steps([self.fulfilment.id], code=StepCode(to.value), by=by, at=now, note=note)
        if by.kind in {ActorKind.PERSON, ActorKind.API_CLIENT}:
            self.audit(to.value, by=by, before={"state": before.value}, after={"state": to.value})

    def audit(
        self, verb: str, *, by: Actor, before: dict[str, object], after: dict[str, object]
    ) -> None:
        """Write down what staff did."""
        audit.record(
            action=f"fulfilment.{verb}",
            subject_type="fulfilment",
            subject_id=self.fulfilment.id,
            organisation_id=self.fulfilment.organisation_id,
            before=before,
            after=after,
            by=by,
        )


def locked(fulfilment_id: int, *, within: str = "/") -> Locked:
    """A fulfilment in a subtree as it stands now. Raises NotFound."""
    found = Fulfilment.objects.filter(id=fulfilment_id, organisation__path__startswith=within)
    order_id = found.values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="fulfilment", ref=fulfilment_id)
    return _locked(order_id)


def locked_of_member(order_id: int, member_id: int) -> Locked:
    """The fulfilment of a member's own order. Raises NotFound."""
    if not Fulfilment.objects.filter(order_id=order_id, member_id=member_id).exists():
        raise NotFound(kind="order", ref=order_id)
    return _locked(order_id)


def _locked(order_id: int) -> Locked:
    row = sql.fetch_one(_LOCK_ORDER, (current_tenant_id(), order_id))
    assert row is not None  # noqa: S101 - fulfilments are opened with their orders
    fulfilment: Fulfilment = Fulfilment.objects.select_for_update(no_key=True).get(
        order_id=order_id
    )
    return Locked(fulfilment, OrderState(row[0]), has_goods=bool(row[1]))


def write_steps(
    fulfilment_ids: Sequence[int], *, code: StepCode, by: Actor, at: datetime, note: str = ""
) -> None:
    """Write down the same step of any number of fulfilments."""
    tenant_id = current_tenant_id()
    rows = [
        (id_, tenant_id, fulfilment_id, code.value, at, str(by), note[:_NOTE])
        for fulfilment_id, id_ in zip(fulfilment_ids, next_ids(len(fulfilment_ids)), strict=True)
    ]
    sql.insert(FulfilmentStep, _STEP, rows)
