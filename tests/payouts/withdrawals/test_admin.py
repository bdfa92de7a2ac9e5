"""Payouts in the console: four eyes, scope, and no number of a card."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import Group, earn, plant_group
from tests.payouts.withdrawals.builders import NAME, Payout, card_with, ready_to_withdraw
from yipan.group.people.models import Person
from yipan.kernel.models import Tenant
from yipan.payouts.settlement.actions import release_due
from yipan.payouts.withdrawals.models import Withdrawal


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
    return ready_to_withdraw(300_000, at=group)


@pytest.fixture
def boss(group: Group) -> Person:
    return make_person("boss", group.headquarters, "approver")


def console_of(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def decide(person: Person, withdrawal: Withdrawal, decision: str, why: str = "") -> Any:
    """Send the form of the withdrawal's page."""
    body = {
        "decision": decision, "why": why, "steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = console_of(person).post(
        page("withdrawals_withdrawal", withdrawal.id), body, follow=True
    )
    withdrawal.refresh_from_db()
    return answer


def test_a_second_person_approves(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    shown = console_of(boss).get(page("withdrawals_withdrawal", withdrawal.id)).content.decode()
    assert "¥1,500.00" in shown
    assert "8888" in shown
    assert card_with("8888") not in shown
    assert decide(boss, withdrawal, "approve", "checked").status_code == 200
    assert withdrawal.state == "approved"
    assert withdrawal.approved_by.startswith(f"person:{boss.id}:")


def test_the_one_who_asked_does_not_approve(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000, by=boss.actor)
    answer = decide(boss, withdrawal, "approve")
    assert withdrawal.state == "requested"
    assert any("second person" in str(message) for message in answer.context["messages"])


def test_a_rejection_says_why(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    decide(boss, withdrawal, "reject")
    assert withdrawal.state == "requested"
    decide(boss, withdrawal, "reject", "another month")
    assert (withdrawal.state, withdrawal.reason) == ("rejected", "another month")


def test_finance_cancels_but_does_not_approve(ready: Payout, group: Group) -> None:
    clerk = make_person("clerk", group.headquarters, "finance")
    withdrawal = ready.ask(150_000)
    decide(clerk, withdrawal, "approve")
    assert withdrawal.state == "requested"
    decide(clerk, withdrawal, "cancel")
    assert withdrawal.state == "cancelled"


def test_nothing_is_decided_after_the_handing_over(ready: Payout, boss: Person) -> None:
    withdrawal = ready.ask(150_000)
    Withdrawal.objects.filter(id=withdrawal.id).update(state="submitted")
    assert decide(boss, withdrawal, "reject", "too late").status_code == 403
    assert withdrawal.state == "submitted"


def test_people_of_another_company_see_nothing(ready: Payout, tenant: Tenant) -> None:
    withdrawal = ready.ask(150_000)
    stranger = make_person("stranger", ready.group.store, "auditor")
    console, listed = console_of(stranger), page("withdrawals_withdrawal")
    assert withdrawal.reference in console.get(listed).content.decode()
    ready.guide.organisation = ready.group.company
    ready.guide.save()
    assert withdrawal.reference not in console.get(listed).content.decode()
    assert console.get(page("withdrawals_withdrawal", withdrawal.id)).status_code == 404


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
