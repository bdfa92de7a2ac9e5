"""What earns commission, and the policies of release and withdrawal."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yipan.demo.founding import Group
from yipan.demo.goods import Range
from yipan.demo.plan import Plan
from yipan.distribution.attribution.actions import set_attribution_policy
from yipan.distribution.pool.actions import OfferWish, create_rule, put_offers
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Role
from yipan.payouts.settlement.actions import set_settlement_policy
from yipan.payouts.withdrawals.actions import set_withdrawal_policy

HOLD_DAYS: Final = 7
APPROVAL_ABOVE: Final = 50_000
"""Fen, from the first revision of the policies on."""
BY_FILE: Final = 1
"""Which of the industry groups pays by bank file; the tour's store is of the first one."""
PLANNED_DAYS: Final = 60
"""From the last day to when a policy that is planned comes into force."""


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    name: str
    terms: dict[str, object]


_RULES: Final = (
    _Rule(
        "BASE",
        "标准佣金：按成交额 5% 起",
        {
            "mode": "tiered_rate",
            "measure": "line_amount",
            "method": "marginal",
            "tiers": [
                {"from": 0, "rate": "0.05"},
                {"from": 100_000, "rate": "0.07"},
                {"from": 500_000, "rate": "0.09"},
            ],
            "upline_rates": ["0.1"],
        },
    ),
    _Rule(
        "MONTH",
        "月度阶梯：卖得越多比例越高",
        {
            "mode": "tiered_rate",
            "measure": "period_amount",
            "method": "whole",
            "tiers": [
                {"from": 0, "rate": "0.03"},
                {"from": 1_000_000, "rate": "0.045"},
                {"from": 5_000_000, "rate": "0.06"},
            ],
            "upline_rates": ["0.08"],
        },
    ),
    _Rule("FIXED", "每件固定 3 元", {"mode": "fixed", "amount_per_unit": 300}),
    _Rule(
        "PRICE",
        "高单价商品：按单价分档，促销价不计",
        {
            "mode": "tiered_rate",
            "measure": "unit_price",
            "method": "whole",
            "tiers": [{"from": 0, "rate": "0.04"}, {"from": 100_000, "rate": "0.065"}],
            "promo_price_earns": False,
            "cap_per_unit": 30_000,
        },
    ),
    _Rule(
        "UNITS",
        "按件数阶梯，保底价 50 元",
        {
            "mode": "tiered_rate",
            "measure": "line_quantity",
            "method": "marginal",
            "tiers": [
                {"from": 0, "rate": "0.04"},
                {"from": 3, "rate": "0.06"},
                {"from": 6, "rate": "0.08"},
            ],
            "floor_price": 5_000,
        },
    ),
)
_BETTER: Final = _Rule(
    "PUSH",
    "门店主推：每件 10%",
    {
        "mode": "tiered_rate",
        "measure": "line_amount",
        "method": "whole",
        "tiers": [{"from": 0, "rate": "0.1"}],
        "upline_rates": ["0.1"],
    },
)
_SHARE_IN_POOL: Final = 85
"""Of a hundred SKUs."""
_SHARE_ENDING: Final = 6
"""Of a hundred offers, those that end soon."""
_SHARE_PUSHED: Final = 6
"""Of a hundred SKUs, in a company of their own choice."""


def open_pool(plan: Plan, group: Group, ranges: dict[str, Range]) -> None:
    """Make the rules, put SKUs into the pool, set the policies."""
    by = group.staff[Role.OPERATIONS]
    head = group.headquarters
    rules = [_create(rule, head, group) for rule in _RULES]
    better = _create(_BETTER, head, group)
    dice = plan.chance("pool")
    wishes = []
    for range_ in ranges.values():
        for ware in range_.wares:
            if dice.randrange(100) < _SHARE_IN_POOL:
                rule_id = dice.choices(rules, (40, 20, 12, 16, 12))[0]
                end = _end(plan, dice) if dice.randrange(100) < _SHARE_ENDING else None
                wishes.append(OfferWish(ware.id, head.id, rule_id, valid_until=end))
    for company in group.companies:
        wishes += [
            OfferWish(ware.id, company.organisation.id, better)
            for ware in ranges[company.industry.code].wares
            if dice.randrange(100) < _SHARE_PUSHED
        ]
    put_offers(wishes=wishes, by=by, reason="开业上架")
    _set_policies(group)


def _end(plan: Plan, dice: random.Random) -> datetime:
    """Midnight of one of the days after the last one."""
    return plan.start_of(plan.days - 1) + timedelta(days=dice.randint(1, 4))


def _create(rule: _Rule, head: Organisation, group: Group) -> int:
    created = create_rule(
        organisation_id=head.id,
        code=rule.code,
        name=rule.name,
        terms=rule.terms,
        by=group.staff[Role.OPERATIONS],
    )
    return created.id


def _set_policies(group: Group) -> None:
    by = group.staff[Role.ADMINISTRATOR]
    head = group.headquarters.id
    set_attribution_policy(
        organisation_id=head,
        data={"window_days": 15, "bind_on": "first_purchase"},
        by=by,
        reason="开业设置",
    )
    set_settlement_policy(
        organisation_id=head,
        data={"hold_days": HOLD_DAYS, "auto_complete_days": 15},
        by=by,
        reason="开业设置",
    )
    set_withdrawal_policy(
        organisation_id=head,
        data={"minimum": 1_000, "approval_above": 2 * APPROVAL_ABOVE},
        by=by,
        reason="开业设置",
    )
    set_withdrawal_policy(
        organisation_id=list(group.industries.values())[BY_FILE].id,
        data={"minimum": 1_000, "approval_above": APPROVAL_ABOVE, "provider": "bank_file"},
        by=by,
        reason="该产业集团的佣金由总部经企业网银批量代发",
    )


def revise_policies(plan: Plan, group: Group) -> None:
    """What was learnt in the first days, and what is to come after the last one."""
    by = group.staff[Role.ADMINISTRATOR]
    head = group.headquarters.id
    set_settlement_policy(
        organisation_id=head,
        data={"hold_days": HOLD_DAYS, "auto_complete_days": 10},
        by=by,
        reason="与商城自动确认收货期限一致",
    )
    set_withdrawal_policy(
        organisation_id=head,
        data={"minimum": 1_000, "approval_above": APPROVAL_ABOVE},
        by=by,
        reason="内审建议:单笔超过 500 元须第二人复核",
    )
    set_attribution_policy(
        organisation_id=head,
        data={"window_days": 10, "bind_on": "first_purchase"},
        by=by,
        reason="大促复盘:缩短触达有效期",
        valid_from=plan.until + timedelta(days=PLANNED_DAYS),
    )
