"""Fulfilments begin with their orders, and end with those that are cancelled."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from yipan.customers.members.addresses import AddressDetails, checked_details
from yipan.kernel import clock, text
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.ids import next_id
from yipan.kernel.uow import unit_of_work
from yipan.trade.fulfilment.actions.steps import write_steps
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.rules import UNSENT, Method, State, StepCode
from yipan.trade.fulfilment.sealing import new_code, sealed_address, sealed_code

_NOTE = 100


def open_fulfilment(
    *,
    order_id: int,
    order_number: str,
    organisation_id: int,
    member_id: int,
    method: Method,
    address: AddressDetails | None = None,
    note: str = "",
    by: Actor,
) -> Fulfilment:
    """Note how an order shall reach its buyer, in the transaction of the order; two statements.

    `organisation_id` sends it, or is the store where it is picked up. A delivery has an `address`,
    of which a copy is kept as it is now. Raises InvalidField.
    """
    if (method is Method.DELIVERY) != (address is not None):
        raise InvalidField(field="address", reason=_("belongs to a delivery, and only to one"))
    note = text.checked(note, field="note", most=_NOTE, required=False)
    id_, now = next_id(), clock.now()
    with unit_of_work():
        fulfilment = Fulfilment(
            id=id_,
            order_id=order_id,
            order_number=order_number,
            organisation_id=organisation_id,
            member_id=member_id,
            method=method.value,
            state=State.WAITING.value,
            address_sealed=sealed_address(checked_details(address), id_) if address else "",
            code_sealed="" if address else sealed_code(new_code(), id_),
            note=note,
            created_at=now,
        )
        fulfilment.save(force_insert=True)
        write_steps([id_], code=StepCode.PLACED, by=by, at=now)
    return fulfilment


def cancel_with_orders(*, order_ids: Sequence[int]) -> None:
    """What was not sent yet is not sent; two statements however many orders."""
    now = clock.now()
    with unit_of_work():
        unsent = Fulfilment.objects.filter(
            order_id__in=order_ids, state__in=[state.value for state in UNSENT]
        )
        ids = list(unsent.values_list("id", flat=True))
        if ids:
            unsent.update(state=State.CANCELLED.value, ended_at=now)
            write_steps(ids, code=StepCode.CANCELLED, by=SYSTEM, at=now)
