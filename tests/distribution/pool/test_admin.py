"""The pool in the console."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_sku, make_skus
from tests.distribution.pool.rule_cases import fixed, flat
from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from yipan.distribution.pool.models import CommissionRule, Offer, RuleVersion
from yipan.kernel.models import AuditEntry

RULES, OFFERS = "/console/pool/commissionrule/", "/console/pool/offer/"


def console(group: GroupTree, code: str = "HQ", role: str = "operations") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_person(f"{role}-{code}", group[code], role))
    return client


def form(prefix: str, **fields: Any) -> dict[str, Any]:
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0", **fields}


def errors_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"] if message.level_tag == "error"]


def test_a_rule_is_made_and_given_new_terms(group: GroupTree) -> None:
    browser = console(group)
    made = form(
        "versions",
        organisation=group["R1"].id,
        code="SPRING",
        name="春季",
        terms=json.dumps(flat("0.05")),
    )
    answer = browser.post(f"{RULES}add/", made, follow=True)
    assert answer.status_code == 200
    rule = CommissionRule.objects.get()
    page = f"{RULES}{rule.id}/change/"
    assert "tiered_rate" in browser.get(page).content.decode()
    browser.post(page, form("versions", terms=json.dumps(flat("0.06")), reason="618"), follow=True)
    assert [each.version for each in RuleVersion.objects.order_by("version")] == [1, 2]
    assert AuditEntry.objects.get(action="pool.add_rule_version").actor.startswith("person:")
    refused = browser.post(page, form("versions", terms=json.dumps(flat("1.5"))), follow=True)
    assert any("tiers[0].rate" in error for error in errors_of(refused))
    assert RuleVersion.objects.count() == 2


def test_offers_are_put_changed_switched_and_taken_off(group: GroupTree) -> None:
    browser = console(group)
    first, second = make_skus(2, price=10_000)
    rule, other = make_rule(flat("0.05")), make_rule(fixed(350))
    fields: dict[str, Any] = {
        "organisation": group["R1"].id,
        "sku": first.id,
        "rule": rule.id,
        "is_on": "on",
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00:00",
        "valid_until_0": "",
        "valid_until_1": "",
    }
    browser.post(f"{OFFERS}add/", form("past", **fields), follow=True)
    offer = Offer.objects.get()
    assert (offer.sku_id, offer.estimate) == (first.id, 500)
    changed = form("past", **{**fields, "rule": other.id})
    browser.post(f"{OFFERS}{offer.id}/change/", changed, follow=True)
    offer.refresh_from_db()
    assert (offer.rule_id, offer.estimate) == (other.id, 350)
    make_offer(second)
    ids = list(Offer.objects.values_list("id", flat=True))
    for action, remaining in (("switch_off", 0), ("switch_on", 2)):
        answer = browser.post(OFFERS, {"action": action, "_selected_action": ids}, follow=True)
        assert answer.status_code == 200
        assert Offer.objects.filter(is_on=True).count() == remaining
    browser.post(OFFERS, {"action": "take_off", "_selected_action": ids}, follow=True)
    assert not Offer.objects.filter(valid_until=None).exists()
    assert "¥3.50" in browser.get(OFFERS).content.decode()


def test_people_see_their_subtree_and_the_rules_above_it(group: GroupTree) -> None:
    sku = make_sku()
    above = make_rule(code="GROUP")
    make_rule(code="FOOD-RULE", organisation=group["FOOD"])
    ours = make_offer(sku, group["R1-A"], above)
    theirs = make_offer(sku, group["R2-A"], above)
    browser = console(group, "R1")
    page = browser.get(RULES).content.decode()
    assert "GROUP" in page
    assert "FOOD-RULE" not in page
    assert browser.get(f"{OFFERS}{ours.id}/change/").status_code == 200
    assert browser.get(f"{OFFERS}{theirs.id}/change/").status_code == 404
    terms = form("versions", terms=json.dumps(flat("0.5")))
    assert browser.post(f"{RULES}{above.id}/change/", terms).status_code == 403
    assert RuleVersion.objects.filter(rule=above).count() == 1


def test_who_only_reads_changes_nothing(group: GroupTree) -> None:
    offer = make_offer(make_sku(), group["R1"])
    browser = console(group, role="auditor")
    assert browser.get(OFFERS).status_code == 200
    assert browser.get(f"{RULES}add/").status_code == 403
    answer = browser.post(OFFERS, {"action": "switch_off", "_selected_action": [offer.id]})
    assert answer.status_code in {200, 302, 403}
    offer.refresh_from_db()
    assert offer.is_on
