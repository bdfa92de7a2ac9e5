"""Reads of fulfilment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise

from yipan.kernel.errors import NotFound
from yipan.trade.fulfilment.models import Fulfilment, FulfilmentStep
from yipan.trade.fulfilment.rules import StepCode
from yipan.trade.fulfilment.words import STEP_TEXTS
from yipan.trade.orders.models import Order
from yipan.trade.orders.rules import OrderState


class Step(NamedTuple):
    """One step of the way, as the buyer reads it."""

    at: datetime
    code: str
    text: str | Promise
    note: str = ""
    """Such as carrier and number of the parcel."""


def fulfilments(
    *,
    within: str,
    state: str = "",
    method: str = "",
    number: str = "",
    is_paid: bool | None = None,
) -> QuerySet[Fulfilment]:
    """Fulfilments of a subtree (indexes: fulfilment_of_store, fulfilment_number)."""
    found: QuerySet[Fulfilment] = Fulfilment.objects.select_related("organisation").filter(
        organisation__path__startswith=within
    )
    if state:
        found = found.filter(state=state)
    if method:
        found = found.filter(method=method)
    if number:
        found = found.filter(order_number=number)
    if is_paid is not None:
        unpaid = Order.objects.filter(id=OuterRef("order_id"), state=OrderState.CAPTURED.value)
        found = found.filter(~Exists(unpaid) if is_paid else Exists(unpaid))
    return found


def fulfilment(fulfilment_id: int, *, within: str) -> Fulfilment:
    """One fulfilment of a subtree. Raises NotFound."""
    found = fulfilments(within=within).filter(id=fulfilment_id).first()
    if found is None:
        raise NotFound(kind="fulfilment", ref=fulfilment_id)
    return found


def fulfilments_of(order_ids: Sequence[int]) -> dict[int, Fulfilment]:
    """The fulfilments of some orders by order, in one statement."""
    rows = Fulfilment.objects.select_related("organisation").filter(order_id__in=order_ids)
    return {row.order_id: row for row in rows}


def timeline(fulfilment_id: int, *, paid_at: datetime | None = None) -> tuple[Step, ...]:
    """The steps of the way, newest first; that the order was paid is told by the order.

    Index: step_of_fulfilment.
    """
    rows = FulfilmentStep.objects.filter(fulfilment_id=fulfilment_id).order_by("id")
    steps = [Step(row.at, row.code, STEP_TEXTS[StepCode(row.code)], row.note) for row in rows]
    if paid_at is not None:
        steps.append(Step(paid_at, StepCode.PAID.value, STEP_TEXTS[StepCode.PAID]))
    ranks = {code.value: rank for rank, code in enumerate(StepCode)}
    return tuple(sorted(steps, key=lambda step: (step.at, ranks[step.code]), reverse=True))
