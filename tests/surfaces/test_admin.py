"""API clients and webhooks in the console."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.group.people.builders import make_person
from tests.surfaces.openapi.builders import Caller, make_client, make_organisation
from tests.surfaces.webhooks.builders import URL, make_delivery, make_endpoint
from yipan.group.organisations.models import Organisation
from yipan.group.people.models import Person
from yipan.kernel.models import Tenant
from yipan.surfaces.openapi.models import ApiClient
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
    return {"name": "till 7", "scopes": ["orders.read"], "per_minute": 100, "step": "", **changes}


def test_a_client_is_made_and_its_key_shown_once(root: Organisation, boss: Person) -> None:
    form = client_form(home_code="HQ")
    answer = console_of(boss).post(f"{CLIENTS}add/", form, follow=True)
    assert answer.status_code == 200
    (key,) = re.findall(r"yk_\w+", told(answer))
    made = ApiClient.objects.get()
    assert (made.name, made.scopes, made.per_minute) == ("till 7", ["orders.read"], 100)
    assert made.created_by == str(boss.actor)
    page = console_of(boss).get(f"{CLIENTS}{made.id}/change/").content.decode()
    assert key not in page
    assert made.hint in page
    assert Caller(key).get("/me").status_code == 200


def test_a_client_is_changed_rotated_and_revoked(root: Organisation, boss: Person) -> None:
    issued = make_client(root, ["orders.read"])
    page = f"{CLIENTS}{issued.client.id}/change/"
    console = console_of(boss)
    console.post(page, client_form(name="till 8"))
    assert ApiClient.objects.get().name == "till 8"
    answer = console.post(page, client_form(name="till 8", step="rotate"), follow=True)
    (key,) = re.findall(r"yk_\w+", told(answer))
    assert key != issued.key
    console.post(page, client_form(name="till 8", step="revoke"))
    assert ApiClient.objects.get().is_active is False
    assert Caller(key).get("/me").status_code == 401
    assert console.post(page, client_form(name="again")).status_code == 403


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
    assert console.get(f"{CLIENTS}add/").status_code == 403
    assert console.post(f"{CLIENTS}{mine.client.id}/change/", client_form()).status_code == 403


def test_a_webhook_is_made_changed_rotated_and_removed(root: Organisation, boss: Person) -> None:
    console = console_of(boss)
    form = {"home_code": "HQ", "url": URL, "patterns": "order.paid, commission.*"}
    answer = console.post(f"{ENDPOINTS}add/", form, follow=True)
    assert "whsec_" in told(answer)
    made = Endpoint.objects.get()
    assert made.events == ["commission.*", "order.paid"]
    page = f"{ENDPOINTS}{made.id}/change/"
    shown = console.get(page).content.decode()
    assert "commission.*, order.paid" in shown
    assert "whsec_" not in shown
    console.post(page, {"url": URL, "patterns": "order.*", "step": ""})
    made.refresh_from_db()
    assert (made.events, made.is_active, made.ended_by) == (["order.*"], False, str(boss.actor))
    on = {"url": URL, "patterns": "order.*", "is_active": "on", "step": "rotate"}
    assert "whsec_" in told(console.post(page, on, follow=True))
    assert console.post(f"{ENDPOINTS}{made.id}/delete/", {"post": "yes"}).status_code == 302
    assert not Endpoint.objects.exists()


def test_a_refusal_is_a_message_on_the_page(root: Organisation, boss: Person) -> None:
    form = {"home_code": "HQ", "url": "https://127.0.0.1/", "patterns": "order.paid"}
    answer = console_of(boss).post(f"{ENDPOINTS}add/", form, follow=True)
    assert "private network" in told(answer)
    assert not Endpoint.objects.exists()


def test_a_delivery_is_sent_again(root: Organisation, boss: Person) -> None:
    delivery = make_delivery(make_endpoint(root).endpoint, state="given_up", next_at=None)
    console = console_of(boss)
    assert console.get(DELIVERIES).status_code == 200
    page = f"{DELIVERIES}{delivery.id}/change/"
    assert "order.paid" in console.get(page).content.decode()
    console.post(page, {})
    assert Delivery.objects.get().state == "given_up"
    console.post(page, {"again": "on"})
    assert Delivery.objects.get().state == "waiting"
