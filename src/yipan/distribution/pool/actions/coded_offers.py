"""Putting on offers whose SKU, organisation and rule are given by their codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yipan.distribution.pool.actions.offer_changes import OffersWritten
from yipan.distribution.pool.actions.offers import put_offers
from yipan.distribution.pool.actions.sheet_check import check_rows
from yipan.distribution.pool.actions.turn import take_turn
from yipan.distribution.pool.errors import OffersRefused
from yipan.distribution.pool.offering import OfferWish
from yipan.distribution.pool.sheets.rows import SheetRow
from yipan.group.organisations.queries import tree
from yipan.kernel.actor import Actor
from yipan.kernel.uow import unit_of_work


@dataclass(frozen=True, slots=True)
class CodedWish:
    """An offer as programs and files wish it."""

    sku: str
    rule: str
    organisation: str = ""
    """Empty: the caller's own."""
    is_on: bool = True
    valid_from: datetime | None = None
    """None: now for a new offer, as it is for one that is there."""
    valid_until: datetime | None = None


def put_coded_offers(
    *, wishes: Sequence[CodedWish], organisation_id: int, by: Actor, reason: str = ""
) -> OffersWritten:
    """`put_offers` by codes, for an organisation and those below it. Raises OffersRefused."""
    rows = [
        SheetRow(
            number=number,
            sku=wish.sku,
            organisation=wish.organisation,
            rule=wish.rule,
            bare=None,
            is_on=wish.is_on,
            valid_from=wish.valid_from,
            valid_until=wish.valid_until,
        )
        for number, wish in enumerate(wishes)
    ]
    with unit_of_work():
        take_turn()
        checked = check_rows(rows, organisation_id, in_file=False)
        if checked.faults:
            raise OffersRefused(checked.faults)
        return put_offers(
            wishes=[
                OfferWish(
                    sku_id=each.sku_id,
                    organisation_id=each.organisation_id,
                    rule_id=each.book.rule_id if each.book else 0,
                    is_on=each.row.is_on,
                    valid_from=each.row.valid_from,
                    valid_until=each.row.valid_until,
                )
                for each in checked.good
            ],
            by=by,
            reason=reason,
            within=(tree().node(organisation_id).path,),
        )
