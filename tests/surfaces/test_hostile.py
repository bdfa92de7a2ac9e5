"""No page breaks by what is written into its address or its form, however odd."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from tests.group.people.builders import make_person
from tests.surfaces.console.builders import furnished_shop
from tests.surfaces.mall.builders import known_buyer
from tests.surfaces.routes import without_parameters
from tests.surfaces.workbench.builders import Phone, opened_shop
from tests.trade.checkout.builders import open_mall
from yipan.group.people.models import Person, Role
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

ODD = ["\0", "9" * 19, "9" * 5000, "²", "9999-12-31", "9999-12", "1e999", "[[", "<b>'\"%\\"]
"""Each stands in every parameter and field at once."""
LONG = frozenset({"admin:jsi18n", "set_language", "design-language"})
WORDS = """
q page o p id organisation node open cursor copy sort state status from until paid_from paid_to year
month sku shop view choice keys row query rule where starts ends act reason step payer count total
ids amount card number holder bank kind name code grade phone username role email quantity address
seen provider pick_up_at method note data url per_minute expires_on since tier-from tier-rate
trial-sku trial-price category price-from standing term app_label model_name field_name do decision
format assignment
"""
NAMES = frozenset(WORDS.split())
_FIELD = re.compile(r'name="([\w-]+)"')
_KEPT = frozenset({"csrfmiddlewaretoken", "once", "language", "next"})


def names_on(client: Client, address: str) -> set[str]:
    """The fields of a page, and those of all pages."""
    answer = client.get(address)
    body = "" if answer.streaming else answer.content.decode(errors="replace")
    return {*NAMES, *_FIELD.findall(body)} - _KEPT


def check(client: Client, address: str, number: int) -> None:
    """Ask for a page with odd values, as a page and as a part; send it a form with them."""
    names = sorted(names_on(client, address))
    for place, odd in enumerate(ODD):
        query = urlencode(dict.fromkeys(names, odd))
        form = {**dict.fromkeys(names, odd), "once": f"k{number}-{place}"}
        answers = [
            client.get(f"{address}?{query}"),
            client.get(f"{address}?{query}", headers={"HX-Request": "true"}),
            client.post(address, form),
        ]
        assert all(answer.status_code < 500 for answer in answers), (address, odd[:20], answers)


def walk(client: Client, start: str, part: int = 0, parts: int = 1, **known: str) -> None:
    found = without_parameters(start, known=frozenset(known))
    assert len(found) > 10
    for number, name in enumerate(found[part::parts]):
        if name not in LONG:
            check(client, reverse(name, kwargs=known), number)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_page_of_the_console_breaks(tenant: Tenant, part: int) -> None:
    shop = furnished_shop()
    person: Person = make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR)
    client = Client()
    client.force_login(person)
    walk(client, "console/", part, parts=4)


def test_no_page_of_the_workbench_breaks(tenant: Tenant) -> None:
    shop, _ = opened_shop()
    client = Client()
    with tenant_context(tenant.id):
        client.force_login(Phone.of(shop.guide).person)
    walk(client, "w/")


def test_no_page_of_the_mall_breaks(tenant: Tenant, settings: Any) -> None:
    settings.YIPAN_SANDBOX_PAYMENTS = True
    phone, _owner = known_buyer(open_mall())
    walk(phone.client, "m/", group="acme")
