"""Payouts in the console: four eyes, sums that are shown and confirmed, scope, no card numbers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import Group, earn, plant_group
from tests.payouts.withdrawals.builders import NAME, Payout, card_with, ready_to_withdraw
from yipan.group.people.models import Person
from yipan.kernel.models import Tenant
from yipan.payouts.settlement.actions import release_due
from yipan.payouts.withdrawals.models import Withdrawal

DECIDE = "/console/withdrawals/withdrawal/decide/"
PAGE_STATEMENTS = 16
"""Session, tenant, person, roles, the withdrawal, and one for each part of its page."""


def page(model: str, row: int | None = None) -> str:
    """Address of a list, or of one row's page."""
    if row is None:
        return reverse(f"admin:{model}_changelist")
    return reverse(f"admin:{model}_change", args=[row])


@pytest.fixture
def group(tenant: Tenant) -> Group:
    return plant_group()


@pytest.fixture
def ready(group: Group) -> Payout:
    return ready_to_withdraw(1_000_000, at=group)


@pytest.fixture
def boss(group: Group) -> Person:
    return make_person("boss", group.headquarters, "approver")


def console_of(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def decide(person: Person, decision: str, *chosen: Withdrawal, why: str = "", **more: Any) -> Any:
    """Confirm what the page of decision shows."""
    body = {
        "do": decision,
        "id": [each.id for each in chosen],
        "count": len(chosen),
        "amount": sum(each.gross for each in chosen),
        "reason": why,
        **more,
    }
    answer = console_of(person).post(DECIDE, body, follow=True)
    for each in chosen:
        each.refresh_from_db()
    return answer


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_second_person_approves(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    console = console_of(boss)
    shown = console.get(page("withdrawals_withdrawal", withdrawal.id)).content.decode()
    assert "¥1,500.00" in shown
    assert "8888" in shown
    assert card_with("8888") not in shown
    assert 'data-test="withdrawal-approve"' in shown
    asked = console.get(f"{DECIDE}?do=approve&id={withdrawal.id}").content.decode()
    assert "Approve ¥1,500.00" in asked
    assert 'data-test="approve-confirm"' in asked
    answer = decide(boss, "approve", withdrawal, why="checked")
    assert "1 withdrawal approved: ¥1,500.00." in told(answer)
    assert withdrawal.state == "approved"
    assert withdrawal.approved_by.startswith(f"person:{boss.id}:")


def test_several_are_approved_with_their_sum_confirmed(ready: Payout, boss: Person) -> None:
    first, second = ready.ask(150_000), ready.ask(160_000)
    asked = console_of(boss).get(f"{DECIDE}?do=approve&id={first.id}&id={second.id}")
    assert asked.context["shown"].amount == 310_000
    assert "Approve ¥3,100.00" in asked.content.decode()
    answer = decide(boss, "approve", first, second)
    assert "2 withdrawals approved: ¥3,100.00." in told(answer)
    assert (first.state, second.state) == ("approved", "approved")


def test_another_sum_than_was_shown_is_refused(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    assert "have changed" in told(decide(boss, "approve", withdrawal, amount=150_001))
    assert withdrawal.state == "requested"


def test_a_double_click_approves_once(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    decide(boss, "approve", withdrawal)
    assert "cannot be done" in told(decide(boss, "approve", withdrawal))
    assert withdrawal.steps.filter(to_state="approved").count() == 1


def test_the_one_who_asked_does_not_approve(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000, by=boss.actor)
    console = console_of(boss)
    shown = console.get(page("withdrawals_withdrawal", withdrawal.id)).content.decode()
    assert 'data-test="withdrawal-approve"' not in shown
    asked = console.get(f"{DECIDE}?do=approve&id={withdrawal.id}")
    assert asked.context["ready"] == []
    assert "a second person must decide" in asked.content.decode()
    assert "second person" in told(decide(boss, "approve", withdrawal))
    assert withdrawal.state == "requested"


def test_a_rejection_says_why(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    decide(boss, "reject", withdrawal)
    assert withdrawal.state == "requested"
    decide(boss, "reject", withdrawal, why="another month")
    assert (withdrawal.state, withdrawal.reason) == ("rejected", "another month")


def test_finance_cancels_but_does_not_approve(ready: Payout, group: Group) -> None:
    clerk = make_person("clerk", group.headquarters, "finance")
    withdrawal = ready.ask(150_000)
    assert decide(clerk, "approve", withdrawal).status_code == 404
    assert withdrawal.state == "requested"
    decide(clerk, "cancel", withdrawal)
    assert withdrawal.state == "cancelled"


def test_nothing_is_decided_after_the_handing_over(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    Withdrawal.objects.filter(id=withdrawal.id).update(state="submitted")
    decide(boss, "reject", withdrawal, why="too late")
    assert withdrawal.state == "submitted"
    shown = console_of(boss).get(f"{DECIDE}?do=reject&id={withdrawal.id}")
    assert shown.context["ready"] == []


def test_people_of_another_company_see_and_decide_nothing(ready: Payout, tenant: Tenant) -> None:
    withdrawal = ready.ask(150_000)
    stranger = make_person("stranger", ready.group.store, "administrator")
    console, listed = console_of(stranger), page("withdrawals_withdrawal")
    assert withdrawal.reference in console.get(listed).content.decode()
    ready.guide.organisation = ready.group.company
    ready.guide.save()
    assert withdrawal.reference not in console.get(listed).content.decode()
    assert console.get(page("withdrawals_withdrawal", withdrawal.id)).status_code == 404
    for decision in ("approve", "reject", "cancel"):
        assert console.get(f"{DECIDE}?do={decision}&id={withdrawal.id}").status_code == 404
        assert decide(stranger, decision, withdrawal, why="x").status_code == 404
    assert withdrawal.state == "requested"


def test_an_unknown_decision_is_no_page(ready: Payout, boss: Person) -> None:
    assert console_of(boss).get(f"{DECIDE}?do=pay&id=1").status_code == 404
    assert console_of(boss).post(DECIDE, {"do": "approve"}).status_code == 404


def test_the_list_sums_up_what_it_shows(ready: Payout, boss: Person) -> None:
    asked = [ready.ask(amount) for amount in (150_000, 160_000)]
    decide(boss, "approve", asked[0])
    console = console_of(boss)
    everything = console.get(page("withdrawals_withdrawal")).context
    assert everything["sums"]["gross"] == 310_000
    assert everything["counts"] == {"requested": 1, "approved": 1}
    approved = console.get(f"{page('withdrawals_withdrawal')}?state=approved").context
    assert (approved["sums"]["count"], approved["sums"]["net"]) == (1, 150_000)
    nonsense = console.get(f"{page('withdrawals_withdrawal')}?state=nonsense").context
    assert nonsense["sums"]["count"] == 0


def test_lists_and_pages_take_as_many_statements_for_many(ready: Payout, boss: Person) -> None:
    console = console_of(boss)
    console.get("/console/")  # the tree is read once in a process
    counts = []
    for amounts in ((150_000,), (110_000, 120_000)):
        asked = [ready.ask(amount) for amount in amounts]
        ids = "".join(f"&id={each.id}" for each in asked)
        for address in (page("withdrawals_withdrawal"), f"{DECIDE}?do=approve{ids}"):
            with CaptureQueriesContext(connection) as captured:
                assert console.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]
    asked_last = Withdrawal.objects.latest("id")
    with CaptureQueriesContext(connection) as captured:
        console.get(page("withdrawals_withdrawal", asked_last.id))
    assert len(captured) <= PAGE_STATEMENTS


def test_cards_show_their_last_four_digits_only(ready: Payout, boss: Person) -> None:
    console = console_of(boss)
    for row in (None, ready.card.id):
        text = console.get(page("withdrawals_bankcard", row)).content.decode()
        assert "8888" in text
        assert card_with("8888") not in text
        assert ready.card.number_sealed not in text
        assert NAME not in text.replace(ready.guide.name, "")


def test_settlement_shows_what_is_due_and_what_was_released(ready: Payout, boss: Person) -> None:
    earn(ready.guide, 12_300)
    console = console_of(boss)
    assert "¥123.00" in console.get(page("commissions_entrystate")).content.decode()
    release_due()
    assert "¥123.00" in console.get(page("settlement_releasebatch")).content.decode()
