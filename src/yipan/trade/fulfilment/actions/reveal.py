"""Showing staff where a parcel goes."""

from __future__ import annotations

from yipan.customers.members.addresses import AddressDetails
from yipan.kernel import audit
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.uow import unit_of_work
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.sealing import address_of


def reveal_address(*, fulfilment_id: int, by: Actor, within: str = "/") -> AddressDetails:
    """The whole address of a delivery; that it was shown to whom is written down.

    The caller has checked the permission `fulfilment.reveal`. Raises NotFound, also for a pick-up.
    """
    with unit_of_work():
        found: Fulfilment | None = Fulfilment.objects.filter(
            id=fulfilment_id, organisation__path__startswith=within
        ).first()
        details = address_of(found) if found else None
        if found is None or details is None:
            raise NotFound(kind="address", ref=fulfilment_id)
        audit.record(
            action="fulfilment.reveal_address",
            subject_type="fulfilment",
            subject_id=found.id,
            organisation_id=found.organisation_id,
            by=by,
        )
    return details
