"""Who may only read changes nothing, whatever is sent to whichever address."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.group.people.builders import make_person
from tests.surfaces.routes import ENDING, OF_FRAMEWORK, ROUTES, parameters
from tests.surfaces.test_scope import console_address, opened_shop
from tests.trade.orders.builders import Shop
from yipan.group.people.models import Person, Role
from yipan.kernel.models import Tenant
from yipan.payouts.withdrawals.models import Withdrawal

OWN = {"admin:password_change"}
"""Changes only oneself."""
ASKED = {
    "admin:withdrawals_withdrawal_decide",
    "admin:commissions_entrystate_release",
    "admin:withdrawals_bankfile_make",
    "admin:withdrawals_bankreturn_load",
}
"""Whoever may not do what they ask for does not find them."""
# What is no fact of the group: sessions, and files that somebody asked for themselves.
BESIDE = {
    "django_session",
    "kernel_longwork",
    "kernel_longworkpart",
    "procrastinate_jobs",
    "procrastinate_events",
}
_WRITES = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
"""
FORM: dict[str, Any] = {
    "once": "key-of-an-auditor",
    "reason": "因为",
    "name": "新名字",
    "code": "NEW-1",
    "do": "approve",
    "choice": "all",
    "kind": "employee",
    "decision": "granted",
    "is_sure": "on",
    "step": "close",
    "on": "1",
    "retry": "on",
    "_save": "1",
    "post": "yes",
    "url": "https://example.com/hook",
    "events": "*",
    "scopes": "orders.read",
    "until": "2099-01-01T00:00:00+00:00",
}


def written() -> dict[str, int]:
    """Rows written so far in the transaction of the test, by table."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITES)
        return {name: count for name, count in cursor.fetchall() if name not in BESIDE}


def address_of(name: str, shop: Shop) -> str | None:
    """Of a row that is there; None for what leads nowhere."""
    wanted = set(parameters(ROUTES[name]))
    if not wanted & OF_FRAMEWORK:
        return console_address(name, shop) if wanted else reverse(name)
    if wanted != {"object_id"}:
        return None
    _site, _, rest = name.partition(":")
    label, model, _act = rest.split("_", 2)
    row = apps.get_model(label, model)._default_manager.order_by("pk").first()
    return None if row is None else reverse(name, args=[row.pk])


def _models() -> dict[tuple[str, str], Any]:
    from django.contrib import admin

    return {(each._meta.app_label, each._meta.model_name): each for each in admin.site._registry}  # type: ignore[misc]


CONSOLE = sorted(
    name for name, path in ROUTES.items() if path.startswith("console/") and name not in ENDING
)


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return opened_shop()


def signed_in(shop: Shop, role: Role) -> Client:
    person: Person = make_person("reader", shop.tree.headquarters, role)
    client = Client()
    client.force_login(person)
    client.get("/console/")
    return client


def test_an_auditor_changes_nothing_by_any_address(shop: Shop) -> None:
    client = signed_in(shop, Role.AUDITOR)
    before, walked = written(), 0
    make_person("seen", shop.tree.headquarters, Role.GUIDE)
    assert written() != before, "what is written is not seen"
    for name in CONSOLE:
        address = address_of(name, shop)
        if address is None or name in OWN:
            continue
        walked += 1
        before = written()
        answer = client.post(address, FORM)
        assert answer.status_code < 500, (name, answer)
        changed = {table for table, count in written().items() if count != before.get(table, 0)}
        assert not changed, (name, answer.status_code, changed)
    assert walked > 150


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATIONS, Role.STORE_MANAGER])
def test_pages_of_money_are_not_there_for_who_may_not_move_it(shop: Shop, role: Role) -> None:
    client = signed_in(shop, role)
    asked = {**FORM, "id": Withdrawal.objects.values_list("id", flat=True)[0]}
    for name in sorted(ASKED):
        address = reverse(name)
        assert client.get(address, asked).status_code == 404, name
        assert client.post(address, asked).status_code == 404, name
