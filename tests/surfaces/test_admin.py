"""API clients and webhooks in the console."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.group.people.builders import make_person
from tests.surfaces.openapi.builders import Caller, make_client, make_organisation
from tests.surfaces.webhooks.builders import URL, make_delivery, make_endpoint
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry, Tenant
from yipan.surfaces.openapi.models import ApiClient
from yipan.surfaces.webhooks.actions import hand_on_events
from yipan.surfaces.webhooks.models import Delivery, Endpoint

CLIENTS = "/console/openapi/apiclient/"
ENDPOINTS = "/console/webhooks/endpoint/"
DELIVERIES = "/console/webhooks/delivery/"


@pytest.fixture
def root(tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def boss(root: Organisation) -> Person:
    return make_person("boss", root, "administrator")


def console_of(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def client_form(**changes: Any) -> dict[str, Any]:
    return {"name": "till 7", "scopes": ["orders.read"], "per_minute": 100, **changes}


def test_a_client_is_made_and_its_key_shown_once(root: Organisation, boss: Person) -> None:
    console = console_of(boss)
    shown = console.get(f"{CLIENTS}add/").content.decode()
    assert 'value="orders.read"' in shown
    answer = console.post(f"{CLIENTS}add/", client_form(organisation=root.id))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    key = answer.context["issued"].secret
    assert key in answer.content.decode()
    made = ApiClient.objects.get()
    assert (made.name, made.scopes, made.per_minute) == ("till 7", ["orders.read"], 100)
    assert made.created_by == str(boss.actor)
    page = console.get(f"{CLIENTS}{made.id}/change/").content.decode()
    assert key not in page
    assert made.hint in page
    assert Caller(key).get("/me").status_code == 200


def test_a_client_is_changed_rotated_and_revoked(root: Organisation, boss: Person) -> None:
    issued = make_client(root, ["orders.read"])
    page, console = f"{CLIENTS}{issued.client.id}/", console_of(boss)
    console.post(f"{page}edit/", client_form(name="till 8", expires_on="2999-12-31"))
    changed = ApiClient.objects.get()
    assert changed.name == "till 8"
    assert changed.expires_at is not None
    key = console.post(f"{page}rotate/").context["issued"].secret
    assert key != issued.key
    assert Caller(key).get("/me").status_code == 200
    console.post(f"{page}revoke/")
    assert ApiClient.objects.get().is_active is False
    assert Caller(key).get("/me").status_code == 401
    for step in ("edit", "rotate", "revoke"):
        assert console.post(f"{page}{step}/", client_form()).status_code == 404


def test_what_a_form_says_wrongly_is_a_message(root: Organisation, boss: Person) -> None:
    console = console_of(boss)
    wrongs: list[dict[str, Any]] = [
        {"scopes": []}, {"per_minute": "x"}, {"expires_on": "x"}, {"name": ""},
    ]  # fmt: skip
    for wrong in wrongs:
        form = client_form(organisation=root.id, **wrong)
        answer = console.post(f"{CLIENTS}add/", form)
        assert told(answer), wrong
    assert not ApiClient.objects.exists()
    assert console.post(f"{CLIENTS}add/", client_form(organisation=1)).status_code == 404


def test_nobody_gives_a_client_what_they_do_not_have(root: Organisation) -> None:
    one, two = make_organisation("C1", root), make_organisation("C2", root)
    console = console_of(make_person("mine", one, "administrator"))
    assert console.post(f"{CLIENTS}add/", client_form(organisation=two.id)).status_code == 404
    other = make_client(two, name="theirs")
    for step in ("edit", "rotate", "revoke"):
        answer = console.post(f"{CLIENTS}{other.client.id}/{step}/", client_form())
        assert answer.status_code == 404
    for step in ("edit", "rotate", "revoke"):
        assert console.get(f"{CLIENTS}{other.client.id}/{step}/").status_code == 404


def test_people_see_the_clients_of_their_subtree_and_read_only_without_the_permission(
    root: Organisation,
) -> None:
    one, two = make_organisation("C1", root), make_organisation("C2", root)
    mine, other = make_client(one, name="mine"), make_client(two, name="theirs")
    auditor = make_person("auditor", one, "auditor")
    console = console_of(auditor)
    listed = console.get(CLIENTS).content.decode()
    assert "mine" in listed
    assert "theirs" not in listed
    assert console.get(f"{CLIENTS}{mine.client.id}/change/").status_code == 200
    assert console.get(f"{CLIENTS}{other.client.id}/change/").status_code in {302, 404}
    assert console.get(f"{CLIENTS}add/").status_code == 404
    edit = f"{CLIENTS}{mine.client.id}/edit/"
    assert console.post(edit, client_form()).status_code == 404


def test_a_webhook_is_made_changed_rotated_and_removed(root: Organisation, boss: Person) -> None:
    console = console_of(boss)
    form = {
        "organisation": root.id, "url": URL, "events": ["order.paid"], "patterns": "commission.*",
    }  # fmt: skip
    answer = console.post(f"{ENDPOINTS}add/", form)
    assert answer.context["issued"].secret.startswith("whsec_")
    made = Endpoint.objects.get()
    assert made.events == ["commission.*", "order.paid"]
    page = f"{ENDPOINTS}{made.id}/"
    shown = console.get(f"{page}change/").content.decode()
    assert "commission.*" in shown
    assert "whsec_" not in shown
    console.post(f"{page}edit/", {"url": URL, "patterns": "order.*"})
    console.post(f"{page}switch/", {"on": "0"})
    made.refresh_from_db()
    assert (made.events, made.is_active, made.ended_by) == (["order.*"], False, str(boss.actor))
    assert "switched off" in told(console.post(f"{page}test/", follow=True))
    console.post(f"{page}switch/", {"on": "1"})
    made.refresh_from_db()
    assert made.is_active
    assert console.post(f"{page}rotate/").context["issued"].secret.startswith("whsec_")
    assert console.post(f"{page}remove/").status_code == 302
    assert not Endpoint.objects.exists()


def test_a_refusal_is_a_message_on_the_page(root: Organisation, boss: Person) -> None:
    form = {"organisation": root.id, "url": "https://127.0.0.1/", "events": ["order.paid"]}
    answer = console_of(boss).post(f"{ENDPOINTS}add/", form)
    assert "private network" in told(answer)
    assert not Endpoint.objects.exists()


def test_a_test_reaches_its_own_webhook_only(root: Organisation, boss: Person) -> None:
    mine, other = make_endpoint(root), make_endpoint(root)
    answer = console_of(boss).post(f"{ENDPOINTS}{mine.endpoint.id}/test/", follow=True)
    assert "webhook.test" in answer.content.decode()
    hand_on_events()
    delivery = Delivery.objects.get(event_name="webhook.test")
    assert (delivery.endpoint_id, delivery.state) == (mine.endpoint.id, "waiting")
    assert other.endpoint.id != delivery.endpoint_id
    assert AuditEntry.objects.filter(action="webhooks.test").count() == 1


def test_a_delivery_is_sent_again(root: Organisation, boss: Person) -> None:
    delivery = make_delivery(make_endpoint(root).endpoint, state="given_up", next_at=None)
    console = console_of(boss)
    assert console.get(f"{DELIVERIES}?state=given_up").context["cl"].result_count == 1
    assert console.get(f"{DELIVERIES}?state=delivered").context["cl"].result_count == 0
    page = f"{DELIVERIES}{delivery.id}/"
    shown = console.get(f"{page}change/").content.decode()
    assert "order.paid" in shown
    assert console.get(f"{page}again/").status_code == 404
    console.post(f"{page}again/")
    assert Delivery.objects.get().state == "waiting"


def test_a_span_is_replayed(root: Organisation, boss: Person) -> None:
    endpoint = make_endpoint(root).endpoint
    make_delivery(endpoint, state="given_up", next_at=None)
    now = timezone.localtime(clock.now())
    span = {
        "since": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    page = f"{ENDPOINTS}{endpoint.id}/replay/"
    assert "1 events" in told(console_of(boss).post(page, span, follow=True))
    assert Delivery.objects.get().state == "waiting"
    wrong = console_of(boss).post(page, {"since": "x", "until": "y"}, follow=True)
    assert "must be a date" in told(wrong)


def test_webhooks_of_others_are_not_there(root: Organisation) -> None:
    one, two = make_organisation("C1", root), make_organisation("C2", root)
    endpoint = make_endpoint(two).endpoint
    delivery = make_delivery(endpoint)
    console = console_of(make_person("mine", one, "administrator"))
    for step in ("edit", "switch", "rotate", "test", "replay", "remove"):
        assert console.post(f"{ENDPOINTS}{endpoint.id}/{step}/").status_code == 404
    assert console.post(f"{DELIVERIES}{delivery.id}/again/").status_code == 404
    assert console.get(f"{DELIVERIES}{delivery.id}/change/").status_code == 404
    auditor = console_of(make_person("auditor", two, "auditor"))
    assert auditor.get(f"{ENDPOINTS}{endpoint.id}/change/").status_code == 200
    assert auditor.post(f"{ENDPOINTS}{endpoint.id}/test/").status_code == 404
