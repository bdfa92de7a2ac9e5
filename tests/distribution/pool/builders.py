"""Rules and offers for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from yipan.distribution.pool.actions import OfferWish, create_rule, put_offers
from yipan.distribution.pool.models import CommissionRule, Offer
from yipan.distribution.pool.rules import RuleTerms
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel.actor import SYSTEM

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TEN_PERCENT: Mapping[str, Any] = {
    "mode": "tiered_rate",
    "measure": "line_amount",
    "method": "whole",
    "tiers": [{"from": 0, "rate": "0.1"}],
}
_numbers = count(1)


def headquarters() -> Organisation:
    found: Organisation = Organisation.objects.get(parent=None)
    return found


def make_rule(
    terms: Mapping[str, Any] | RuleTerms | None = None,
    *,
    organisation: Organisation | None = None,
    code: str | None = None,
    valid_from: datetime = LONG_AGO,
) -> CommissionRule:
    """A rule of headquarters, in force since 2000; 10 % of the line where nothing is said."""
    code = code or f"RULE-{next(_numbers)}"
    return create_rule(
        organisation_id=(organisation or headquarters()).id,
        code=code,
        name=code,
        terms=terms or TEN_PERCENT,
        valid_from=valid_from,
        by=SYSTEM,
    )


def make_offer(
    sku: Sku,
    organisation: Organisation | None = None,
    rule: CommissionRule | None = None,
    *,
    is_on: bool = True,
    valid_from: datetime = LONG_AGO,
    valid_until: datetime | None = None,
) -> Offer:
    """An offer of headquarters on since 2000, with a rule of 10 %, where nothing else is said."""
    wish = OfferWish(
        sku_id=sku.id,
        organisation_id=(organisation or headquarters()).id,
        rule_id=(rule or make_rule()).id,
        is_on=is_on,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    written = put_offers(wishes=[wish], by=SYSTEM)
    offer: Offer = Offer.objects.get(id=written.offer_ids[0])
    return offer
