"""Withdrawals, cards and names over the open API."""

from __future__ import annotations

import pytest

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import Group, make_distributor, plant_group, put_available
from tests.payouts.withdrawals.builders import NAME, Payout, card_with, ready_to_withdraw
from tests.surfaces.openapi.builders import Caller, caller, make_client
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Role
from yipan.kernel.models import Tenant
from yipan.payouts.withdrawals.actions import (
    Shown,
    approve_withdrawal,
    approve_withdrawals,
    submit_approved,
)
from yipan.payouts.withdrawals.errors import NotASecondPerson
from yipan.surfaces.openapi.actions import rotate_key


@pytest.fixture
def group(tenant: Tenant) -> Group:
    return plant_group()


@pytest.fixture
def ready(group: Group) -> Payout:
    return ready_to_withdraw(300_000, at=group)


@pytest.fixture
def api(group: Group) -> Caller:
    return caller(group.headquarters)


def test_the_way_from_a_name_to_money_on_a_card(group: Group, api: Caller) -> None:
    guide = make_distributor(group.store)
    put_available(guide, 80_000)
    named = api.send("put", f"/payees/{guide.code}", {"name": NAME})
    assert named.status_code == 200
    assert NAME not in named.content.decode()
    card = api.post(
        "/cards",
        {"distributor": guide.code, "holder": NAME, "number": card_with("8888"), "bank": "工行"},
    ).json()
    assert card["last_four"] == "8888"
    assert card["verified_at"] is None
    assert api.post(f"/cards/{card['id']}/verification").json()["verified_at"]
    body = {"distributor": guide.code, "card_id": card["id"], "amount": 50_000}
    asked = api.post("/withdrawals", body, idempotency_key="one")
    assert asked.status_code == 201
    assert asked.json()["state"] == "approved"
    submit_approved()
    done = api.get(f"/withdrawals/{asked.json()['id']}").json()
    assert done["state"] == "succeeded"
    assert len(done["steps"]) == 4


def test_the_same_request_twice_reserves_once(ready: Payout, api: Caller) -> None:
    body = {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 1_000}
    first = api.post("/withdrawals", body, idempotency_key="once")
    again = api.post("/withdrawals", body, idempotency_key="once")
    assert again.content == first.content
    assert len(api.get("/withdrawals").json()["items"]) == 1
    assert api.post("/withdrawals", body).status_code == 400


def test_another_caller_than_the_one_who_asked_approves(
    ready: Payout, group: Group, api: Caller
) -> None:
    body = {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 150_000}
    asked = api.post("/withdrawals", body, idempotency_key="big").json()
    assert asked["state"] == "requested"
    approval = f"/withdrawals/{asked['id']}/approval"
    own = api.post(approval, {}, idempotency_key="approve")
    assert own.status_code == 403
    assert own.json()["code"] == "withdrawals.not_a_second_person"
    approver = caller(group.headquarters, ["withdrawals.read", "withdrawals.approve"])
    approved = approver.post(approval, {"reason": "checked"}, idempotency_key="approve").json()
    assert approved["state"] == "approved"
    assert approved["steps"][-1]["reason"] == "checked"


def test_a_program_is_no_second_person_for_who_was_ever_shown_its_key(
    ready: Payout, group: Group, api: Caller
) -> None:
    mei = make_person("mei", group.headquarters, Role.ADMINISTRATOR)
    other = make_person("other", group.headquarters, Role.ADMINISTRATOR)
    body = {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 150_000}
    asked = api.post("/withdrawals", body, idempotency_key="big").json()
    Distributor.objects.filter(id=ready.guide.id).update(person=mei)
    made = make_client(group.headquarters, by=mei.actor)
    rotated = rotate_key(
        client=make_client(group.headquarters, by=other.actor).client, by=mei.actor
    )
    approval = f"/withdrawals/{asked['id']}/approval"
    for issued in (made, rotated):
        refused = Caller(issued.key).post(approval, {}, idempotency_key="approve")
        assert refused.json()["code"] == "withdrawals.not_a_second_person"
    theirs = Caller(make_client(group.headquarters, by=other.actor).key)
    assert theirs.post(approval, {}, idempotency_key="approve").json()["state"] == "approved"


def test_who_holds_the_key_of_the_program_that_asked_is_no_second_person(
    ready: Payout, group: Group
) -> None:
    mei = make_person("mei", group.headquarters, Role.APPROVER)
    erp = Caller(make_client(group.headquarters, by=mei.actor).key)
    body = {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 150_000}
    asked = erp.post("/withdrawals", body, idempotency_key="big").json()
    with pytest.raises(NotASecondPerson):
        approve_withdrawal(withdrawal_id=asked["id"], by=mei.actor)
    with pytest.raises(NotASecondPerson):
        approve_withdrawals(withdrawal_ids=[asked["id"]], shown=Shown(1, 150_000), by=mei.actor)
    other = make_person("other", group.headquarters, Role.APPROVER)
    assert approve_withdrawal(withdrawal_id=asked["id"], by=other.actor).state == "approved"


def test_a_rejection_needs_a_reason_and_a_cancellation_does_not(
    ready: Payout, group: Group, api: Caller
) -> None:
    approver = caller(group.headquarters, ["withdrawals.read", "withdrawals.approve"])
    ids = []
    for number in range(2):
        body = {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 120_000}
        ids.append(api.post("/withdrawals", body, idempotency_key=f"{number}").json()["id"])
    rejection = f"/withdrawals/{ids[0]}/rejection"
    assert approver.post(rejection, {"reason": ""}, idempotency_key="r0").status_code == 422
    rejected = approver.post(rejection, {"reason": "not yours"}, idempotency_key="r1").json()
    assert (rejected["state"], rejected["reason"]) == ("rejected", "not yours")
    cancelled = api.post(f"/withdrawals/{ids[1]}/cancellation", {}, idempotency_key="c").json()
    assert cancelled["state"] == "cancelled"
    listed = api.get("/withdrawals?state=cancelled").json()["items"]
    assert [each["id"] for each in listed] == [ids[1]]


def test_a_quote_changes_nothing(ready: Payout, api: Caller) -> None:
    quote = api.post("/withdrawals/quote", {"distributor": ready.guide.code, "amount": 150_000})
    assert quote.json() == {
        "gross": 150_000, "tax": 0, "net": 150_000, "currency": "CNY",
        "needs_approval": True, "tax_method": "none/1",
    }  # fmt: skip
    assert api.get("/withdrawals").json()["items"] == []


def test_what_is_not_enough_is_refused_with_a_code(ready: Payout, api: Caller) -> None:
    body = {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 300_001}
    refused = api.post("/withdrawals", body, idempotency_key="much")
    assert refused.status_code == 409
    assert refused.json()["code"] == "ledger.insufficient_balance"


def test_cards_are_listed_and_removed(ready: Payout, api: Caller) -> None:
    (listed,) = api.get(f"/cards?distributor={ready.guide.code}").json()["items"]
    assert listed["id"] == ready.card.id
    assert card_with("8888") not in str(listed)
    assert api.delete(f"/cards/{ready.card.id}").status_code == 204
    assert api.get("/cards").json()["items"] == []
    assert api.delete(f"/cards/{ready.card.id}").status_code == 404


def test_who_only_asks_does_not_verify(ready: Payout, group: Group) -> None:
    asking = caller(group.headquarters, ["withdrawals.read", "withdrawals.write"])
    assert asking.post(f"/cards/{ready.card.id}/verification").status_code == 403
    assert asking.send("put", f"/payees/{ready.guide.code}", {"name": NAME}).status_code == 403
    assert asking.get(f"/payees/{ready.guide.code}").status_code == 200


def test_the_policy_counts_for_the_subtree(ready: Payout, group: Group, api: Caller) -> None:
    assert api.get("/policies/withdrawal").json()["settings"]["per_day"] == 3
    body = {"settings": {"approval_above": 0, "payer": "company"}}
    assert api.send("put", "/policies/withdrawal", body).json()["version"] == 1
    asked = api.post(
        "/withdrawals",
        {"distributor": ready.guide.code, "card_id": ready.card.id, "amount": 100},
        idempotency_key="small",
    )
    assert asked.json()["needs_approval"] is True
    body = {"settings": {"provider": "moon"}}
    refused = api.send("put", "/policies/withdrawal", body)
    assert refused.json()["data"]["field"] == "provider"
