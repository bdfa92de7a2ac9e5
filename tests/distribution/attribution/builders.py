"""Orders, distributors and touches to be credited, in the group of the organisation builders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from yipan.customers.members.models import Member
from yipan.distribution.attribution.actions import LinkTouch, record_link_touches
from yipan.distribution.attribution.models import Binding, Decision
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock
from yipan.kernel.events import announce
from yipan.kernel.ids import next_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.orders.events import LineSnapshot, OrderCaptured, OrderPaid, OrderSnapshot

PLACED = datetime(2026, 3, 8, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)
_numbers = count(1)


def make_distributor(organisation: Organisation, code: str, **more: Any) -> Distributor:
    """An active guide without qualification dates, where nothing else is said."""
    values = {"name": code, "kind": DistributorKind.GUIDE, "joined_at": PLACED - 400 * DAY, **more}
    created: Distributor = Distributor.objects.create(
        organisation=organisation, code=code, **values
    )
    return created


def make_member() -> int:
    """The id of a new member."""
    created: Member = Member.objects.create(name="李", created_at=PLACED - 300 * DAY)
    return created.id


def make_order(
    organisation: Organisation,
    *,
    member_id: int | None = None,
    placed_at: datetime = PLACED,
    paid_at: datetime | None = None,
    skus: Sequence[int] = (100,),
    **more: Any,
) -> OrderSnapshot:
    """An order of one unit of each SKU; not written anywhere."""
    lines = tuple(
        LineSnapshot(next_id(), number, sku, f"SKU-{sku}", 1, "/1/", 1, 1000, "list", 1000)
        for number, sku in enumerate(skus, start=1)
    )
    values: dict[str, Any] = {
        "visitor": "",
        "distributor_code": "",
        "coupon_code": "",
        "campaign": "",
        **more,
    }
    return OrderSnapshot(
        id=next_id(),
        channel="pos",
        number=f"T-{next(_numbers)}",
        organisation_id=organisation.id,
        member_id=member_id,
        currency="CNY",
        net_amount=1000 * len(lines),
        freight_amount=0,
        placed_at=placed_at,
        paid_at=paid_at,
        lines=lines,
        **values,
    )


def capture(*orders: OrderSnapshot) -> None:
    """Announce orders as capturing does: those with a moment of payment are paid at once."""
    with unit_of_work():
        announce(*[OrderCaptured(order) for order in orders])
        announce(*[OrderPaid(order, "", "") for order in orders if order.paid_at is not None])


def pay(order: OrderSnapshot, paid_at: datetime) -> OrderSnapshot:
    """Announce that an order captured earlier is paid."""
    paid = order._replace(paid_at=paid_at)
    with unit_of_work():
        announce(OrderPaid(paid, "", ""))
    return paid


def open_link(
    distributor: Distributor,
    *,
    at: datetime,
    member_id: int | None = None,
    visitor: str = "",
    sku_id: int | None = None,
    link_id: int = 7,
) -> int:
    """The id of the touch."""
    link_touch = LinkTouch(
        link_id=link_id,
        distributor_id=distributor.id,
        touched_at=at,
        visitor=visitor,
        member_id=member_id,
        sku_id=sku_id,
        organisation_id=distributor.organisation_id,
        channel="wechat",
        campaign="",
    )
    (touch,) = record_link_touches(touches=[link_touch])
    return touch.touch_id


def bind(member_id: int, distributor: Distributor, at: datetime, **more: Any) -> Binding:
    """A first binding of a member, as if made long ago."""
    values = {"valid_until": at + 365 * DAY, "protected_until": None, **more}
    created: Binding = Binding.objects.create(
        member_id=member_id,
        sequence=1,
        distributor_id=distributor.id,
        kind="bound",
        bound_at=at,
        changed_by="test",
        reason="first_purchase",
        recorded_at=clock.now(),
        **values,
    )
    return created


def decisions(order: OrderSnapshot) -> list[Decision]:
    return list(Decision.objects.filter(order_id=order.id).order_by("sequence"))


def winner(order: OrderSnapshot) -> tuple[int | None, str]:
    """(distributor, source) of an order with one decision."""
    (decision,) = decisions(order)
    return decision.distributor_id, decision.source


def reasons(order: OrderSnapshot) -> list[str]:
    """Why the losers lost, in their order."""
    return [loser["reason"] for each in decisions(order) for loser in each.evidence["losers"]]


def history(member_id: int) -> list[tuple[str, int | None]]:
    """(kind, distributor) of a member's bindings, oldest first."""
    rows = Binding.objects.filter(member_id=member_id).order_by("sequence")
    return [(row.kind, row.distributor_id) for row in rows]
