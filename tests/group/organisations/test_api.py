from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.group.organisations.builders import GroupTree
from tests.surfaces.openapi.builders import Caller, caller
from yipan.kernel.models import AuditEntry


@pytest.fixture
def api(group: GroupTree) -> Caller:
    """Somebody who calls for headquarters."""
    return caller(group.headquarters)


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["code"] for item in answer.json()["items"]]


def test_a_program_sees_its_organisation_and_those_below(group: GroupTree) -> None:
    listed = caller(group["RETAIL"]).get("/organisations")
    assert set(codes(listed)) == {"RETAIL", "R1", "R1-A", "R1-B", "R2", "R2-A"}
    assert codes(listed)[0] == "RETAIL"


def test_the_list_is_filtered_and_read_page_by_page(group: GroupTree, api: Caller) -> None:
    assert codes(api.get("/organisations?level=industry_group")) == ["RETAIL", "FOOD"]
    assert codes(api.get("/organisations?code=R1-B")) == ["R1-B"]
    assert codes(api.get(f"/organisations?parent_id={group['F1'].id}")) == ["F1-A", "F1-B"]
    assert codes(api.get("/organisations?text=广州")) == ["R2-A"]
    first = api.get("/organisations?limit=6").json()
    second = api.get(f"/organisations?limit=6&cursor={first['next_cursor']}").json()
    assert len({item["id"] for item in first["items"] + second["items"]}) == 11
    assert second["next_cursor"] is None


def test_a_list_costs_the_same_statements_for_any_length(
    group: GroupTree, api: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for limit in (1, 50):
        with django_assert_max_num_queries(4):  # key, allowance, list, and the session's tenant
            api.get(f"/organisations?limit={limit}")


def test_a_new_store_stands_under_its_company(group: GroupTree, api: Caller) -> None:
    body = {"parent_id": group["R1"].id, "level": "store", "code": "R1-C", "name": "上海三店"}
    answer = api.post("/organisations", body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["company_id"] == group["R1"].id
    assert made["path"] == f"{group['R1'].path}{made['id']}/"
    assert made["distribution_effective"] is True
    assert api.get(f"/organisations/{made['id']}").json() == made
    assert AuditEntry.objects.get(subject_id=made["id"]).actor.startswith("api_client:")


def test_refusals_are_told_by_code_and_field(group: GroupTree, api: Caller) -> None:
    body = {"parent_id": group["RETAIL"].id, "level": "store", "code": "X", "name": "店"}
    answer = api.post("/organisations", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "organisations.store_needs_company")
    answer = api.post("/organisations", {**body, "parent_id": group["R1"].id, "code": "R1-A"})
    assert (answer.status_code, answer.json()["code"]) == (409, "organisations.code_taken")
    answer = api.post("/organisations", {**body, "colour": "red"})
    assert answer.status_code == 422


def test_a_node_is_described_switched_moved_closed_and_opened(
    group: GroupTree, api: Caller
) -> None:
    one = f"/organisations/{group['R2'].id}"
    assert api.patch(one, {"name": "华南分公司"}).json()["name"] == "华南分公司"
    off = api.post(f"{one}/distribution", {"on": False, "reason": "盘点"}).json()
    assert (off["distribution_on"], off["distribution_effective"]) == (False, False)
    store = api.get(f"/organisations/{group['R2-A'].id}").json()
    assert (store["distribution_on"], store["distribution_effective"]) == (True, False)
    moved = api.post(f"{one}/moves", {"to_parent_id": group["FOOD"].id, "reason": "重组"}).json()
    assert moved["parent_id"] == group["FOOD"].id
    (move,) = api.get(f"{one}/moves").json()["items"]
    assert (move["from_parent_id"], move["reason"]) == (group["RETAIL"].id, "重组")
    assert api.post(f"{one}/closing", {"reason": "注销"}).status_code == 409
    shop = f"/organisations/{group['R2-A'].id}"
    assert api.post(f"{shop}/closing", {"reason": "到期"}).json()["is_active"] is False
    assert api.post(f"{shop}/reopening", {"reason": "续租"}).json()["is_active"] is True


def test_nothing_is_hung_under_what_the_caller_cannot_see(group: GroupTree) -> None:
    api = caller(group["R1"])
    body = {"parent_id": group["F1"].id, "level": "store", "code": "X", "name": "店"}
    assert api.post("/organisations", body).status_code == 404
    answer = api.post(
        f"/organisations/{group['R1-A'].id}/moves",
        {"to_parent_id": group["F1"].id, "reason": "夺"},
    )
    assert answer.status_code == 404
    assert group.again("R1-A").parent_id == group["R1"].id


def test_reading_and_writing_are_two_permissions(group: GroupTree) -> None:
    reader = caller(group.headquarters, ["organisations.read"])
    assert reader.get("/organisations").status_code == 200
    answer = reader.patch(f"/organisations/{group['R1'].id}", {"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.not_allowed")
    assert caller(group.headquarters, ["orders.read"]).get("/organisations").status_code == 403
