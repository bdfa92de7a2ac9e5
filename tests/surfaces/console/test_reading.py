"""Pages of organisations, distributors, policies and audit are in nobody's way, light or dark."""

from __future__ import annotations

import pytest

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.design.browsers import ORIGIN, browser_showing, needs_chromium, serious_findings
from tests.trade.orders.builders import Shop, open_shop
from yipan.distribution.distributors.actions import grant
from yipan.group.organisations.actions import switch_distribution
from yipan.group.people.models import Role
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant

REMEMBER = "localStorage.setItem('adminTheme', JSON.stringify('{theme}'))"


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


@needs_chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_anybodys_way(shop: Shop, theme: str) -> None:
    console = Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    grant(distributor=shop.guide, organisation=shop.tree["F1"], by=SYSTEM)
    switch_distribution(organisation=shop.tree["RETAIL"], on=False, by=SYSTEM)
    addresses = [
        "/console/organisations/",
        "/console/distributors/",
        f"/console/distributors/{shop.guide.id}/",
        "/console/policies/",
        f"/console/policies/attribution/{shop.tree.headquarters.id}/new/",
        "/console/audit/",
    ]
    pages = {address: console.client.get(address) for address in addresses}
    with browser_showing(pages, width=1280, height=900) as (page, faults):
        page.add_init_script(REMEMBER.format(theme=theme))
        for address in addresses:
            page.goto(ORIGIN + address)
            page.wait_for_selector(".desk")
            assert serious_findings(page, ".desk") == [], address
            assert page.evaluate("document.documentElement.classList.contains('dark')") == (
                theme == "dark"
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address
        assert [fault for fault in faults if "/live" not in fault] == []
