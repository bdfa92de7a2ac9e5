"""No address of console, workbench and mall leads to what is another's, whoever asks.

The walk is over the routes themselves, so a new one is in it by being there: it has to say here
what its parameter means. Lists and forms of the framework are walked in `console/test_reach.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import make_tenant
from tests.distribution.distributors.builders import make_distributor
from tests.group.organisations.builders import make_tree
from tests.group.people.builders import make_person
from tests.surfaces.console.builders import furnished_shop
from tests.surfaces.mall.builders import known_buyer
from tests.surfaces.routes import OF_FRAMEWORK, ROUTES, parameters
from tests.trade.checkout.builders import open_mall
from tests.trade.orders.builders import Shop
from yipan.customers.members.models import Address
from yipan.distribution.commissions.models import Entry
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.pool.models import Offer
from yipan.distribution.sharing.models import ShareLink
from yipan.goods.catalogue.models import Product
from yipan.goods.stock.models import StockLevel
from yipan.group.people.models import Person, Role
from yipan.group.people.rules import CONSOLE_ROLES
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.payouts.withdrawals.models import BankCard, Withdrawal
from yipan.surfaces.openapi.models import ApiClient
from yipan.surfaces.webhooks.models import Delivery, Endpoint
from yipan.trade.checkout.actions import ask_refund
from yipan.trade.orders.actions import pay_orders
from yipan.trade.orders.models import OrderLine
from yipan.trade.orders.requests import PaymentRequest

ABSENT = 9_999_999_999
"""For what no builder makes: its own tests show that another's is answered like an absent one."""
STORE = "R1-A"


def _offer_key(shop: Shop) -> str:
    offer = Offer.objects.filter(organisation=shop.tree[STORE]).first()
    assert offer is not None
    return f"{offer.sku_id}-{offer.organisation_id}"


def _first(model: Any) -> Callable[[Shop], int]:
    return lambda _: int(model.objects.order_by("id").values_list("id", flat=True)[0])


CONSOLE: dict[str, dict[str, Callable[[Shop], Any]]] = {
    "console-pool-": {
        "key": _offer_key,
        "rule_id": lambda shop: Offer.objects.get(organisation=shop.tree[STORE]).rule_id,
        "upload_id": lambda _: ABSENT,
    },
    "console-work-": {"work_id": lambda _: ABSENT},
    "console-organisation": {
        "organisation_id": lambda shop: shop.tree[STORE].id,
        "name": lambda _: "rename",
    },
    "console-distributor": {
        "distributor_id": lambda shop: shop.guide.id,
        "name": lambda _: "suspend",
    },
    "console-goods-": {"product_id": _first(Product), "name": lambda _: "describe"},
    "console-stock-": {"level_id": _first(StockLevel), "name": lambda _: "count"},
    "console-person": {
        "person_id": lambda _: Person.objects.get(username="mate").pk,
        "name": lambda _: "describe",
    },
    "console-policy-": {
        "kind": lambda _: "attribution",
        "organisation_id": lambda shop: shop.tree[STORE].id,
    },
    "admin:withdrawals_": {"row_id": lambda _: ABSENT},
    "admin:openapi_apiclient": {"row_id": _first(ApiClient)},
    "admin:webhooks_delivery": {"row_id": _first(Delivery)},
    "admin:webhooks_endpoint": {"row_id": _first(Endpoint)},
}
WORKBENCH: dict[str, Callable[[Shop], Any]] = {
    "link_id": _first(ShareLink),
    "entry_id": lambda shop: Entry.objects.filter(distributor_id=shop.guide.id).first().id,  # type: ignore[union-attr]
    "withdrawal_id": _first(Withdrawal),
    "card_id": _first(BankCard),
    "template": lambda _: "classic",
}
GOODS_OF_ALL = frozenset({"group", "product_id", "category_id"})
OF_THE_GROUP = frozenset({"console-goods-one"})
"""Seen by every organisation of a group."""
OPEN_TO_ALL = {"code", "ending"}
"""Goods of the whole group, and the kind of a file of one's own."""


OF_CONSOLE = {
    name: path
    for name, path in ROUTES.items()
    if path.startswith("console/")
    and parameters(path)
    and not OF_FRAMEWORK.intersection(parameters(path))
}
OF_WORKBENCH = {
    name: path
    for name, path in ROUTES.items()
    if path.startswith("w/") and not set(parameters(path)) <= OPEN_TO_ALL
}

OF_MALL = {
    name: path
    for name, path in ROUTES.items()
    if path.startswith("m/") and set(parameters(path)) - GOODS_OF_ALL
}


def opened_shop() -> Shop:
    """A row for every address of the console."""
    shop = furnished_shop()
    make_person("mate", shop.tree[STORE], Role.GUIDE)
    return shop


def mall_address(name: str, known: dict[str, int]) -> str:
    keys = [key for key in parameters(ROUTES[name]) if key != "group"]
    return reverse(name, kwargs={"group": "acme", **{key: known[key] for key in keys}})


def console_address(name: str, shop: Shop) -> str:
    known = [each for start, each in CONSOLE.items() if name.startswith(start)]
    assert known, f"say in CONSOLE what the parameters of {name} are"
    return reverse(name, kwargs={key: known[0][key](shop) for key in parameters(ROUTES[name])})


def workbench_address(name: str, shop: Shop) -> str:
    return reverse(name, kwargs={key: WORKBENCH[key](shop) for key in parameters(ROUTES[name])})


def statuses(person: Person, address: str) -> set[int]:
    client = Client()
    with tenant_context(person.tenant_id):
        client.force_login(person)
    return {client.get(address).status_code, client.post(address, {"once": "k"}).status_code}


def check(name: str, found: set[int]) -> None:
    """404 to reading and writing; 405 where the route knows only one of the two."""
    assert 404 in found, (name, found)
    assert found <= {404, 405}, (name, found)


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return opened_shop()


@pytest.mark.parametrize("role", sorted(CONSOLE_ROLES))
def test_another_company_reaches_nothing_in_the_console(shop: Shop, role: str) -> None:
    other = make_person("other", shop.tree["F1"], Role(role))
    assert len(OF_CONSOLE) > 15
    for name in OF_CONSOLE.keys() - OF_THE_GROUP:
        check(name, statuses(other, console_address(name, shop)))


def test_another_group_reaches_nothing_in_the_console(shop: Shop) -> None:
    with tenant_context(make_tenant("second").id):
        stranger = make_person("boss", make_tree().headquarters, Role.ADMINISTRATOR)
    for name in OF_CONSOLE:
        check(name, statuses(stranger, console_address(name, shop)))


def test_another_distributor_reaches_nothing_in_the_workbench(shop: Shop) -> None:
    person = make_person("colleague", shop.tree[STORE], Role.GUIDE)
    colleague: Distributor = make_distributor(shop.tree[STORE], "COLLEAGUE", person=person)
    assert colleague.person_id == person.pk
    assert len(OF_WORKBENCH) > 5
    for name in OF_WORKBENCH:
        check(name, statuses(person, workbench_address(name, shop)))


def test_another_buyer_reaches_nothing_in_the_mall(tenant: Tenant, settings: Any) -> None:
    settings.YIPAN_SANDBOX_PAYMENTS = True
    mall = open_mall()
    _, owner = known_buyer(mall)
    stranger, _ = known_buyer(mall)
    line = OrderLine.objects.get(order_id=mall.buy(owner, (mall.skus[0], 2)).order_id)
    pay_orders(payments=[PaymentRequest(line.order_id, clock.now(), "sandbox", "P-1")])
    asked = ask_refund(
        order_id=line.order_id,
        line_id=line.id,
        member_id=owner.member_id or 0,
        quantity=1,
        reason="色差",
    )
    address = Address.objects.get(member_id=owner.member_id)
    known = {
        "order_id": line.order_id,
        "line_id": line.id,
        "request_id": asked,
        "address_id": address.id,
    }
    assert len(OF_MALL) > 8
    for number, name in enumerate(OF_MALL):
        there = mall_address(name, known)
        found = {
            stranger.client.get(there).status_code,
            stranger.client.post(there, {"once": f"k{number}"}).status_code,
        }
        check(name, found - {422})
        visitor = {Client().get(there).status_code, Client().post(there).status_code}
        assert visitor <= {302, 405}, (name, visitor)


def test_without_a_role_there_the_console_stays_closed(shop: Shop) -> None:
    guide = make_person("guide", shop.tree[STORE], Role.GUIDE)
    for name in OF_CONSOLE:
        assert statuses(guide, console_address(name, shop)) <= {302, 403, 404, 405}, name
