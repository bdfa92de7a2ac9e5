"""Refund requests are answered in the console."""

from __future__ import annotations

from typing import Any

import pytest

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.trade.orders.builders import Shop, open_shop
from yipan.goods.stock.models import StockLevel
from yipan.group.people.models import Role
from yipan.kernel.models import AuditEntry, Tenant
from yipan.trade.orders.actions import open_refund_request
from yipan.trade.orders.models import Refund, RefundRequest

GRANT = {"decision": "granted", "told": "好的", "restock": "on", "is_sure": "on"}


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


@pytest.fixture
def request_(shop: Shop) -> RefundRequest:
    (line,) = shop.sell(shop.line("FIXED", 2))
    return open_refund_request(line_id=line.id, quantity=1, amount=10_000, reason="色差")


@pytest.fixture
def manager(shop: Shop) -> Console:
    return Console.of(make_person("manager", shop.tree["R1-A"], Role.STORE_MANAGER))


def page(request: RefundRequest) -> str:
    return f"orders/refundrequest/{request.id}/change/"


def answer(console: Console, request: RefundRequest, given: dict[str, str]) -> Any:
    response = console.client.post(f"/console/{page(request)}", given)
    request.refresh_from_db()
    return response


def test_a_request_is_granted_with_a_second_yes(
    shop: Shop, manager: Console, request_: RefundRequest
) -> None:
    unsure = {name: value for name, value in GRANT.items() if name != "is_sure"}
    assert answer(manager, request_, unsure).status_code == 200
    assert request_.state == "open"
    assert answer(manager, request_, GRANT).status_code == 302
    assert (request_.state, request_.answer) == ("granted", "好的")
    assert Refund.objects.get().amount == 10_000
    assert StockLevel.objects.get(sku=shop.skus["FIXED"]).quantity == 999
    entry = AuditEntry.objects.get(action="orders.refund_request_granted")
    assert "manager" in entry.actor
    assert entry.after["amount"] == 10_000


def test_granted_without_restocking_the_goods_stay_away(
    shop: Shop, manager: Console, request_: RefundRequest
) -> None:
    answer(manager, request_, {name: value for name, value in GRANT.items() if name != "restock"})
    assert StockLevel.objects.get(sku=shop.skus["FIXED"]).quantity == 998


def test_a_refusal_says_why(manager: Console, request_: RefundRequest) -> None:
    assert answer(manager, request_, {"decision": "refused"}).status_code == 200
    assert request_.state == "open"
    given = {"decision": "refused", "told": "已超过七天"}
    assert answer(manager, request_, given).status_code == 302
    assert (request_.state, request_.answer) == ("refused", "已超过七天")
    assert not Refund.objects.exists()
    assert AuditEntry.objects.get(action="orders.refund_request_refused").reason == "已超过七天"


def test_a_second_answer_is_refused(manager: Console, request_: RefundRequest) -> None:
    answer(manager, request_, GRANT)
    assert answer(manager, request_, GRANT).status_code == 403
    assert Refund.objects.count() == 1
    assert 'name="decision"' not in manager.get(page(request_)).content.decode()


def test_readers_answer_nothing_and_others_find_nothing(
    shop: Shop, request_: RefundRequest
) -> None:
    auditor = Console.of(make_person("auditor", shop.tree.headquarters, Role.AUDITOR))
    assert auditor.get(page(request_)).status_code == 200
    assert answer(auditor, request_, GRANT).status_code == 403
    elsewhere = Console.of(make_person("elsewhere", shop.tree["F1"], Role.ADMINISTRATOR))
    assert elsewhere.get(page(request_)).status_code == 404
    assert answer(elsewhere, request_, GRANT).status_code == 404
    assert request_.state == "open"
