"""Fulfilment over the open API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.surfaces.openapi.builders import Caller, caller
from tests.trade.fulfilment.builders import on_its_way, ready
from tests.trade.orders.builders import Shop
from yipan.kernel.models import AuditEntry
from yipan.trade.fulfilment.rules import Method
from yipan.trade.fulfilment.sealing import code_of


@pytest.fixture
def api(shop: Shop) -> Caller:
    return caller(shop.tree["R1-A"])


def post(api: Caller, path: str, body: Any = None) -> Any:
    return api.send("post", path, body)


def test_a_warehouse_packs_ships_and_tells_of_the_receipt(shop: Shop, api: Caller) -> None:
    order, fulfilment = on_its_way(shop)
    path = f"/fulfilments/{fulfilment.id}"
    _, unpaid = on_its_way(shop, is_paid=False)
    assert len(api.get("/fulfilments?state=waiting").json()["items"]) == 2
    (waiting,) = api.get("/fulfilments?is_paid=false").json()["items"]
    assert waiting["id"] == unpaid.id
    listed = api.get("/fulfilments?state=waiting&is_paid=true").json()["items"]
    assert [each["id"] for each in listed] == [fulfilment.id]
    assert listed[0]["recipient"] == "王** 138****8000 浙江省 杭州市 西湖区"
    assert post(api, f"{path}/packing").json()["state"] == "packed"
    parcel = {"carrier": "顺丰速运", "tracking_no": "SF1"}
    assert post(api, f"{path}/shipment", parcel).json()["state"] == "shipped"
    done = post(api, f"{path}/receipt").json()
    assert done["state"] == "received"
    assert [step["code"] for step in done["steps"]] == ["received", "shipped", "packed", "placed"]
    order.refresh_from_db()
    assert order.state == "completed"


def test_a_till_hands_over_by_the_code_alone(shop: Shop, api: Caller) -> None:
    _, fulfilment = ready(shop)
    path = f"/fulfilments/{fulfilment.id}"
    code = code_of(fulfilment)
    assert code not in api.get(path).content.decode()
    wrong = post(api, f"{path}/hand-over", {"code": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "fulfilment.code_wrong")
    fulfilment.refresh_from_db()
    assert fulfilment.wrong_codes == 1
    assert post(api, f"{path}/hand-over", {"code": code}).json()["state"] == "handed_over"


def test_an_address_is_read_with_its_own_permission_and_audited(shop: Shop, api: Caller) -> None:
    _, fulfilment = on_its_way(shop)
    path = f"/fulfilments/{fulfilment.id}/address"
    assert api.get(path).json()["street"] == "文三路 1 号"
    assert AuditEntry.objects.filter(action="fulfilment.reveal_address").count() == 1
    reader = caller(shop.tree["R1-A"], ["fulfilment.read", "fulfilment.write"])
    assert reader.get(path).status_code == 403


def test_what_cannot_be_done_is_told(shop: Shop, api: Caller) -> None:
    _, fulfilment = on_its_way(shop, Method.PICK_UP, is_paid=False)
    unpaid = post(api, f"/fulfilments/{fulfilment.id}/readiness")
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "fulfilment.order_unpaid")
    packed = post(api, f"/fulfilments/{fulfilment.id}/packing")
    assert packed.status_code == 409
    reader = caller(shop.tree["R1-A"], ["fulfilment.read"])
    assert post(reader, f"/fulfilments/{fulfilment.id}/readiness").status_code == 403


def test_the_policy_is_read_and_set_where_the_caller_stands(shop: Shop, api: Caller) -> None:
    assert api.get("/fulfilment/policy").json()["auto_receipt_days"] == 7
    answer = api.send("put", "/fulfilment/policy", {"auto_receipt_days": 3})
    assert (answer.status_code, answer.json()["auto_receipt_days"]) == (200, 3)
    above = {"organisation": "HQ", "auto_receipt_days": 3}
    assert api.send("put", "/fulfilment/policy", above).status_code == 404
    assert api.send("put", "/fulfilment/policy", {"auto_receipt_days": 0}).status_code == 422
