"""Rules and offers for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from yipan.distribution.pool.models import CommissionRule, Offer, RuleVersion
from yipan.distribution.pool.rules import RuleTerms
from yipan.goods.catalogue.models import Sku
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TEN_PERCENT: Mapping[str, Any] = {
    "mode": "tiered_rate",
    "measure": "line_amount",
    "method": "whole",
    "tiers": [{"from": 0, "rate": "0.1"}],
}
_numbers = count(1)


def make_rule(
    terms: Mapping[str, Any] | RuleTerms | None = None,
    *,
    organisation: Organisation | None = None,
    code: str | None = None,
    valid_from: datetime = LONG_AGO,
) -> CommissionRule:
    """A rule of headquarters, in force since 2000; 10 % of the line where nothing is said."""
    if not isinstance(terms, RuleTerms):
        terms = RuleTerms.from_data(terms or TEN_PERCENT)
    code = code or f"RULE-{next(_numbers)}"
    rule: CommissionRule = CommissionRule.objects.create(
        organisation=organisation or Organisation.objects.get(parent=None),
        code=code,
        name=code,
        created_at=clock.now(),
    )
    RuleVersion.objects.create(
        rule=rule,
        version=1,
        valid_from=valid_from,
        terms=terms.to_data(),
        created_at=clock.now(),
        created_by="system:-:system",
    )
    return rule


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
    offer: Offer = Offer.objects.create(
        organisation=organisation or Organisation.objects.get(parent=None),
        sku=sku,
        rule=rule or make_rule(),
        is_on=is_on,
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    return offer
