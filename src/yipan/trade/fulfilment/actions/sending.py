"""What the shop does: pack and send, or put aside for the buyer."""

from __future__ import annotations

from typing import Final

from yipan.kernel import clock, text
from yipan.kernel.actor import Actor
from yipan.kernel.events import announce
from yipan.kernel.uow import unit_of_work
from yipan.trade.fulfilment.actions.steps import Locked, locked, write_steps
from yipan.trade.fulfilment.events import OrderReady, OrderShipped
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.rules import State, StepCode

_CARRIER: Final = 40
_TRACKING_NO: Final = 60


def pack(*, fulfilment_id: int, by: Actor, within: str = "/") -> Fulfilment:
    """The goods of a delivery are packed. Again changes nothing.

    Raises NotFound, OrderUnpaid, FulfilmentStateRefused.
    """
    with unit_of_work():
        found = locked(fulfilment_id, within=within)
        if found.state is not State.PACKED:
            found.check_paid()
            found.move(State.PACKED, by=by)
    return found.fulfilment


def ship(
    *, fulfilment_id: int, carrier: str, tracking_no: str, by: Actor, within: str = "/"
) -> Fulfilment:
    """The parcel is given to a carrier.

    Again with the same number changes nothing; with another carrier or number it corrects them
    while the parcel is under way.

    Raises NotFound, OrderUnpaid, FulfilmentStateRefused, InvalidField (carrier, tracking_no).
    """
    carrier = text.checked(carrier, field="carrier", most=_CARRIER)
    tracking_no = text.checked_code(tracking_no, field="tracking_no", most=_TRACKING_NO)
    with unit_of_work():
        found = locked(fulfilment_id, within=within)
        if found.state is State.SHIPPED:
            _correct(found, carrier, tracking_no, by)
            return found.fulfilment
        found.check_paid()
        found.move(
            State.SHIPPED,
            by=by,
            note=f"{carrier} {tracking_no}",
            carrier=carrier,
            tracking_no=tracking_no,
        )
        sent = found.fulfilment
        announce(
            OrderShipped(
                sent.order_id,
                sent.order_number,
                sent.organisation_id,
                sent.member_id,
                carrier,
                tracking_no,
            )
        )
    return sent


def mark_ready(*, fulfilment_id: int, by: Actor, within: str = "/") -> Fulfilment:
    """The goods of a pick-up wait at the store. Again changes nothing.

    Raises NotFound, OrderUnpaid, FulfilmentStateRefused.
    """
    with unit_of_work():
        found = locked(fulfilment_id, within=within)
        waiting = found.fulfilment
        if found.state is not State.READY:
            found.check_paid()
            found.move(State.READY, by=by)
            announce(
                OrderReady(
                    waiting.order_id,
                    waiting.order_number,
                    waiting.organisation_id,
                    waiting.member_id,
                )
            )
    return waiting


def _correct(found: Locked, carrier: str, tracking_no: str, by: Actor) -> None:
    sent = found.fulfilment
    before: dict[str, object] = {"carrier": sent.carrier, "tracking_no": sent.tracking_no}
    after: dict[str, object] = {"carrier": carrier, "tracking_no": tracking_no}
    if before == after:
        return
    sent.carrier, sent.tracking_no = carrier, tracking_no
    sent.save(update_fields=["carrier", "tracking_no"])
    note = f"{carrier} {tracking_no}"
    write_steps([sent.id], code=StepCode.CORRECTED, by=by, at=clock.now(), note=note)
    found.audit("corrected", by=by, before=before, after=after)
