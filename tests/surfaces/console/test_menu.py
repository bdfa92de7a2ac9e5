"""The sidebar: what the cards name, as far as the reader may see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from tests.group.organisations.builders import GroupTree
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.group.people.models import Role
from yipan.group.people.screens import ScopedAdmin
from yipan.kernel.modules import all_modules
from yipan.kernel.sections import SECTIONS

MENUS: dict[str, dict[str, set[str]]] = {
    "administrator": {"without": set()},
    "auditor": {"without": set()},
    "finance": {"without": set()},
    "approver": {
        "only": {
            "Overview", "Organisation tree", "Distributors", "Orders", "Refunds",
            "Refund requests", "Commission entries", "Journals", "Accounts", "Due and held",
            "Release batches", "Withdrawals", "Bank cards", "Bank files", "Return files",
            "Differences",
        },
    },
    "store_manager": {
        "without": {
            "Journals", "Accounts", "Due and held", "Release batches", "Withdrawals",
            "Bank cards", "Bank files", "Return files", "Differences", "Policies", "Audit trail",
            "Seals", "API clients", "Webhooks", "Deliveries", "Outbox", "Payments",
            "Attempts to pay", "Repayments",
        },
    },
}  # fmt: skip


def menu(console: Console) -> list[tuple[str, str, str]]:
    """(section, title, link) of every entry."""
    groups: list[dict[str, Any]] = console.get("").context["sidebar_navigation"]
    return [
        (group["title"], item["title"], item["link"]) for group in groups for item in group["items"]
    ]


@pytest.mark.parametrize("role", MENUS)
def test_each_role_sees_its_menu(group: GroupTree, role: str) -> None:
    console = Console.of(make_person("reader", group.headquarters, Role(role)))
    everything = {str(entry.title) for module in all_modules() for entry in module.menu}
    wanted = MENUS[role].get("only") or {"Overview", *everything} - MENUS[role]["without"]
    assert {title for _, title, _ in menu(console)} == wanted | {"Tasks"}


def test_every_entry_of_a_menu_leads_somewhere(group: GroupTree) -> None:
    for role in MENUS:
        console = Console.of(make_person(role, group.headquarters, Role(role)))
        for _, title, link in menu(console):
            answer = console.client.get(link)
            assert answer.status_code == 200, (role, title, link, answer)


def test_sections_stand_in_their_order(group: GroupTree) -> None:
    console = Console.of(make_person("boss", group.headquarters, Role.ADMINISTRATOR))
    sections = list(dict.fromkeys(section for section, _, _ in menu(console)))
    assert sections == ["", *map(str, SECTIONS)]


def test_every_card_names_known_sections_and_screens() -> None:
    known = set(map(str, SECTIONS))
    for module in all_modules():
        for entry in module.menu:
            assert str(entry.section) in known, (module.label, str(entry.title))
            assert entry.model or entry.url_name, str(entry.title)
            if entry.model:
                assert admin.site.is_registered(apps.get_model(entry.model)), entry.model
            if entry.url_name:
                assert reverse(entry.url_name), entry.url_name


def test_every_screen_stands_in_the_menu_once() -> None:
    entries = [entry for module in all_modules() for entry in module.menu]
    named = [entry.model.lower() for entry in entries if entry.model]
    assert len(named) == len(set(named))
    screens = {model._meta.label_lower for model in admin.site._registry}
    assert screens == set(named)


def test_every_screen_is_scoped() -> None:
    for screen in admin.site._registry.values():
        assert isinstance(screen, ScopedAdmin), screen


LOOK = """
import json
import django
django.setup()
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from yipan.kernel.modules import enabled_modules
def route(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
print(json.dumps({
    "screens": sorted(model._meta.label_lower for model in admin.site._registry),
    "menu": [entry.model.lower() for card in enabled_modules() for entry in card.menu
             if entry.model],
    "withdrawals": route("admin:withdrawals_withdrawal_changelist"),
    "orders": route("admin:orders_order_changelist"),
    "door": route("admin:login"),
}))
"""


def seen_without(*modules: str) -> dict[str, Any]:
    """What there is in a process in which these modules are off."""
    environment = {
        **os.environ,
        "YIPAN_MODULES_OFF": ",".join(modules),
        "DJANGO_SETTINGS_MODULE": "yipan.config.settings",
    }
    ran = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


def test_a_module_that_is_off_leaves_no_screen_route_or_entry() -> None:
    off = (
        "settlement", "withdrawals", "webhooks", "payments", "facts", "stock", "sharing", "members",
        "fulfilment", "checkout", "live", "workbench", "mall", "showcase",
    )  # fmt: skip
    found = seen_without(*off)
    labels = {name.split(".")[0] for name in [*found["screens"], *found["menu"]]}
    assert labels.isdisjoint(off)
    assert "commissions.entrystate" not in found["screens"]  # is settlement's screen
    assert found["withdrawals"] is None
    assert found["orders"] == "/console/orders/order/"
    assert set(found["menu"]) == set(found["screens"])


def test_without_the_console_there_is_no_door() -> None:
    found = seen_without("console")
    assert (found["door"], found["orders"], found["screens"]) == (None, None, [])
