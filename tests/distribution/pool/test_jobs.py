"""Background tasks of the pool."""

from __future__ import annotations

from datetime import timedelta

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_sku
from tests.distribution.pool.rule_cases import flat
from tests.group.organisations.builders import GroupTree
from yipan.distribution.pool.actions import add_rule_version
from yipan.distribution.pool.jobs import refresh_all_estimates
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM


def test_estimates_follow_what_comes_into_force_by_itself(group: GroupTree) -> None:
    rule = make_rule(flat("0.1"))
    offer = make_offer(make_sku(price=10_000), rule=rule)
    tomorrow = clock.now() + timedelta(days=1)
    add_rule_version(rule_id=rule.id, terms=flat("0.2"), by=SYSTEM, valid_from=tomorrow)
    with clock.at(tomorrow):
        refresh_all_estimates()
    offer.refresh_from_db()
    assert offer.estimate == 2_000
