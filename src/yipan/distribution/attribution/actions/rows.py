"""How touches, bindings and decisions are written: at the end of the unit of work, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from yipan.distribution.attribution.events import TouchRecorded
from yipan.distribution.attribution.models import Binding, BindingKind, Touch
from yipan.distribution.attribution.rules import BindingTrigger, NewBinding
from yipan.kernel import uow
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import current_tenant_id

TOUCH_COLUMNS: Final = (
    "id", "tenant_id", "source", "touched_at", "recorded_at", "visitor", "member_id",
    "distributor_id", "link_id", "code", "sku_id", "organisation_id", "order_id", "channel",
    "campaign",
)  # fmt: skip
BINDING_COLUMNS: Final = (
    "id", "tenant_id", "member_id", "sequence", "distributor_id", "kind", "bound_at",
    "valid_until", "protected_until", "previous_id", "touch_id", "order_id", "changed_by",
    "reason", "recorded_at",
)  # fmt: skip
FIRST_COMES: Final = "ON CONFLICT (tenant_id, member_id, sequence) DO NOTHING"
"""Who changed the same binding a moment earlier wins, and nobody's order fails of it."""

_WHY: Final = {
    BindingTrigger.TOUCH: "first_touch",
    BindingTrigger.PURCHASE: "first_purchase",
}


def append_touches(
    touches: Iterable[TouchRecorded], *, codes: Sequence[str], now: datetime
) -> None:
    """Write touches down; `codes` are those typed or used, beside each."""
    tenant_id = current_tenant_id()
    for touch, code in zip(touches, codes, strict=True):
        row = (
            touch.touch_id, tenant_id, touch.source, touch.at, now, touch.visitor,
            touch.member_id, touch.distributor_id, touch.link_id, code, touch.sku_id,
            touch.organisation_id, touch.order_id, touch.channel, touch.campaign,
        )  # fmt: skip
        uow.append(Touch, TOUCH_COLUMNS, row)


def append_bindings(bindings: Iterable[NewBinding], *, now: datetime) -> None:
    """Write down bindings that follow from touches and purchases.

    Always members in ascending order, so that no two transactions wait for each other in a circle.
    """
    tenant_id, by = current_tenant_id(), str(SYSTEM)
    for new in sorted(bindings, key=lambda new: (new.step.member_id, new.step.sequence)):
        step = new.step
        row = (
            step.id, tenant_id, step.member_id, step.sequence, step.distributor_id,
            BindingKind(new.kind).value, step.bound_at, step.valid_until, step.protected_until,
            new.previous_id, new.touch_id, new.order_id, by, _WHY[new.trigger], now,
        )  # fmt: skip
        uow.append(Binding, BINDING_COLUMNS, row, on_conflict=FIRST_COMES)
