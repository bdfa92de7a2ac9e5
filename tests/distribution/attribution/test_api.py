"""Attribution over the open API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.distribution.attribution.builders import (
    DAY,
    PLACED,
    bind,
    capture,
    history,
    make_distributor,
    make_member,
    make_order,
    open_link,
    winner,
)
from tests.distribution.attribution.conftest import World
from tests.distribution.attribution.queries.test_replay import write
from tests.surfaces.openapi.builders import Caller, caller
from yipan.distribution.attribution.models import Binding, Touch
from yipan.kernel import clock


@pytest.fixture
def company(world: World) -> Caller:
    """Speaks for R1, where Wang and Li are at home."""
    return caller(world.tree["R1"])


def test_touches_are_recorded_by_code(world: World, company: Caller) -> None:
    now = clock.now().isoformat()
    touch = {"code": "wang", "touched_at": now, "visitor": "device-1", "organisation": "R1-A"}
    answer = company.post("/touches", {"touches": [touch, {**touch, "visitor": "device-2"}]})
    assert answer.status_code == 201, answer.content
    rows = Touch.objects.order_by("id")
    assert answer.json()["touch_ids"] == [row.id for row in rows]
    assert rows[0].organisation_id == world.store.id


@pytest.mark.parametrize("change", [{"code": "CHEN"}, {"organisation": "F1-A"}, {"code": "NOBODY"}])
def test_touches_of_others_are_not_found(
    world: World, company: Caller, change: dict[str, str]
) -> None:
    touch = {"code": "WANG", "touched_at": clock.now().isoformat(), "visitor": "v", **change}
    assert company.post("/touches", {"touches": [touch]}).status_code == 404


def test_a_faulty_touch_is_named_by_field(world: World, company: Caller) -> None:
    touch = {"code": "WANG", "touched_at": (clock.now() + DAY).isoformat(), "visitor": "v"}
    answer = company.post("/touches", {"touches": [touch]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "touches.0.touched_at"


def test_coupons_are_given_and_listed(world: World, company: Caller) -> None:
    given = {"distributor": "LI", "coupons": ["li-1", "li-2"]}
    assert company.post("/coupons", given).json() == {"coupons": ["LI-1", "LI-2"]}
    assert company.post("/coupons", {**given, "distributor": "WANG"}).status_code == 409
    assert company.post("/coupons", {**given, "distributor": "CHEN"}).status_code == 404
    listed = company.get("/coupons?distributor=li").json()["items"]
    assert [(each["code"], each["distributor"]) for each in listed] == [
        ("LI-1", "LI"),
        ("LI-2", "LI"),
    ]
    assert caller(world.tree["F1"]).get("/coupons").json()["items"] == []


def test_a_member_is_bound_read_handed_over_and_unbound(world: World, company: Caller) -> None:
    other = make_member()
    bind(world.member, world.li, PLACED, valid_until=None)
    bind(other, world.chen, PLACED, valid_until=None)
    body = {"member_id": world.member, "distributor": "WANG", "reason": "顾客要求"}
    bound = company.post("/bindings", body)
    assert bound.status_code == 201, bound.content
    assert (bound.json()["distributor"], bound.json()["kind"]) == ("WANG", "assigned")
    listed = company.get("/bindings").json()["items"]
    assert [each["member_id"] for each in listed] == [world.member]
    assert company.get("/bindings?distributor=LI").json()["items"] == []
    moved = company.post(
        "/bindings/hand-over", {"distributor": "WANG", "successor": "LI", "reason": "调岗"}
    )
    assert moved.json() == {"members": 1}
    removed = company.post(f"/bindings/{world.member}/removal", {"reason": "顾客要求"})
    assert (removed.json()["kind"], removed.json()["distributor"]) == ("taken_off", None)
    again = company.post(f"/bindings/{world.member}/removal", {"reason": "顾客要求"})
    assert again.status_code == 409
    story = company.get(f"/bindings/{world.member}").json()["items"]
    assert [each["kind"] for each in story] == ["taken_off", "handed_over", "assigned", "bound"]


def test_bindings_to_others_are_neither_seen_nor_changed(world: World, company: Caller) -> None:
    member = make_member()
    bind(member, world.chen, PLACED, valid_until=None)
    attempts = [
        company.get(f"/bindings/{member}"),
        company.post(f"/bindings/{member}/removal", {"reason": "x"}),
        company.post("/bindings", {"member_id": member, "distributor": "LI", "reason": "x"}),
        company.post(
            "/bindings/hand-over", {"distributor": "CHEN", "successor": "LI", "reason": "x"}
        ),
    ]
    assert [answer.status_code for answer in attempts] == [404] * 4
    assert history(member) == [("bound", world.chen.id)]


def test_holders_out_of_reach_are_not_named_in_a_history(world: World, company: Caller) -> None:
    first = bind(world.member, world.chen, PLACED)
    Binding.objects.create(
        member_id=world.member,
        sequence=2,
        previous_id=first.id,
        distributor_id=world.li.id,
        kind="taken_over",
        bound_at=PLACED + DAY,
        changed_by="test",
        reason="first_purchase",
        recorded_at=clock.now(),
    )
    story = company.get(f"/bindings/{world.member}").json()["items"]
    assert [each["distributor"] for each in story] == ["LI", None]


def test_the_decisions_of_an_order_are_told_with_their_evidence_and_replayed(
    world: World, company: Caller
) -> None:
    open_link(world.wang, at=PLACED - DAY, member_id=world.member)
    order = write(make_order(world.store, member_id=world.member, distributor_code="LI"))
    capture(order)
    (decision,) = company.get(f"/orders/{order.id}/decisions").json()
    assert (decision["distributor"], decision["source"]) == ("LI", "code")
    assert decision["evidence"]["losers"][0]["reason"] == "LOWER_PRECEDENCE"
    replayed = company.get(f"/orders/{order.id}/decisions/replay").json()
    assert (replayed["same"], replayed["missing"]) == (True, [])
    other = caller(world.tree["F1"])
    assert other.get(f"/orders/{order.id}/decisions").status_code == 404
    assert other.get(f"/orders/{order.id}/decisions/replay").status_code == 404


def test_the_policy_is_read_set_and_listed(world: World, company: Caller) -> None:
    default = company.get("/policies/attribution?organisation=R1-A").json()
    assert (default["version"], default["set_for"]) == (0, None)
    assert default["settings"]["window_days"] == 15
    body = {"settings": {"window_days": 30}, "reason": "活动"}
    assert company.send("put", "/policies/attribution", body).json()["version"] == 1
    found = company.get("/policies/attribution?organisation=R1-A").json()
    assert (found["organisation"], found["set_for"], found["version"]) == ("R1-A", "R1", 1)
    assert found["settings"]["window_days"] == 30
    (version,) = company.get("/policies/attribution/versions").json()["items"]
    assert (version["reason"], version["changed_by"].split(":")[0]) == ("活动", "api_client")


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"window_days": 91}, "window_days"),
        ({"order": []}, "order"),
        ({"order": ["code", "code"]}, "order.1"),
        ({"binding_days": -1}, "binding_days"),
    ],
)
def test_a_faulty_policy_is_refused_by_field(
    world: World, company: Caller, settings: dict[str, Any], field: str
) -> None:
    answer = company.send("put", "/policies/attribution", {"settings": settings})
    assert answer.status_code == 422
    assert answer.json()["code"] == "attribution.policy_refused"
    assert answer.json()["data"]["problems"][0]["field"] == field


def test_the_policy_of_others_is_not_theirs_to_read_or_set(world: World, company: Caller) -> None:
    path = "/policies/attribution"
    assert company.get(f"{path}?organisation=HQ").status_code == 404
    body = {"organisation": "F1", "settings": {}}
    assert company.send("put", path, body).status_code == 404


def test_reading_needs_its_permission_and_writing_its_own(world: World) -> None:
    reader = caller(world.tree["R1"], ["attribution.read"])
    assert reader.get("/bindings").status_code == 200
    assert reader.post("/coupons", {"distributor": "LI", "coupons": ["A"]}).status_code == 403
    stranger = caller(world.tree["R1"], ["orders.read"])
    assert stranger.get("/bindings").status_code == 403


def test_a_code_recorded_over_the_api_leads_to_the_next_order(
    world: World, company: Caller
) -> None:
    make_distributor(world.store, "ZHAO")
    now = clock.now()
    touch = {"code": "ZHAO", "touched_at": now.isoformat(), "member_id": world.member}
    assert company.post("/touches", {"touches": [touch]}).status_code == 201
    order = make_order(world.store, member_id=world.member, placed_at=now)
    capture(order)
    assert winner(order)[1] == "code"
