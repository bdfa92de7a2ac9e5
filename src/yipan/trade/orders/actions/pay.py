"""Recording that orders were paid."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from yipan.kernel import clock, sql
from yipan.kernel.errors import DomainError, InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.errors import OrderStateRefused
from yipan.trade.orders.events import OrderPaid, OrderSnapshot
from yipan.trade.orders.queries import snapshots
from yipan.trade.orders.requests import PaymentRequest
from yipan.trade.orders.rules import OrderState, OrderStep, state_after

# Rows are locked in the order of their ids before any changes: no two runs wait in a circle.
_PAY = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]) AS u(id, paid_at)
), locked AS MATERIALIZED (
    SELECT o.id FROM orders_order o
     WHERE o.tenant_id = %s AND o.id IN (SELECT id FROM wanted) AND o.state = 'captured'
     ORDER BY o.id FOR NO KEY UPDATE
)
UPDATE orders_order o SET state = 'paid', paid_at = w.paid_at
  FROM wanted w JOIN locked ON locked.id = w.id
 WHERE o.id = w.id AND o.placed_at <= w.paid_at
RETURNING o.id
"""


def pay_orders(*, payments: Sequence[PaymentRequest], within: str = "/") -> list[OrderSnapshot]:
    """Record that captured orders were paid in full; commissions are earned at once.

    Three statements however many orders, before what the hearers do. All or none: raises
    NotFound, OrderStateRefused, InvalidField for the first that cannot be paid.
    """
    now = clock.now()
    for payment in payments:
        if payment.paid_at > now:
            raise InvalidField(field="paid_at", reason=_("is in the future"))
    by_id = {payment.order_id: payment for payment in payments}
    with unit_of_work():
        _check_reach(list(by_id), within)
        moments = [by_id[id_].paid_at for id_ in by_id]
        params = (list(by_id), moments, current_tenant_id())
        paid = {id_ for (id_,) in sql.fetch(_PAY, params)}
        found = snapshots(list(by_id))
        for id_ in by_id.keys() - paid:
            raise _refusal(id_)
        announce(*[OrderPaid(found[id_], p.provider, p.reference) for id_, p in by_id.items()])
    return [found[id_] for id_ in by_id]


def _check_reach(order_ids: list[int], within: str) -> None:
    statement = """
SELECT o.id FROM orders_order o JOIN organisations_organisation g ON g.id = o.organisation_id
 WHERE o.tenant_id = %s AND o.id = ANY(%s::bigint[]) AND starts_with(g.path, %s)
"""
    reached = {id_ for (id_,) in sql.fetch(statement, (current_tenant_id(), order_ids, within))}
    for id_ in order_ids:
        if id_ not in reached:
            raise NotFound(kind="order", ref=id_)


def _refusal(order_id: int) -> DomainError:
    statement = "SELECT state FROM orders_order WHERE tenant_id = %s AND id = %s"
    ((state,),) = sql.fetch(statement, (current_tenant_id(), order_id))
    try:
        state_after(OrderState(state), OrderStep.PAY)
    except OrderStateRefused as error:
        return error
    return InvalidField(field="paid_at", reason=_("is before %s") % "placed_at")
