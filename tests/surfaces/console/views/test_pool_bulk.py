"""Many rows at once: a preview first, then exactly that, once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.distribution.pool.builders import make_offer, make_rule
from tests.surfaces.console.views.pools import PoolShop, browser, offer_of, open_pool, text_of
from yipan.distribution.pool.actions import switch_offers
from yipan.distribution.pool.models import Offer
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, LongWork, Tenant

FORM = "/console/pool/bulk/"
PREVIEW = f"{FORM}preview/"
APPLY = f"{FORM}apply/"


@pytest.fixture
def pool(tenant: Tenant) -> PoolShop:
    return open_pool()


def sent(pool: PoolShop, act: str, *numbers: int, **fields: Any) -> dict[str, Any]:
    keys = ",".join(pool.key(number) for number in numbers)
    return {"act": act, "keys": keys, "once": "k1", "reason": "spring", **fields}


def apply(client: Any, fields: dict[str, Any]) -> Any:
    """What a person does: look, then confirm."""
    shown = client.post(PREVIEW, fields)
    return client.post(APPLY, {**fields, "digest": shown.context["plan"].digest})


def test_the_form_asks_only_what_the_act_needs(pool: PoolShop) -> None:
    client = browser(pool)
    put_on = text_of(client.post(FORM, {"act": "put_on", "row": [pool.key(4)]}))
    assert pool.key(4) in put_on
    assert 'name="rule"' in put_on
    take_off = text_of(client.post(FORM, {"act": "take_off", "row": [pool.key(0)]}))
    assert 'name="rule"' not in take_off


def test_the_preview_counts_and_changes_nothing(pool: PoolShop) -> None:
    client = browser(pool)
    fields = sent(pool, "put_on", 0, 4, 5, rule=pool.other.id)
    plan = client.post(PREVIEW, fields).context["plan"]
    assert (plan.created, plan.changed, plan.unchanged, plan.refused) == (2, 1, 0, [])
    assert (plan.estimate_before, plan.estimate_after) == (500, 1050)
    assert Offer.objects.count() == 3


def test_rows_are_put_on_changed_switched_and_taken_off(pool: PoolShop) -> None:
    client = browser(pool)
    assert (
        "pool-changed"
        in apply(client, sent(pool, "put_on", 4, 5, rule=pool.other.id))["HX-Trigger"]
    )
    assert Offer.objects.count() == 5
    apply(client, sent(pool, "change", 0, 1, rule=pool.other.id, once="k2"))
    assert {offer_of(sku).rule_id for sku in pool.skus[:2]} == {pool.other.id}
    apply(client, sent(pool, "switch_off", 0, once="k3"))
    assert not offer_of(pool.skus[0]).is_on
    apply(client, sent(pool, "switch_on", 0, once="k4"))
    assert offer_of(pool.skus[0]).is_on
    apply(client, sent(pool, "take_off", 0, 1, once="k5"))
    ended = [offer_of(sku).valid_until for sku in pool.skus[:2]]
    assert all(moment is not None and moment <= clock.now() for moment in ended)
    assert AuditEntry.objects.filter(action="pool.take_off", reason="spring").count() == 2
    assert set(LongWork.objects.values_list("state", flat=True)) == {"done"}


def test_an_offer_that_was_over_starts_anew_when_it_is_put_on(pool: PoolShop) -> None:
    client = browser(pool)
    apply(client, sent(pool, "take_off", 0))
    before = clock.now()
    apply(client, sent(pool, "put_on", 0, rule=pool.rule.id, once="k2"))
    offer = offer_of(pool.skus[0])
    assert offer.valid_from >= before
    assert offer.valid_until is None


def test_what_cannot_be_done_is_refused_row_by_row_and_the_rest_is_done(pool: PoolShop) -> None:
    client = browser(pool)
    fields = sent(pool, "change", 0, 5, rule=pool.other.id)
    shown = client.post(PREVIEW, fields)
    assert shown.context["plan"].reasons == [("is not in the pool here", 1)]
    apply(client, fields)
    assert offer_of(pool.skus[0]).rule_id == pool.other.id
    assert not Offer.objects.filter(sku=pool.skus[5]).exists()
    assert LongWork.objects.get().summary == {
        "created": 0, "changed": 1, "unchanged": 0, "refused": 1,
    }  # fmt: skip


def test_nobody_changes_rows_of_others(pool: PoolShop) -> None:
    make_offer(pool.skus[0], pool.tree["F1"], make_rule(organisation=pool.tree["F1"]))
    client = browser(pool, "R1")
    fields = {"act": "switch_off", "keys": pool.key(0, "F1"), "reason": "x", "once": "k"}
    plan = client.post(PREVIEW, fields).context["plan"]
    assert (plan.changes, len(plan.refused)) == ([], 1)
    assert apply(client, fields).status_code == 200
    assert Offer.objects.get(organisation=pool.tree["F1"]).is_on


def test_a_pool_that_changed_meanwhile_is_shown_again_instead(pool: PoolShop) -> None:
    client = browser(pool)
    fields = sent(pool, "take_off", 0)
    digest = client.post(PREVIEW, fields).context["plan"].digest
    switch_offers(offer_ids=[offer_of(pool.skus[0]).id], on=False, by=SYSTEM)
    answer = client.post(APPLY, {**fields, "digest": digest})
    assert "changed while you looked" in text_of(answer)
    assert offer_of(pool.skus[0]).valid_until is None


def test_a_reason_is_asked_for(pool: PoolShop) -> None:
    client = browser(pool)
    answer = apply(client, sent(pool, "take_off", 0, reason=" "))
    assert "Say why" in text_of(answer)
    assert not LongWork.objects.exists()


def test_a_double_click_is_one_task(pool: PoolShop) -> None:
    client = browser(pool)
    fields = sent(pool, "put_on", 4, rule=pool.rule.id)
    digest = client.post(PREVIEW, fields).context["plan"].digest
    for _click in range(2):
        client.post(APPLY, {**fields, "digest": digest})
    assert LongWork.objects.count() == 1


def test_everything_that_matches_is_changed_also_what_is_on_other_pages(tenant: Tenant) -> None:
    pool = open_pool(skus=70, offered=70)
    client = browser(pool)
    fields = {
        "act": "change", "all": "1", "query": f"rule={pool.rule.id}", "rule": pool.other.id,
        "once": "k", "reason": "all of them",
    }  # fmt: skip
    assert client.post(PREVIEW, fields).context["plan"].changed == 70
    apply(client, fields)
    assert set(Offer.objects.values_list("rule_id", flat=True)) == {pool.other.id}


def test_dates_are_taken_as_days_or_moments_and_an_end_can_be_taken_away(pool: PoolShop) -> None:
    client = browser(pool)
    apply(client, sent(pool, "change", 0, ends="2026-12-31"))
    end = offer_of(pool.skus[0]).valid_until
    assert end is not None
    assert end.isoformat() == "2026-12-31T16:00:00+00:00"
    apply(client, sent(pool, "change", 0, no_end="on", once="k2"))
    assert offer_of(pool.skus[0]).valid_until is None
    missing = client.post(PREVIEW, sent(pool, "change", 0))
    assert "Choose a rule or a date" in text_of(missing)
