"""Members over the open API."""

from __future__ import annotations

import pytest

from tests.customers.members.builders import make_member
from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from yipan.kernel.models import Tenant


@pytest.fixture
def api(tenant: Tenant) -> Caller:
    return caller(make_organisation(), ["members.read", "members.write"])


def test_a_member_is_made_named_and_found(api: Caller) -> None:
    made = api.post("/members", {"name": "王小明", "phone": "138 0013 8000"})
    assert made.status_code == 201
    member = made.json()
    assert (member["phone"], member["identities"]) == (
        "138****8000",
        [{"scheme": "phone", "value": "138****8000"}],
    )
    path = f"/members/{member['id']}"
    named = api.post(f"{path}/identities", {"scheme": "crm", "value": "M-17"}).json()
    assert {"scheme": "crm", "value": "M-17"} in named["identities"]
    for query in ("scheme=crm&value=M-17", "scheme=phone&value=13800138000"):
        (found,) = api.get(f"/members?{query}").json()["items"]
        assert found["id"] == member["id"]
    assert api.get("/members?scheme=crm&value=NOBODY").json()["items"] == []
    changed = api.patch(path, {"name": "王明", "phone": "13900139000"}).json()
    assert (changed["name"], changed["phone"]) == ("王明", "139****9000")
    assert api.get(path).json() == changed


def test_no_answer_has_a_phone_number_in_plain_text(api: Caller) -> None:
    api.post("/members", {"name": "王小明", "phone": "13800138000"})
    listed = api.get("/members")
    assert listed.status_code == 200
    assert b"13800138000" not in listed.content


def test_a_name_that_is_taken_is_told_without_its_owner(api: Caller) -> None:
    make_member(phone="13800138000")
    refused = api.post("/members", {"phone": "13800138000"})
    assert (refused.status_code, refused.json()["code"]) == (409, "members.identity_taken")
    assert api.get("/members").json()["items"][0]["name"] == "王小明"


def test_odd_phones_and_strange_organisations_are_refused(api: Caller) -> None:
    assert api.post("/members", {"phone": "abc"}).status_code == 422
    assert api.post("/members", {"organisation_id": 1}).status_code == 404
