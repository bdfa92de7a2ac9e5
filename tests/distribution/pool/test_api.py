"""The pool over the open API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.distribution.pool.builders import LONG_AGO, make_offer, make_rule
from tests.distribution.pool.goods import make_sku, make_skus
from tests.distribution.pool.rule_cases import T, fixed, flat, tiered
from tests.distribution.pool.sheets.files import csv_file
from tests.group.organisations.builders import GroupTree
from tests.surfaces.openapi.builders import Caller, caller
from yipan.distribution.pool.models import Offer, RuleVersion
from yipan.kernel import clock
from yipan.kernel.models import AuditEntry

SOON = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def api(group: GroupTree) -> Caller:
    return caller(group.headquarters)


@pytest.fixture
def retail(group: GroupTree) -> Caller:
    return caller(group["R1"])


def new_rule(**changes: Any) -> dict[str, Any]:
    return {"code": "SPRING-5", "name": "春季 5%", "terms": flat("0.05"), **changes}


def upload(api: Caller, path: str, content: bytes, **form: str) -> Any:
    file = SimpleUploadedFile("六月.csv", content)
    return Client().post(
        f"/api/v1{path}",
        {"file": file, **form},
        headers={"Authorization": f"Bearer {api.key}", "Accept-Language": api.language},
    )


def test_a_rule_is_made_read_and_given_new_terms(api: Caller, group: GroupTree) -> None:
    made = api.post("/rules", new_rule())
    assert made.status_code == 201
    rule = made.json()
    assert (rule["code"], rule["organisation_id"], rule["bare"]) == (
        "SPRING-5",
        group.headquarters.id,
        False,
    )
    assert rule["current"]["terms"]["tiers"] == [{"from": 0, "rate": "0.05"}]
    assert api.get(f"/rules/{rule['id']}").json() == rule
    added = api.post(
        f"/rules/{rule['id']}/versions",
        {"terms": flat("0.06"), "valid_from": SOON.isoformat(), "reason": "618"},
    )
    assert (added.status_code, added.json()["version"]) == (201, 2)
    versions = api.get(f"/rules/{rule['id']}/versions").json()["items"]
    assert [each["version"] for each in versions] == [2, 1]
    assert versions[1]["valid_until"] == "2099-01-01T00:00:00Z"
    assert api.get(f"/rules/{rule['id']}").json()["current"]["version"] == 1
    assert AuditEntry.objects.get(action="pool.add_rule_version").actor.startswith("api_client:")


def test_a_refusal_names_the_field_of_the_rule(api: Caller) -> None:
    terms = tiered("line_amount", "whole", [T[0], {"from": 0, "rate": "1.5"}])
    answer = api.post("/rules", new_rule(terms=terms))
    assert (answer.status_code, answer.json()["code"]) == (422, "pool.rule_refused")
    fields = {each["field"]: each["code"] for each in answer.json()["data"]["problems"]}
    assert fields["tiers[1].from"] == "tiers_not_ascending"
    assert fields["tiers[1].rate"] == "rate_out_of_range"
    # A floating-point number is not what it shows.
    number = api.post("/rules", new_rule(terms=flat("0.05") | {"upline_rates": [0.01]}))
    (problem,) = number.json()["data"]["problems"]
    assert (problem["field"], problem["code"]) == ("upline_rates[0]", "float")


def test_a_scheduled_version_is_not_replaced_by_accident(api: Caller) -> None:
    rule = make_rule()
    later = {"terms": flat("0.06"), "valid_from": SOON.isoformat()}
    assert api.post(f"/rules/{rule.id}/versions", later).status_code == 201
    answer = api.post(f"/rules/{rule.id}/versions", {"terms": flat("0.07")})
    assert (answer.status_code, answer.json()["code"]) == (409, "pool.later_version_scheduled")
    past = {"terms": flat("0.07"), "valid_from": "2020-01-01T00:00:00Z"}
    answer = api.post(f"/rules/{rule.id}/versions", past)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "valid_from")


def test_rules_are_listed_in_pages_newest_first(api: Caller) -> None:
    for number in range(3):
        with clock.at(LONG_AGO + timedelta(days=number)):
            make_rule(code=f"R{number}")
    first = api.get("/rules?limit=2").json()
    second = api.get(f"/rules?limit=2&cursor={first['next_cursor']}").json()
    codes = [each["code"] for each in first["items"] + second["items"]]
    assert (codes, second["next_cursor"]) == (["R2", "R1", "R0"], None)
    assert [each["code"] for each in api.get("/rules?text=r1").json()["items"]] == ["R1"]
    assert api.get("/rules?bare=true").json()["items"] == []


def test_rules_above_may_be_read_and_used_but_not_changed(retail: Caller, group: GroupTree) -> None:
    above = make_rule(code="GROUP")
    make_rule(code="FOOD", organisation=group["FOOD"])
    make_rule(code="STORE", organisation=group["R1-A"])
    seen = {each["code"] for each in retail.get("/rules").json()["items"]}
    assert seen == {"GROUP", "STORE"}
    answer = retail.post(f"/rules/{above.id}/versions", {"terms": flat("0.06")})
    assert answer.status_code == 404
    put = {"offers": [{"sku": make_sku().code, "rule": "GROUP"}]}
    assert retail.send("put", "/offers", put).json()["created"] == 1


def test_offers_are_put_listed_and_read(api: Caller, retail: Caller, group: GroupTree) -> None:
    first, second = make_skus(2, price=10_000)
    make_rule(flat("0.05"), code="FIVE")
    make_rule(fixed(900), code="NINE")
    body = {
        "offers": [
            {"sku": first.code, "organisation": "R1", "rule": "FIVE"},
            {"sku": second.code, "organisation": "R1-A", "rule": "NINE"},
            {"sku": second.code, "rule": "FIVE", "valid_until": SOON.isoformat()},
        ]
    }
    done = api.send("put", "/offers", body)
    assert done.status_code == 200
    assert [done.json()[name] for name in ("created", "changed", "unchanged")] == [3, 0, 0]
    assert api.send("put", "/offers", body).json()["unchanged"] == 3
    listed = api.get("/offers").json()["items"]
    assert [(each["sku"], each["organisation"], each["estimate"]) for each in listed] == [
        (second.code, "R1-A", 900),
        (second.code, "HQ", 500),
        (first.code, "R1", 500),
    ]
    assert listed[1]["valid_until"] == "2099-01-01T00:00:00Z"
    assert api.get(f"/offers/{listed[0]['id']}").json() == listed[0]
    assert len(retail.get("/offers").json()["items"]) == 2
    assert retail.get(f"/offers/{listed[1]['id']}").status_code == 404
    selling = api.get("/offers?selling_at=R1-A").json()["items"]
    assert [(each["sku"], each["rule"]) for each in selling] == [
        (second.code, "NINE"),
        (first.code, "FIVE"),
    ]
    exact = api.get("/offers?organisation=R1&is_on=true&time=current&sort=newest").json()
    assert [each["sku"] for each in exact["items"]] == [first.code]


def test_every_fault_of_the_offers_given_is_named(api: Caller, retail: Caller) -> None:
    sku = make_sku()
    make_rule(code="R")
    body = {
        "offers": [
            {"sku": sku.code, "organisation": "R1", "rule": "R"},
            {"sku": "?", "organisation": "R1", "rule": "?"},
            {"sku": sku.code, "organisation": "HQ", "rule": "R"},
            {"sku": sku.code, "organisation": "R1", "rule": "R"},
        ]
    }
    answer = retail.send("put", "/offers", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "pool.offers_refused")
    problems = [(each["field"], each["code"]) for each in answer.json()["data"]["problems"]]
    assert problems == [
        ("offers[1].sku", "unknown_sku"),
        ("offers[1].rule", "unknown_rule"),
        ("offers[2].organisation", "unknown_organisation"),
        ("offers[3].sku", "twice"),
    ]
    assert not Offer.objects.exists()


def test_offers_are_switched_changed_and_taken_off_in_bulk(api: Caller) -> None:
    ids = [make_offer(sku).id for sku in make_skus(3)]
    other = make_rule(fixed(350))

    def bulk(action: str, **more: Any) -> dict[str, int]:
        answer = api.post("/offers/bulk", {"offer_ids": ids, "action": action, **more})
        assert answer.status_code == 200, answer.content
        return answer.json()  # type: ignore[no-any-return]

    assert bulk("switch_off")["changed"] == 3
    assert not Offer.objects.filter(is_on=True).exists()
    assert bulk("switch_on")["changed"] == 3
    end = SOON.isoformat()
    bulk("change", change={"rule_id": other.id, "valid_until": end})
    assert set(Offer.objects.values_list("rule", "valid_until")) == {(other.id, SOON)}
    bulk("change", change={"valid_until": None})
    assert set(Offer.objects.values_list("rule", "valid_until")) == {(other.id, None)}
    assert bulk("take_off")["changed"] == 3
    assert api.get("/offers?time=current").json()["items"] == []
    assert len(api.get("/offers?time=ended").json()["items"]) == 3


def test_offers_of_others_are_not_there(retail: Caller, group: GroupTree) -> None:
    offer = make_offer(make_sku(), group["R2"])
    body = {"offer_ids": [offer.id], "action": "switch_off"}
    assert retail.post("/offers/bulk", body).status_code == 404
    for query in ("organisation=R2", "selling_at=R2"):
        assert retail.get(f"/offers?{query}").status_code == 404


def test_a_file_is_looked_at_and_loaded(api: Caller) -> None:
    sku = make_sku()
    make_rule(code="R")
    content = csv_file([[sku.code, "R1", "R"], ["=1+1", "R1", "R"]])
    seen = upload(api, "/offers/import/preview", content)
    assert seen.status_code == 200, seen.content
    assert (seen.json()["created"], seen.json()["faulty_rows"], seen.json()["loaded"]) == (
        1,
        1,
        False,
    )
    assert seen.json()["faults"] == [
        {"row": 3, "field": "sku", "code": "unknown_sku", "reason": "there is no SKU =1+1"}
    ]
    refused = upload(api, "/offers/import", content)
    assert (refused.status_code, refused.json()["code"]) == (422, "pool.sheet_has_faults")
    assert not Offer.objects.exists()
    done = upload(api, "/offers/import", content, choice="good_rows")
    assert (done.json()["created"], done.json()["loaded"]) == (1, True)
    again = upload(api, "/offers/import", content, choice="good_rows")
    assert (again.json()["created"], again.json()["changed"], again.json()["unchanged"]) == (
        0,
        0,
        1,
    )
    assert again.json()["loaded_before"]
    faults = upload(api, "/offers/import/faults", content)
    assert "text/csv" in faults["Content-Type"]
    assert b"'=1+1" in faults.content
    broken = upload(api, "/offers/import/preview", b"\x00")
    assert (broken.status_code, broken.json()["code"]) == (422, "pool.sheet_unreadable")


def test_a_trial_answers_amounts_and_explanation_for_terms_that_are_not_saved(
    api: Caller,
) -> None:
    body = {
        "terms": tiered("period_amount", "marginal", upline_rates=["0.01"]),
        "lines": [{"quantity": 1, "net_amount": 5_000}, {"quantity": 1, "net_amount": 5_000}],
        "progress": {"units": 3, "amount": 8_000},
        "uplines": [True],
    }
    answer = api.post("/trial", body)
    assert answer.status_code == 200, answer.content
    first, second = answer.json()["lines"]
    assert (first["seller"]["amount"], second["seller"]["amount"]) == (340, 400)
    assert (first["uplines"][0]["amount"], first["total"]) == (50, 390)
    assert first["explanation"]["progress"] == {"units": 3, "amount": 8_000}
    assert "¥20.00 × 5% + ¥30.00 × 8%" in first["seller"]["why"]
    assert answer.json()["progress"] == {"units": 5, "amount": 18_000}
    assert not RuleVersion.objects.exists()
    chinese = Caller(api.key, "zh-hans").post("/trial", body).json()
    assert "分段计算" in chinese["lines"][0]["seller"]["why"]


def test_a_trial_of_a_saved_rule_takes_the_version_asked_for(api: Caller, retail: Caller) -> None:
    rule = make_rule(flat("0.1"))
    later = {"terms": flat("0.2"), "valid_from": SOON.isoformat()}
    api.post(f"/rules/{rule.id}/versions", later)
    line = {"lines": [{"quantity": 1, "net_amount": 1_000}]}

    def amount(**which: Any) -> int:
        answer = retail.post("/trial", {"rule_id": rule.id, **line, **which})
        return answer.json()["lines"][0]["seller"]["amount"]  # type: ignore[no-any-return]

    assert (amount(), amount(version=2), amount(at=SOON.isoformat())) == (100, 200, 200)
    assert retail.post("/trial", {"rule_id": rule.id, "version": 3, **line}).status_code == 404
    both = {"rule_id": rule.id, "terms": flat("0.1"), **line}
    assert retail.post("/trial", both).status_code == 422
    refused = retail.post("/trial", {"terms": {"mode": "fixed"}, **line})
    assert refused.json()["data"]["problems"][0]["field"] == "amount_per_unit"


def test_why_a_sale_does_not_earn_is_told(api: Caller, retail: Caller, group: GroupTree) -> None:
    sku = make_sku()
    make_offer(sku, group["R1"], is_on=False)
    make_offer(sku)
    answer = api.post("/offers/why", {"sku": sku.code, "organisation": "R1-A"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["verdict"] == "switched_off"
    assert [each["verdict"] for each in answer.json()["offers"]] == ["switched_off", "overruled"]
    assert retail.post("/offers/why", {"sku": sku.code, "organisation": "R2"}).status_code == 404
    assert api.post("/offers/why", {"sku": "?"}).status_code == 404


def test_each_route_asks_for_its_permission(group: GroupTree) -> None:
    reader = caller(group.headquarters, ["pool.read"])
    nobody = caller(group.headquarters, ["orders.read"])
    assert reader.post("/rules", new_rule()).status_code == 403
    assert reader.send("put", "/offers", {"offers": [{"sku": "A", "rule": "B"}]}).status_code == 403
    assert upload(reader, "/offers/import", csv_file([])).status_code == 403
    for path in ("/rules", "/offers"):
        assert nobody.get(path).status_code == 403
        assert reader.get(path).status_code == 200
