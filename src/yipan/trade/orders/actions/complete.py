"""Recording that goods were delivered or picked up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from yipan.kernel import clock
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.events import LinesCompleted
from yipan.trade.orders.models import Order, OrderLine
from yipan.trade.orders.rules import OrderState, OrderStep, state_after


def complete_order(
    *,
    order_id: int,
    completed_at: datetime,
    line_nos: Sequence[int] | None = None,
    within: str = "/",
) -> Order:
    """Complete lines of a paid order (default: all that are not yet); the order with its last.

    Lines completed before keep their moment: saying it twice changes nothing. Raises NotFound,
    OrderStateRefused, InvalidField.
    """
    if completed_at > clock.now():
        raise InvalidField(field="completed_at", reason=_("is in the future"))
    with unit_of_work():
        order: Order | None = (
            Order.objects.select_for_update(no_key=True, of=("self",))
            .filter(id=order_id, organisation__path__startswith=within)
            .first()
        )
        if order is None:
            raise NotFound(kind="order", ref=order_id)
        if order.state == OrderState.COMPLETED:
            return order
        following = state_after(OrderState(order.state), OrderStep.COMPLETE)
        if order.paid_at is not None and completed_at < order.paid_at:
            raise InvalidField(field="completed_at", reason=_("is before %s") % "paid_at")
        fresh = _fresh_lines(order, line_nos)
        OrderLine.objects.filter(id__in=fresh).update(completed_at=completed_at)
        if not OrderLine.objects.filter(order=order, completed_at__isnull=True).exists():
            order.state, order.completed_at = following.value, completed_at
            order.save(update_fields=["state", "completed_at"])
        if fresh:
            announce(LinesCompleted(order.id, order.organisation_id, fresh, completed_at))
    return order


def _fresh_lines(order: Order, line_nos: Sequence[int] | None) -> tuple[int, ...]:
    lines = {line.line_no: line for line in OrderLine.objects.filter(order=order)}
    wanted = list(lines) if line_nos is None else list(line_nos)
    for number in wanted:
        if number not in lines:
            raise InvalidField(field="line_nos", reason=_("the order has no line %d") % number)
    return tuple(sorted(lines[n].id for n in set(wanted) if lines[n].completed_at is None))
