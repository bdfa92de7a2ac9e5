"""A secret is shown once: a reload of its page, which sends the form again, does nothing more."""

from __future__ import annotations

from typing import Any

from tests.group.organisations.builders import GroupTree
from tests.group.people.consoles import Console
from yipan.group.people.models import Person
from yipan.kernel.models import AuditEntry
from yipan.surfaces.openapi.models import ApiClient
from yipan.surfaces.webhooks.models import Endpoint

CLIENTS = "openapi/apiclient/"
HOOKS = "webhooks/endpoint/"


def twice(console: Console, address: str, form: dict[str, Any], page: str) -> tuple[Any, Any]:
    """What a form answers, and what it answers when it is sent again; `page` shows it."""
    mark = console.get(page).context["mark"]
    sent = [
        console.client.post(f"/console/{address}", {**form, "mark": mark}, follow=True)
        for _ in range(2)
    ]
    return sent[0], sent[1]


def test_a_new_client_is_made_once_and_its_key_shown_once(boss: Console, group: GroupTree) -> None:
    form = {
        "name": "till", "scopes": ["orders.read"], "per_minute": 100,
        "organisation": group.headquarters.id,
    }  # fmt: skip
    first, again = twice(boss, f"{CLIENTS}add/", form, f"{CLIENTS}add/")
    made = ApiClient.objects.get()
    assert first.context["issued"].secret not in again.content.decode()
    assert "nothing more was done" in again.content.decode()
    page = f"{CLIENTS}{made.id}/change/"
    first, again = twice(boss, f"{CLIENTS}{made.id}/rotate/", {}, page)
    made.refresh_from_db()
    assert first.context["issued"].secret.endswith(made.hint)
    assert AuditEntry.objects.filter(action="api_clients.rotate").count() == 1
    assert "issued" not in again.context
    (boss_id,) = made.holders
    assert boss.get(page).context["holders"].get() == Person.objects.get(pk=boss_id).name


def test_a_new_webhook_is_made_once_and_its_secret_shown_once(
    boss: Console, group: GroupTree
) -> None:
    form = {
        "organisation": group.headquarters.id, "url": "https://erp.example.com/hooks",
        "events": ["order.paid"], "patterns": "",
    }  # fmt: skip
    first, again = twice(boss, f"{HOOKS}add/", form, f"{HOOKS}add/")
    made = Endpoint.objects.get()
    assert first.context["issued"].secret.startswith("whsec_")
    assert "issued" not in again.context
    first, again = twice(boss, f"{HOOKS}{made.id}/rotate/", {}, f"{HOOKS}{made.id}/change/")
    assert AuditEntry.objects.filter(action="webhooks.rotate").count() == 1
    assert first.context["issued"].secret not in again.content.decode()
