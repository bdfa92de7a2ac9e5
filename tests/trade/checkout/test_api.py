"""The checkout policy over the open API."""

from __future__ import annotations

from tests.surfaces.openapi.builders import caller
from tests.trade.checkout.builders import Mall
from yipan.kernel import config_cache


def test_the_policy_is_read_and_set_where_the_caller_stands(mall: Mall) -> None:
    api = caller(mall.shop.tree["R1-A"])
    assert api.get("/checkout/policy").json() == {
        "organisation_id": None, "version": 0, "freight": 1_000, "free_from": 9_900,
        "most_units": 99,
    }  # fmt: skip
    answer = api.send("put", "/checkout/policy", {"freight": 500, "free_from": None})
    assert (answer.status_code, answer.json()["free_from"]) == (200, None)
    config_cache.refresh()
    assert mall.quote((mall.skus[0], 4)).freight == 500
    above = {"organisation": "HQ", "freight": 0}
    assert api.send("put", "/checkout/policy", above).status_code == 404
    assert api.send("put", "/checkout/policy", {"freight": -1}).status_code == 422
    reader = caller(mall.shop.tree["R1-A"], ["checkout.read"])
    assert reader.send("put", "/checkout/policy", {}).status_code == 403
