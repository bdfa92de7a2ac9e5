"""What attribution does when orders come in, links are opened and distributors leave."""

from collections.abc import Sequence

from yipan.customers.members.events import MemberSignedIn
from yipan.distribution.attribution import actions
from yipan.distribution.attribution.actions import LinkTouch
from yipan.distribution.distributors.events import DistributorLeft
from yipan.distribution.sharing.events import LinkOpened
from yipan.kernel.events import on
from yipan.trade.orders.events import OrderCaptured, OrderPaid


@on(OrderCaptured)
def decide(events: Sequence[OrderCaptured]) -> None:
    """Captured orders are credited once and for all."""
    actions.decide_captured(orders=[event.order for event in events])


@on(OrderPaid)
def bind(events: Sequence[OrderPaid]) -> None:
    """A purchase may bind its buyer."""
    actions.bind_paid(orders=[event.order for event in events])


@on(LinkOpened)
def touch(events: Sequence[LinkOpened]) -> None:
    """An opened link is a touch."""
    actions.record_link_touches(
        touches=[
            LinkTouch(
                link_id=event.link_id,
                distributor_id=event.distributor_id,
                touched_at=event.opened_at,
                visitor=event.visitor,
                member_id=event.member_id,
                sku_id=event.sku_id,
                organisation_id=event.organisation_id,
                channel=event.channel,
                campaign=event.campaign,
            )
            for event in events
        ]
    )


@on(MemberSignedIn)
def join(events: Sequence[MemberSignedIn]) -> None:
    """What a browser touched may bind the member who signs in with it."""
    actions.join_touches(sign_ins=events)


@on(DistributorLeft)
def hand_over(events: Sequence[DistributorLeft]) -> None:
    """Who leaves hands their customers over; without a successor they belong to nobody."""
    for event in events:
        actions.hand_over_bindings(
            from_id=event.distributor_id,
            to_id=event.successor_id,
            reason=event.reason,
            by=event.by,
            at=event.at,
        )
