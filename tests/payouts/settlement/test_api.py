"""Settlement over the open API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.payouts.settlement.builders import Group, earn, make_distributor, plant_group
from tests.surfaces.openapi.builders import Caller, caller
from yipan.distribution.distributors.models import Distributor
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry, Tenant
from yipan.payouts.settlement.actions import release_due


@pytest.fixture
def group(tenant: Tenant) -> Group:
    return plant_group()


@pytest.fixture
def guide(group: Group) -> Distributor:
    return make_distributor(group.store)


@pytest.fixture
def api(group: Group) -> Caller:
    return caller(group.headquarters)


def test_entries_are_listed_by_where_they_stand(guide: Distributor, api: Caller) -> None:
    now = clock.now()
    earn(guide, 100)
    earn(guide, 200, due_at=now + timedelta(days=2))
    last = earn(guide, 300, due_at=now + timedelta(days=1))
    first_page = api.get("/settlement/entries?standing=waiting&limit=1").json()
    (item,) = first_page["items"]
    assert (item["id"], item["amount"], item["distributor"]) == (last.id, 300, guide.code)
    assert item["standing"] == "waiting"
    cursor = first_page["next_cursor"]
    second = api.get(f"/settlement/entries?standing=waiting&limit=1&cursor={cursor}").json()
    assert [each["amount"] for each in second["items"]] == [200]
    due = api.get(f"/settlement/entries?distributor={guide.code}").json()
    assert [each["amount"] for each in due["items"]] == [100]


@pytest.mark.parametrize("standing", ["undated", "held", "waiting", "due", "released"])
def test_every_standing_can_be_listed(guide: Distributor, api: Caller, standing: str) -> None:
    earn(guide, 100)
    release_due()
    listed = api.get(f"/settlement/entries?standing={standing}")
    assert listed.status_code == 200
    assert len(listed.json()["items"]) == (standing == "released")


def test_batches_and_lateness_tell_how_the_job_does(
    guide: Distributor, group: Group, api: Caller
) -> None:
    earn(guide, 100)
    assert api.get("/settlement/lateness").json()["late"] == 1
    release_due()
    assert api.get("/settlement/lateness").json()["entries"] == 0
    (batch,) = api.get("/settlement/batches").json()["items"]
    assert (batch["entries"], batch["amount"], batch["offset_amount"]) == (1, 100, 0)
    assert caller(group.company).get("/settlement/batches").json()["items"] == []


def test_a_preview_adds_up_by_distributor(guide: Distributor, group: Group, api: Caller) -> None:
    other = make_distributor(group.store)
    now = clock.now()
    earn(guide, 100)
    earn(guide, 100, due_at=now + timedelta(hours=1))
    earn(other, 700, due_at=now + timedelta(hours=2))
    earn(other, 900, due_at=now + timedelta(days=2))
    until = (now + timedelta(days=1)).isoformat().replace("+", "%2B")
    preview = api.get(f"/settlement/preview?until={until}").json()
    assert (preview["entries"], preview["amount"], preview["offset"]) == (3, 900, 0)
    rows = [(each["distributor"], each["amount"]) for each in preview["distributors"]]
    assert rows == [(other.code, 700), (guide.code, 200)]


def test_the_policy_is_set_for_an_organisation_and_audited(group: Group, api: Caller) -> None:
    before = api.get("/policies/settlement").json()
    assert (before["version"], before["settings"]["hold_days"]) == (0, 7)
    body = {
        "organisation": group.company.code,
        "settings": {"hold_days": 3, "clawback_share": "0.5"},
        "reason": "faster",
    }
    after = api.send("put", "/policies/settlement", body).json()
    assert (after["version"], after["set_for"]) == (1, group.company.code)
    below = api.get(f"/policies/settlement?organisation={group.store.code}").json()
    assert below["settings"] == {
        "hold_days": 3, "auto_complete_days": 10, "clawback_share": "0.5",
    }  # fmt: skip
    assert api.get("/policies/settlement").json()["version"] == 0
    assert AuditEntry.objects.filter(action="policies.settlement", reason="faster").exists()


def test_a_policy_that_cannot_be_names_its_field(api: Caller) -> None:
    refused = api.send("put", "/policies/settlement", {"settings": {"clawback_share": "1.5"}})
    assert refused.status_code == 422
    assert refused.json()["data"]["field"] == "clawback_share"


def test_reading_does_not_allow_writing(group: Group) -> None:
    reader = caller(group.headquarters, ["settlement.read"])
    assert reader.send("put", "/policies/settlement", {"settings": {}}).status_code == 403
