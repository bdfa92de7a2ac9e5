"""Rules: made and changed by a form of yuan and per cent, tried live, never in the past."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from tests.distribution.pool.builders import make_rule
from tests.surfaces.console.views.pools import (
    RULES,
    PoolShop,
    browser,
    offer_of,
    open_pool,
    statements,
    text_of,
)
from yipan.distribution.pool.models import CommissionRule, RuleVersion
from yipan.kernel.models import AuditEntry, Tenant

TIERS: dict[str, Any] = {
    "mode": "tiered_rate",
    "measure": "line_amount",
    "method": "whole",
    "tier-from": ["0", "100", "500"],
    "tier-rate": ["5", "8", "10"],
    "member_price_earns": "on",
    "promo_price_earns": "on",
}
FIXED: dict[str, Any] = {"mode": "fixed", "amount_per_unit": "3.50", "member_price_earns": "on"}


@pytest.fixture
def pool(tenant: Tenant) -> PoolShop:
    return open_pool()


def new(pool: PoolShop, fields: dict[str, Any], code: str = "SPRING") -> dict[str, Any]:
    return {"code": code, "name": "春季", "organisation": pool.tree["HQ"].id, **fields}


def terms_of(code: str) -> Any:
    return RuleVersion.objects.filter(rule__code=code).latest("version").terms


def test_a_tiered_rule_is_made_without_a_word_of_json(pool: PoolShop) -> None:
    client = browser(pool)
    page = text_of(client.get(f"{RULES}new/"))
    assert "null" not in page.partition('id="rule-form"')[2].partition("</form>")[0]
    answer = client.post(f"{RULES}new/", new(pool, TIERS), follow=True)
    assert answer.status_code == 200
    terms = terms_of("SPRING")
    assert terms["tiers"] == [
        {"from": 0, "rate": "0.05"}, {"from": 10_000, "rate": "0.08"},
        {"from": 50_000, "rate": "0.1"},
    ]  # fmt: skip
    assert terms["member_price_earns"]


def test_a_fixed_rule_is_made_in_yuan(pool: PoolShop) -> None:
    fields = {**FIXED, "floor_price": "80", "cap_per_unit": "1,000.00"}
    browser(pool).post(f"{RULES}new/", new(pool, fields, "F"))
    terms = terms_of("F")
    assert (terms["amount_per_unit"], terms["floor_price"], terms["cap_per_unit"]) == (
        350, 8_000, 100_000,
    )  # fmt: skip
    assert not terms["promo_price_earns"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({**TIERS, "tier-rate": ["5", "", "10"]}, "tiers-1-rate"),
        ({**TIERS, "tier-rate": ["5", "101", "10"]}, "tiers-1-rate"),
        ({**TIERS, "tier-rate": ["5", "8.00001", "10"]}, "tiers-1-rate"),
        ({**TIERS, "tier-from": ["0", "600", "500"]}, "tiers-2-from"),
        ({**TIERS, "tier-from": ["1", "100", "500"]}, "tiers-0-from"),
        ({**TIERS, "tier-from": ["0", "x", "500"]}, "tiers-1-from"),
        ({**TIERS, "measure": "line_quantity", "tier-from": ["0", "1.5", "5"]}, "tiers-1-from"),
        ({**TIERS, "measure": "unit_price", "method": "marginal"}, "method"),
        ({**TIERS, "tier-rate": ["5", "8", "99"], "upline": ["2"]}, "upline-rates"),
        ({**FIXED, "amount_per_unit": ""}, "amount-per-unit"),
        ({**FIXED, "amount_per_unit": "3.505"}, "amount-per-unit"),
        ({**FIXED, "floor_price": "-1"}, "floor-price"),
        ({**FIXED, "upline": ["200"]}, "upline-rates-0"),
    ],
)
def test_a_fault_is_shown_at_its_field_and_nothing_is_made(
    pool: PoolShop, fields: dict[str, Any], place: str
) -> None:
    client = browser(pool)
    answer = client.post(f"{RULES}new/", new(pool, fields, "BAD"))
    assert answer.status_code == 422
    assert dict(answer.context["draft"].slots)[place]
    assert not CommissionRule.objects.filter(code="BAD").exists()
    live = text_of(client.post(f"{RULES}trial/", fields))
    words = dict(answer.context["draft"].slots)[place].replace("'", "&#x27;")
    assert f'id="fault-{place}"' in live
    assert words in live


def test_the_trial_tells_the_commission_to_the_fen_and_why(pool: PoolShop) -> None:
    client = browser(pool)
    sale = {"trial-price": "99.99", "trial-quantity": "1"}
    answer = client.post(f"{RULES}trial/", {**TIERS, **sale})
    assert answer.context["tried"].amount == 500
    page = text_of(answer)
    assert "¥5.00" in page
    assert "rounded to ¥5.00" in page
    marginal = {**TIERS, "method": "marginal", "trial-price": "600", "trial-refund": "300"}
    tried = client.post(f"{RULES}trial/", marginal).context["tried"]
    assert (tried.amount, tried.reversed, tried.left) == (4_700, 2_350, 2_350)
    assert [hit for _step, hit in tried.ladder] == [True, True, True]
    values = tried.curve["series"][0]["values"]
    assert values == sorted(values)
    assert len(values) >= 40


def test_the_trial_takes_the_prices_of_a_sku(pool: PoolShop) -> None:
    client = browser(pool)
    fields = {**TIERS, "trial-sku": pool.skus[0].code, "trial-quantity": "3"}
    tried = client.post(f"{RULES}trial/", fields).context["tried"]
    assert (tried.price, tried.net, tried.amount) == (10_000, 30_000, 2_400)
    assert client.get(f"{RULES}trial/skus/?trial-sku=zz").context["skus"] == []


def test_the_month_counts_where_the_rule_says_so(pool: PoolShop) -> None:
    fields = {
        **TIERS, "measure": "period_amount", "method": "marginal", "trial-price": "50",
        "trial-amount-before": "80",
    }  # fmt: skip
    tried = browser(pool).post(f"{RULES}trial/", fields).context["tried"]
    assert tried.amount == 340


def test_tiers_are_added_and_removed_and_what_was_typed_stays(pool: PoolShop) -> None:
    client = browser(pool)
    more = client.post(f"{RULES}fields/", {**TIERS, "act": "add"})
    assert [each.start for each in more.context["draft"].tiers] == ["0", "100", "500", ""]
    assert more["HX-Trigger-After-Swap"] == "tiers-changed"
    fewer = client.post(f"{RULES}fields/", {**TIERS, "act": "remove:1"})
    assert [each.rate for each in fewer.context["draft"].tiers] == ["5", "10"]
    kept = client.post(f"{RULES}fields/", {**TIERS, "mode": "fixed"})
    assert 'name="tier-rate" value="8"' in text_of(kept)


def test_a_version_is_written_from_a_moment_on_with_a_reason(pool: PoolShop) -> None:
    client = browser(pool)
    page = f"{RULES}{pool.rule.id}/new/"
    assert client.get(page).context["draft"].tiers[0].rate == "5"
    without = client.post(page, TIERS)
    assert (without.status_code, list(without.context["faults"])) == (422, ["reason"])
    client.post(page, {**TIERS, "reason": "618"})
    assert RuleVersion.objects.filter(rule=pool.rule).count() == 2
    assert offer_of(pool.skus[0]).estimate == 800
    entry = AuditEntry.objects.get(action="pool.add_rule_version")
    assert (entry.reason, entry.before["version"]) == ("618", 1)
    past = client.post(page, {**TIERS, "reason": "x", "starts": "2020-01-01"})
    assert "is over" in past.context["faults"]["starts"]
    client.post(page, {**TIERS, "reason": "x", "starts": "2099-01-01"})
    again = client.post(page, {**TIERS, "reason": "y", "starts": "2099-01-01"})
    assert "scheduled" in again.context["faults"]["starts"]
    client.post(page, {**TIERS, "reason": "y", "starts": "2099-01-01", "replace_scheduled": "on"})
    shown = text_of(client.get(f"{RULES}{pool.rule.id}/"))
    assert "Replaced before it started" in shown
    assert "In force" in shown
    assert "8%" in shown


def test_a_rule_is_copied_with_its_terms(pool: PoolShop) -> None:
    page = browser(pool).get(f"{RULES}new/?copy={pool.other.id}")
    assert page.context["draft"].amount_per_unit == "3.50"
    assert page.context["named"]["name"] == "FIXED (copy)"


def test_a_taken_code_is_told_at_the_code(pool: PoolShop) -> None:
    answer = browser(pool).post(f"{RULES}new/", new(pool, TIERS, "FIVE"))
    assert "code" in answer.context["faults"]


def test_uplines_are_asked_for_as_far_as_the_deployment_goes(
    pool: PoolShop, settings: Settings
) -> None:
    client = browser(pool)
    for limit in (0, 1, 2):
        settings.YIPAN_UPLINE_LIMIT = limit
        assert len(client.get(f"{RULES}new/").context["draft"].uplines) == limit


def test_rules_of_others_are_not_there(pool: PoolShop) -> None:
    theirs = make_rule(organisation=pool.tree["F1"])
    client = browser(pool, "R1")
    assert client.get(f"{RULES}{theirs.id}/").status_code == 404
    assert client.get(f"{RULES}{theirs.id}/new/").status_code == 404
    assert client.get(f"{RULES}new/?copy={theirs.id}").status_code == 404
    shown = client.get(f"{RULES}{pool.rule.id}/")  # kept above: may be used, not changed
    assert shown.status_code == 200
    assert "rule-new-version" not in text_of(shown)
    assert client.get(f"{RULES}{pool.rule.id}/new/").status_code == 404
    assert client.post(f"{RULES}{pool.rule.id}/new/", {**TIERS, "reason": "x"}).status_code == 404
    made = client.post(f"{RULES}new/", {**new(pool, TIERS), "organisation": pool.tree["F1"].id})
    assert made.status_code == 404
    reader = browser(pool, "HQ", "auditor")
    assert reader.get(f"{RULES}{pool.rule.id}/").status_code == 200
    assert reader.get(f"{RULES}new/").status_code == 404


def test_statements_do_not_grow_with_the_rules(pool: PoolShop) -> None:
    client = browser(pool)
    statements(client, RULES)
    few = statements(client, RULES)
    for _number in range(20):
        make_rule()
    assert statements(client, RULES) <= few <= 14
    assert statements(client, f"{RULES}{pool.rule.id}/") <= 16
