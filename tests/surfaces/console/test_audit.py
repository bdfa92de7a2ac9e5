"""The audit trail: searchable, in one's reach only, and the proof that the chain is whole."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.console.builders import furnished_shop
from tests.trade.orders.builders import Shop, open_shop
from yipan.group.organisations.actions import describe_organisation, switch_distribution
from yipan.group.people.models import Role
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, Tenant
from yipan.ledger.models import Seal
from yipan.payouts.withdrawals.actions import set_withdrawal_policy
from yipan.surfaces.console.audit_page import line_of
from yipan.surfaces.console.audit_words import SENTENCES

PAGE = "audit/"
CODE: Final = Path(__file__).resolve().parents[3] / "src" / "yipan"


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


@pytest.fixture
def group(shop: Shop) -> GroupTree:
    return shop.tree


def lines(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return list(answer.context["lines"])


def test_entries_are_found_by_action_person_number_place_and_day(
    boss: Console, group: GroupTree
) -> None:
    store = group["R1-A"]
    switch_distribution(organisation=store, on=False, by=SYSTEM, reason="盘点")
    describe_organisation(organisation=group["F1"], city="成都", by=SYSTEM)
    (found,) = lines(boss.get(f"{PAGE}?q=organisations.switch"))
    assert (found.organisation, found.reason) == (store.name, "盘点")
    assert found.changes == [("distribution", "yes", "no")]
    assert found.told == "Switched distribution on or off"
    assert found.link == f"/console/organisations/{store.id}/"
    assert {each.action for each in lines(boss.get(f"{PAGE}?q={store.id}"))} == {
        "organisations.create", "organisations.switch_distribution",
    }  # fmt: skip
    places = {
        each.organisation for each in lines(boss.get(f"{PAGE}?organisation={group['FOOD'].id}"))
    }
    assert group["F1"].name in places
    assert store.name not in places
    assert lines(boss.get(f"{PAGE}?q=boss&until=2000-01-01")) == []
    today = f"{clock.now():%Y-%m-%d}"
    assert lines(boss.get(f"{PAGE}?q=organisations.switch&from=2000-01-01&until=2100-01-01"))
    assert lines(boss.get(f"{PAGE}?from=nonsense&until={today}&page=x&organisation=abc"))


def test_others_entries_are_not_there(group: GroupTree) -> None:
    describe_organisation(organisation=group["F1"], city="成都", by=SYSTEM)
    switch_distribution(organisation=group["R1-A"], on=False, by=SYSTEM)
    part = Console.of(make_person("part", group["R1"], Role.AUDITOR))
    names = {each.organisation for each in lines(part.get(PAGE))}
    assert group["R1-A"].name in names
    assert group["F1"].name not in names
    assert "" not in names  # what is of the whole group
    outside = part.get(f"{PAGE}?organisation={group['F1'].id}")
    assert lines(outside) == []
    manager = Console.of(make_person("manager", group["R1-A"], Role.STORE_MANAGER))
    assert manager.get(PAGE).status_code == 404
    assert manager.get(f"{PAGE}chain/").status_code == 404


def seal(sequence: int, previous: str) -> Seal:
    """A seal over no journal."""
    made: Seal = Seal.objects.create(
        sequence=sequence, from_xact=0, until_xact=1, journals=0, previous=previous,
        hash=sha256(previous.encode()).hexdigest(), sealed_at=clock.now(),
    )  # fmt: skip
    return made


def test_a_chain_without_a_seal_says_so(boss: Console) -> None:
    assert "Nothing is sealed yet" in boss.get(f"{PAGE}chain/").content.decode()
    assert boss.get(PAGE).context["chain"].seals == 0


def test_a_whole_chain_is_proved(boss: Console) -> None:
    seal(1, "")
    answer = boss.get(f"{PAGE}chain/").content.decode()
    assert "The chain is whole" in answer
    assert "1 seals over 0 journals" in answer


def test_a_broken_chain_is_told_link_by_link(boss: Console) -> None:
    seal(2, "not the one before")
    answer = boss.get(f"{PAGE}chain/").content.decode()
    assert "The chain is broken" in answer
    assert "seal 2 does not follow the one before" in answer


def test_statements_do_not_grow_with_the_trail(boss: Console, group: GroupTree) -> None:
    def statements() -> int:
        boss.get(PAGE)
        with CaptureQueriesContext(connection) as run:
            boss.get(PAGE)
        return len(run)

    before = statements()
    for number in range(8):
        describe_organisation(organisation=group["R1-A"], city=f"城{number}", by=SYSTEM)
    assert statements() == before
    assert before <= 10


def test_every_action_of_the_code_has_a_sentence_in_both_languages() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.py"))
    literal = set(re.findall(r'action="([a-z_]+\.[a-z_]+)"', source))
    assert len(literal) > 20
    for code in [*literal, *SENTENCES]:
        told = {}
        for language in ("en", "zh-hans"):
            with override(language):
                told[language] = str(SENTENCES[code])
        assert told["en"] != told["zh-hans"], code


def test_whatever_a_shop_does_is_told_in_words(tenant: Tenant) -> None:
    shop = furnished_shop()
    boss = Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    found = [line_of(entry) for entry in AuditEntry.objects.all()]
    assert len({line.action for line in found}) > 20
    for line in found:
        assert line.told != line.action
        assert "{" not in line.told
        assert "_" not in line.told, line.told
    raw = {change.label for line in found for change in line.changes if "_" in change.label}
    assert raw == set()
    assert boss.get(PAGE).status_code == 200


def test_entries_are_found_by_what_they_say_in_the_readers_language(
    boss: Console, group: GroupTree
) -> None:
    switch_distribution(organisation=group["R1-A"], on=False, by=SYSTEM)
    describe_organisation(organisation=group["F1"], city="成都", by=SYSTEM)
    for language, word in (("en", "switched distribution"), ("zh-hans", "分销开关")):
        answer = boss.client.get(f"/console/{PAGE}?q={word}", headers={"Accept-Language": language})
        assert {each.action for each in lines(answer)} == {"organisations.switch_distribution"}


def test_amounts_places_and_moments_are_told_as_people_read_them(group: GroupTree) -> None:
    store = group["R1-A"]
    entry = AuditEntry(
        id=1, at=clock.now(), actor="member:3:member", action="withdrawals.approve",
        subject_type="withdrawal", subject_id=5, before={"organisation_id": store.id},
        after={"gross": 123456, "valid_from": "2026-11-20T16:30:00+00:00", "state": "approved"},
    )  # fmt: skip
    with override("en"), timezone.override("Asia/Shanghai"):
        line = line_of(entry)
    assert line.told == "Approved a withdrawal of ¥1,234.56"
    assert line.who == "a customer"
    assert (line.subject, line.action) == ("Withdrawal 5", "withdrawals.approve")
    assert {change.label: change.before or change.after for change in line.changes} == {
        "organisation": store.name, "asked for": "¥1,234.56", "from": "2026-11-21 00:30",
        "state": "approved",
    }  # fmt: skip


def test_a_policy_is_told_by_its_settings(boss: Console, group: GroupTree) -> None:
    set_withdrawal_policy(
        organisation_id=group.headquarters.id, data={"approval_above": 50_000}, by=SYSTEM
    )
    (line,) = lines(boss.get(f"{PAGE}?q=policies.withdrawal"))
    assert line.changes == [("A second person approves", "above ¥1,000.00", "above ¥500.00")]
