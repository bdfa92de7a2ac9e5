"""Policies in words, with their history, and new versions by those who may set them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.distribution.attribution.queries import attribution_policy
from yipan.group.organisations.queries import tree
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, PolicyVersion
from yipan.payouts.settlement.actions import set_settlement_policy
from yipan.payouts.withdrawals.actions import set_withdrawal_policy
from yipan.surfaces.console.policy_page import KINDS
from yipan.surfaces.console.policy_settings import defaults_of

PAGE = "policies/"
ATTRIBUTION = {
    "window_days": "10", "order_0": "code", "order_1": "link", "order_2": "", "order_3": "",
    "link_model": "first", "scope": "sku", "bind_on": "never", "binding_days": "0",
    "protection_days": "0", "self_purchase": "no", "valid_from": "", "reason": "缩短归属期",
}  # fmt: skip
WITHDRAWAL = {
    "minimum": "10.50", "maximum": "500", "per_day": "2", "approval_above": "0",
    "provider": "sandbox", "payer": "company", "valid_from": "", "reason": "收紧",
}  # fmt: skip


def cards(console: Console, organisation_id: int) -> dict[str, Any]:
    answer = console.get(f"{PAGE}?organisation={organisation_id}")
    assert answer.status_code == 200
    return {card.kind.kind: card for card in answer.context["cards"]}


def post(console: Console, kind: str, organisation_id: int, values: dict[str, str]) -> Any:
    return console.client.post(f"/console/policies/{kind}/{organisation_id}/new/", values)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_setting_of_a_policy_is_told_and_asked_for(kind: str) -> None:
    assert {each.name for each in KINDS[kind].settings} == set(defaults_of(kind))


def test_a_policy_says_where_it_comes_from(boss: Console, group: GroupTree) -> None:
    store = group["R1-A"].id
    assert cards(boss, store)["settlement"].is_built_in
    set_settlement_policy(organisation_id=group["RETAIL"].id, data={"hold_days": 3}, by=SYSTEM)
    inherited = cards(boss, store)["settlement"]
    assert inherited.comes_from.code == "RETAIL"
    assert ("Held after completion", "3 days") in inherited.words
    set_settlement_policy(
        organisation_id=store, data={"hold_days": 5, "clawback_share": "0.5"}, by=SYSTEM
    )
    own = cards(boss, store)["settlement"]
    assert (own.comes_from, own.version, own.is_built_in) == (None, 1, False)
    assert ("Of each release taken for claw-back", "50%") in own.words


def test_versions_tell_what_changed_when_by_whom(boss: Console, group: GroupTree) -> None:
    there = group["R1"].id
    set_settlement_policy(organisation_id=there, data={"hold_days": 3}, by=SYSTEM, reason="试行")
    set_settlement_policy(
        organisation_id=there, data={"hold_days": 3, "auto_complete_days": 1}, by=SYSTEM,
        valid_from=clock.now() + timedelta(days=2),
    )  # fmt: skip
    planned, first = cards(boss, there)["settlement"].versions
    assert (planned.state, first.state, first.reason) == ("planned", "in_force", "试行")
    assert planned.changes == [
        {"label": "Completed by itself after", "before": "10 days", "after": "1 day"}
    ]
    assert first.changes == [
        {"label": "Held after completion", "before": "7 days", "after": "3 days"}
    ]


def test_a_new_version_counts_at_once_and_is_written_down(boss: Console, group: GroupTree) -> None:
    there = group["R1"]
    answer = post(boss, "attribution", there.id, ATTRIBUTION)
    assert answer.headers["Location"] == f"/console/policies/?organisation={there.id}"
    lineage = tree().node(there.id).lineage
    now = attribution_policy(lineage=lineage, at=clock.now()).settings
    assert now.to_data() == {
        "window_days": 10, "order": ["code", "link"], "link_model": "first", "scope": "sku",
        "bind_on": "never", "binding_days": 0, "protection_days": 0, "self_purchase": "no",
    }  # fmt: skip
    assert AuditEntry.objects.get(action="policies.attribution").reason == "缩短归属期"


def test_amounts_are_typed_in_yuan(boss: Console, group: GroupTree) -> None:
    assert post(boss, "withdrawal", group["R1"].id, WITHDRAWAL).status_code == 302
    data = PolicyVersion.objects.get(kind="withdrawal").data
    assert (data["minimum"], data["maximum"], data["approval_above"]) == (1_050, 50_000, 0)
    form = boss.get(f"{PAGE}withdrawal/{group['R1'].id}/new/").context["form"]
    assert str(form["minimum"].value()) == "10.5"
    assert ("A second person approves", "every request") in cards(boss, group["R1"].id)[
        "withdrawal"
    ].words


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("attribution", {**ATTRIBUTION, "window_days": "91"}, "window_days"),
        ("attribution", {**ATTRIBUTION, "order_1": "code"}, "order"),
        ("attribution", {**ATTRIBUTION, "order_0": "", "order_1": ""}, "order"),
        ("withdrawal", {**WITHDRAWAL, "minimum": "600"}, "minimum"),
        ("withdrawal", {**WITHDRAWAL, "minimum": "1.005"}, "minimum"),
        ("withdrawal", {**WITHDRAWAL, "provider": "nobody"}, "provider"),
        ("withdrawal", {**WITHDRAWAL, "reason": ""}, "reason"),
        ("withdrawal", {**WITHDRAWAL, "valid_from": "2020-01-01T00:00"}, "valid_from"),
    ],
)
def test_what_is_wrong_is_shown_at_its_field(
    boss: Console, group: GroupTree, kind: str, values: dict[str, str], field: str
) -> None:
    answer = post(boss, kind, group["R1"].id, values)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not PolicyVersion.objects.exists()


def test_a_version_may_be_set_for_later(boss: Console, group: GroupTree) -> None:
    day = timezone.localtime() + timedelta(days=3)
    later = {**WITHDRAWAL, "valid_from": f"{day:%Y-%m-%dT%H:%M}"}
    assert post(boss, "withdrawal", group["R1"].id, later).status_code == 302
    card = cards(boss, group["R1"].id)["withdrawal"]
    assert card.is_built_in
    assert [version.state for version in card.versions] == ["planned"]


def test_others_policies_are_not_there(group: GroupTree) -> None:
    part = Console.of(make_person("part", group["R1"], Role.ADMINISTRATOR))
    assert part.get(PAGE).context["node"].code == "R1"
    for outside in ("HQ", "F1", "R2-A"):
        there = group[outside].id
        assert part.get(f"{PAGE}?organisation={there}").status_code == 404
        assert part.get(f"{PAGE}attribution/{there}/new/").status_code == 404
        assert post(part, "attribution", there, ATTRIBUTION).status_code == 404
    assert part.get(f"{PAGE}nonsense/{group['R1'].id}/new/").status_code == 404
    assert not PolicyVersion.objects.exists()


def test_whoever_only_reads_sets_nothing(group: GroupTree) -> None:
    finance = Console.of(make_person("money", group.headquarters, Role.FINANCE))
    page = finance.get(PAGE).content.decode()
    assert 'data-test="new-settlement"' in page
    assert 'data-test="new-attribution"' not in page
    assert post(finance, "attribution", group["R1"].id, ATTRIBUTION).status_code == 404
    manager = Console.of(make_person("manager", group["R1-A"], Role.STORE_MANAGER))
    assert manager.get(PAGE).status_code == 404


def test_statements_do_not_grow_with_the_history(boss: Console, group: GroupTree) -> None:
    def statements() -> int:
        boss.get(PAGE)
        with CaptureQueriesContext(connection) as run:
            boss.get(PAGE)
        return len(run)

    there = group.headquarters.id
    set_withdrawal_policy(organisation_id=there, data={}, by=SYSTEM)
    before = statements()
    for number in range(1, 6):
        set_withdrawal_policy(organisation_id=there, data={"minimum": number}, by=SYSTEM)
        set_settlement_policy(organisation_id=there, data={"hold_days": number}, by=SYSTEM)
    assert statements() == before
    assert before <= 9


def test_what_delivery_costs_is_set_and_told_like_every_policy(
    boss: Console, group: GroupTree
) -> None:
    store = group["R1-A"].id
    given = {
        "freight": "8.50",
        "free_from": "",
        "most_units": "20",
        "valid_from": "",
        "reason": "x",
    }
    assert post(boss, "checkout", store, given).status_code == 302
    set_here = PolicyVersion.objects.get(kind="checkout")
    assert set_here.data == {"freight": 850, "free_from": None, "most_units": 20}
    words = dict(cards(boss, store)["checkout"].words)
    assert words["Delivery of an order costs"] == "¥8.50"
    assert words["Delivery is free"] == "never"
    (version,) = cards(boss, store)["checkout"].versions
    changed = {each["label"]: (each["before"], each["after"]) for each in version.changes}
    assert changed["Delivery is free"] == ("from ¥99.00", "never")
    form = boss.get(f"policies/checkout/{store}/new/").context["form"]
    assert form["free_from"].value() is None
    refused = post(boss, "checkout", store, {**given, "most_units": "0"})
    assert refused.status_code == 422


def test_a_parcel_is_received_by_itself_after_as_many_days_as_are_set(
    boss: Console, group: GroupTree
) -> None:
    store = group["R1-A"].id
    given = {"auto_receipt_days": "3", "valid_from": "", "reason": "x"}
    assert post(boss, "fulfilment", store, given).status_code == 302
    assert PolicyVersion.objects.get(kind="fulfilment").data == {"auto_receipt_days": 3}
    assert ("Received by itself after", "3 days") in cards(boss, store)["fulfilment"].words
    operator = Console.of(make_person("operator", group.headquarters, Role.STORE_MANAGER))
    assert post(operator, "fulfilment", store, given).status_code == 404
