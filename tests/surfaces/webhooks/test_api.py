"""Webhooks over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from tests.surfaces.webhooks.builders import Receiver, make_delivery
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry
from yipan.surfaces.webhooks import actions
from yipan.surfaces.webhooks.models import Delivery, Endpoint

URL = "https://erp.example.com/hooks"


@pytest.fixture
def api(root: Organisation) -> Caller:
    return caller(root)


def register(api: Caller, organisation: Organisation, **changes: Any) -> Any:
    body = {"organisation_id": organisation.id, "url": URL, "events": ["order.paid"], **changes}
    return api.post("/webhooks", body)


def endpoint_of(answer: Any) -> Endpoint:
    found: Endpoint = Endpoint.objects.get(id=answer.json()["webhook"]["id"])
    return found


def test_a_webhook_is_registered_and_its_secret_shown_once(api: Caller, root: Organisation) -> None:
    made = register(api, root)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    webhook = made.json()["webhook"]
    assert webhook["events"] == ["order.paid"]
    assert webhook["is_active"] is True
    shown = api.get(f"/webhooks/{webhook['id']}")
    assert shown.json() == webhook
    assert "whsec_" not in shown.content.decode()
    assert api.get("/webhooks").json()["items"] == [webhook]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"url": "http://erp.example.com/"}, "webhooks.address_refused", "url"),
        ({"url": "https://127.0.0.1/"}, "webhooks.address_refused", "url"),
        ({"url": "https://erp.example.com/" + "x" * 500}, "kernel.invalid_field", "url"),
        ({"events": []}, "kernel.invalid_field", "events"),
        ({"events": ["order.paid", "no.such"]}, "kernel.invalid_field", "events"),
        ({"events": ["order*"]}, "kernel.invalid_field", "events"),
    ],
)
def test_what_cannot_work_is_refused(
    api: Caller, root: Organisation, changes: dict[str, Any], code: str, field: str
) -> None:
    answer = register(api, root, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == field


def test_nobody_listens_to_organisations_out_of_reach(root: Organisation) -> None:
    one, two = make_organisation("C1", root), make_organisation("C2", root)
    api = caller(one)
    assert register(api, one).status_code == 201
    for other in (two, root):
        answer = register(api, other)
        assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")


def test_the_kinds_of_events_are_listed_with_what_they_mean(api: Caller) -> None:
    listed = api.get("/webhook-event-types").json()
    names = [each["name"] for each in listed]
    assert names == sorted(names)
    assert {"order.paid", "commission.accrued", "withdrawal.succeeded"} <= set(names)
    assert all(each["description"] for each in listed)


def test_a_webhook_is_changed_switched_and_removed(api: Caller, root: Organisation) -> None:
    made = register(api, root)
    path = f"/webhooks/{made.json()['webhook']['id']}"
    delivery = make_delivery(endpoint_of(made))
    changed = api.patch(path, {"events": ["order.*"]}).json()
    assert (changed["events"], changed["url"]) == (["order.*"], URL)
    off = api.patch(path, {"is_active": False}).json()
    assert off["is_active"] is False
    assert off["ended_by"].startswith("api_client:")
    assert Delivery.objects.get(id=delivery.id).state == "given_up"
    again = api.post(f"{path}/deliveries/{delivery.id}/replay")
    assert (again.status_code, again.json()["code"]) == (409, "webhooks.endpoint_switched_off")
    on = api.patch(path, {"is_active": True}).json()
    assert (on["is_active"], on["ended_by"]) == (True, "")
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert not Delivery.objects.exists()
    done = AuditEntry.objects.filter(subject_type="webhook").order_by("at", "id")
    assert [each.action for each in done] == [
        "webhooks.create",
        "webhooks.change",
        "webhooks.change",
        "webhooks.change",
        "webhooks.remove",
    ]


def test_a_rotation_gives_another_secret(api: Caller, root: Organisation) -> None:
    made = register(api, root)
    rotated = api.post(f"/webhooks/{made.json()['webhook']['id']}/rotation")
    assert rotated.status_code == 200
    assert rotated.json()["secret"] not in {"", made.json()["secret"]}


def test_the_log_tells_how_each_delivery_went(
    api: Caller, root: Organisation, receiver: Receiver
) -> None:
    made = register(api, root, url=receiver.url)
    log = f"/webhooks/{made.json()['webhook']['id']}/deliveries"
    failed, fine = make_delivery(endpoint_of(made)), make_delivery(endpoint_of(made))
    Delivery.objects.filter(id=failed.id).update(next_at=clock.now() - timedelta(minutes=1))
    receiver.answer(500, b"full")
    actions.send_due()
    states = {each["id"]: each for each in api.get(log).json()["items"]}
    retried = failed.id if states[failed.id]["state"] == "waiting" else fine.id
    told = states[retried]
    assert (told["attempts"], told["last_status"], told["last_error"]) == (1, 500, "500 full")
    assert told["next_at"].endswith("Z")
    delivered = api.get(f"{log}?state=delivered").json()["items"]
    assert len(delivered) == 1
    assert api.get(f"{log}?state=delivered&event=order.cancelled").json()["items"] == []
    assert api.get(f"{log}?state=lost").status_code == 422
    assert api.get(f"{log}/{retried}").json() == told
    page = api.get(f"{log}?limit=1").json()
    assert len(page["items"]) == 1
    assert len(api.get(f"{log}?limit=1&cursor={page['next_cursor']}").json()["items"]) == 1


def test_deliveries_are_replayed_by_hand(
    api: Caller, root: Organisation, receiver: Receiver
) -> None:
    made = register(api, root, url=receiver.url)
    path = f"/webhooks/{made.json()['webhook']['id']}"
    delivery = make_delivery(endpoint_of(made))
    actions.send_due()
    again = api.post(f"{path}/deliveries/{delivery.id}/replay").json()
    assert (again["state"], again["attempts"]) == ("waiting", 0)
    actions.send_due()
    now = clock.now()
    span = {
        "since": (now - timedelta(days=1)).isoformat(),
        "until": (now + timedelta(minutes=1)).isoformat(),
    }
    assert api.post(f"{path}/replay", span).json() == {"events": 0}
    assert api.post(f"{path}/replay", {**span, "delivered_too": True}).json() == {"events": 1}
    actions.send_due()
    assert receiver.ids == [str(delivery.event_id)] * 3
    long = {**span, "since": (now - timedelta(days=40)).isoformat()}
    assert api.post(f"{path}/replay", long).json()["errors"][0]["field"] == "until"


def test_reading_and_writing_need_their_permissions(root: Organisation) -> None:
    reader = caller(root, ["webhooks.read"])
    assert reader.get("/webhooks").status_code == 200
    assert register(reader, root).status_code == 403
    assert caller(root, ["orders.read"]).get("/webhooks").status_code == 403
