"""Goods over the open API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.goods.catalogue.builders import make_price, make_sku
from tests.surfaces.openapi.builders import Caller, caller, make_organisation
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant

SCOPES = ["catalogue.read", "catalogue.write"]


@pytest.fixture
def headquarters(tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def company(headquarters: Organisation) -> Organisation:
    return make_organisation("A", headquarters)


@pytest.fixture
def api(headquarters: Organisation) -> Caller:
    return caller(headquarters, SCOPES)


def row(code: str, **values: Any) -> dict[str, Any]:
    return {
        "code": code,
        "product_code": "TEA",
        "product_name": "龙井茶",
        "categories": [{"code": "FOOD", "name": "食品"}],
        "specification": {"净含量": code[-4:]},
        "list_price": 8990,
        **values,
    }


def test_goods_are_made_one_by_one_and_found(api: Caller) -> None:
    food = api.post("/categories", {"code": "FOOD", "name": "食品"}).json()
    tea = api.post("/categories", {"code": "TEA", "name": "茶", "parent_id": food["id"]}).json()
    assert tea["path"] == f"{food['path']}{tea['id']}/"
    product = api.post(
        "/products", {"code": "TEA", "name": "龙井茶", "category_id": tea["id"], "tags": ["新品"]}
    ).json()
    made = api.post(
        "/skus",
        {"product_id": product["id"], "code": "TEA-500G", "specification": {"净含量": "500g"}},
    )
    assert made.status_code == 201
    sku = made.json()
    assert (sku["name"], sku["prices"]["list_price"]) == ("龙井茶 500g", None)
    body = {"prices": [{"sku": "TEA-500G", "amount": 8990}]}
    assert api.post("/prices/batch", body).json()["set"] == 1
    path = f"/products/{product['id']}/pictures"
    api.send("put", path, {"pictures": [{"file": "https://example.com/tea.jpg"}]})
    (found,) = api.get(f"/skus?text=龙井&category_id={food['id']}").json()["items"]
    assert (found["code"], found["prices"]["list_price"]) == ("TEA-500G", 8990)
    assert found["picture"] == "https://example.com/tea.jpg"
    assert api.get(f"/skus/{sku['id']}").json() == found


def test_a_batch_of_skus_answers_row_by_row(api: Caller) -> None:
    body = {"skus": [row("TEA-500G"), row("TEA-100G", list_price=-1), row("TEA-250G")]}
    report = api.post("/skus/batch", body).json()
    assert (report["created"], report["failed"]) == (2, 1)
    errors = [each["error"] and each["error"]["code"] for each in report["results"]]
    assert errors == [None, "kernel.invalid_field", None]
    again = api.post("/skus/batch", {"skus": [row("TEA-500G")]}).json()
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 1)
    assert again["results"][0]["id"] == report["results"][0]["id"]


def test_a_batch_has_a_thousand_rows_at_most(api: Caller) -> None:
    body = {"skus": [row(f"S{number}") for number in range(1001)]}
    assert api.post("/skus/batch", body).status_code == 422


def test_skus_are_read_by_their_codes_sold_or_not(api: Caller) -> None:
    first, second = make_sku("A"), make_sku("B")
    assert api.patch(f"/skus/{second.id}", {"is_active": False}).json()["is_active"] is False
    found = api.get("/skus?code=B&code=A&code=NOBODY").json()["items"]
    assert {each["code"] for each in found} == {"A", "B"}
    assert [each["id"] for each in api.get("/skus").json()["items"]] == [first.id]


def test_prices_are_those_of_the_callers_organisation(
    api: Caller, headquarters: Organisation, company: Organisation
) -> None:
    sku = make_sku("A", price=1000)
    make_price(sku, 900, company)
    assert api.get("/skus?code=A").json()["items"][0]["prices"]["list_price"] == 1000
    asked = api.get("/skus?code=A&organisation=A").json()["items"][0]
    assert asked["prices"]["list_price"] == 900
    own = caller(company, SCOPES)
    assert own.get(f"/skus/{sku.id}").json()["prices"]["list_price"] == 900
    assert own.get(f"/skus/{sku.id}?organisation=HQ").status_code == 404


def test_a_part_of_the_group_reads_all_goods_and_changes_none(company: Organisation) -> None:
    part = caller(company, SCOPES)
    sku = make_sku("A")
    assert part.get(f"/skus/{sku.id}").status_code == 200
    refused = part.patch(f"/skus/{sku.id}", {"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (
        403,
        "catalogue.changed_at_headquarters",
    )
    assert part.post("/skus/batch", {"skus": [row("B")]}).status_code == 403
    body = {"prices": [{"sku": "A", "amount": 5}, {"sku": "A", "amount": 5, "organisation": "A"}]}
    answer = part.post("/prices/batch", body).json()
    assert answer["results"][0]["error"]["code"] == "catalogue.changed_at_headquarters"
    price_id = answer["results"][1]["id"]
    (own, _everywhere) = part.get(f"/skus/{sku.id}/prices").json()["items"]
    assert (own["id"], own["amount"]) == (price_id, 5)
    ended = part.post(f"/prices/{price_id}/end", {})
    assert ended.status_code == 200


def test_pages_of_a_search_follow_each_other(api: Caller) -> None:
    for number in range(5):
        make_sku(f"S{number}", price=number)
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/skus?sort=price_desc&limit=2{cursor}").json()
        seen += [each["code"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["S4", "S3", "S2", "S1", "S0"]
    assert api.get(f"/skus?sort=newest{cursor}").status_code == 422


def test_lists_cost_as_many_statements_for_many_rows_as_for_one(api: Caller) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(path).status_code == 200
        return len(captured)

    paths = ("/skus?text=手机", "/skus", "/products", "/categories")
    make_sku()
    cost("/skus")  # reads what is cached from then on
    few = [cost(path) for path in paths]
    for _ in range(20):
        make_sku()
    assert [cost(path) for path in paths] == few
