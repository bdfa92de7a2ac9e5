"""From an opened link to the credited order, through the doors that others use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from tests.distribution.attribution.conftest import World
from tests.distribution.sharing.builders import make_link
from tests.goods.catalogue.builders import make_sku
from yipan.distribution.attribution.models import Binding, Decision
from yipan.distribution.attribution.queries import replay
from yipan.distribution.sharing.visitors import COOKIE
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import current_tenant_id, tenant_context
from yipan.trade.orders.actions import capture_orders, pay_orders
from yipan.trade.orders.requests import LineRequest, OrderRequest, PaymentRequest

PHONE = {"user-agent": "Mozilla/5.0 (Linux; Android 15) MicroMessenger/8.0"}


def request(number: int, **more: Any) -> OrderRequest:
    return OrderRequest(
        channel="mall",
        number=f"M-{number}",
        organisation="R1-A",
        lines=(LineRequest("TEA", 1, 1000),),
        placed_at=clock.now(),
        **more,
    )


def capture(*requests: OrderRequest) -> list[int]:
    answers = capture_orders(requests=requests, by=SYSTEM)
    assert [answer.error for answer in answers] == [None] * len(requests)
    return [answer.order_id or 0 for answer in answers]


def test_a_link_opened_before_signing_in_leads_to_the_sale_and_binds(world: World) -> None:
    make_sku("TEA")
    link = make_link(sku="TEA")
    browser = Client(headers=PHONE)
    opened = browser.get(link.url.removeprefix("http://localhost:8000"))
    assert opened.status_code == 302  # the mall takes over
    visitor = browser.cookies[COOKIE].value
    (order_id,) = capture(request(1, visitor=visitor, buyer_scheme="crm", buyer="M-1"))
    decision = Decision.objects.get(order_id=order_id)
    assert (decision.distributor_id, decision.source) == (world.wang.id, "link")
    pay_orders(payments=[PaymentRequest(order_id, clock.now())])
    (next_id,) = capture(request(2, buyer_scheme="crm", buyer="M-1"))
    assert Decision.objects.get(order_id=next_id).source == "binding"
    assert Binding.objects.get().distributor_id == world.wang.id
    assert replay(order_id).same
    assert replay(next_id).same


@override_settings(YIPAN_MODULES_OFF=["sharing"])
def test_without_sharing_codes_and_bindings_credit_as_ever(world: World) -> None:
    make_sku("TEA")
    (order_id,) = capture(request(1, distributor_code="li", buyer_scheme="crm", buyer="M-1"))
    pay_orders(payments=[PaymentRequest(order_id, clock.now())])
    (next_id,) = capture(request(2, buyer_scheme="crm", buyer="M-1"))
    found = Decision.objects.order_by("decided_at").values_list("source", "distributor_id")
    assert list(found) == [("code", world.li.id), ("code", world.li.id)]
    later = clock.now() + timedelta(days=20)
    with clock.at(later):
        (last_id,) = capture(request(3, buyer_scheme="crm", buyer="M-1"))
    assert Decision.objects.get(order_id=last_id).source == "binding"
    assert all(replay(id_).same for id_ in (order_id, next_id, last_id))


@pytest.mark.parametrize("number", [1, 10, 100, 500])
def test_attribution_adds_one_statement_to_a_capture_however_many_orders(
    world: World, number: int
) -> None:
    make_sku("TEA")
    with tenant_context(current_tenant_id()):
        capture(request(0))
        wanted = [
            request(each, distributor_code="WANG", buyer_scheme="crm", buyer=f"M-{each}")
            for each in range(1, number + 1)
        ]
        with CaptureQueriesContext(connection) as queries:
            capture(*wanted)
    reads = [each["sql"] for each in queries if "FROM attribution_" in each["sql"]]
    assert len(reads) == 1
