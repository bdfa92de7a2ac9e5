"""The grid: one row for each SKU and organisation, found, filtered, edited in place."""

from __future__ import annotations

import pytest

from tests.distribution.pool.builders import make_offer
from tests.distribution.pool.goods import make_skus
from tests.surfaces.console.views.pools import (
    GRID,
    PoolShop,
    browser,
    offer_of,
    open_pool,
    statements,
    text_of,
)
from yipan.distribution.pool.models import Offer
from yipan.kernel.models import AuditEntry, Tenant


@pytest.fixture
def pool(tenant: Tenant) -> PoolShop:
    return open_pool()


def rows(client: object, query: str = "") -> list[str]:
    answer = client.get(f"{GRID}?{query}")  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return [each.row.sku.code for each in answer.context["rows"]]


def test_every_offer_is_a_row(pool: PoolShop) -> None:
    assert sorted(rows(browser(pool))) == sorted(sku.code for sku in pool.skus[:3])


def test_rows_are_found_by_text_state_rule_price_and_commission(pool: PoolShop) -> None:
    client = browser(pool)
    first = pool.skus[0]
    assert rows(client, f"rule={pool.other.id}") == []
    assert len(rows(client, f"rule={pool.rule.id}&earns-from=5&earns-until=5.00")) == 3
    assert rows(client, "earns-from=5.01") == []
    assert rows(client, "price-until=99.99") == []
    assert len(rows(client, "state=on")) == 3
    assert rows(client, "state=ended") == rows(client, "state=off") == []
    assert rows(client, f"category={first.product.category_id}&state=on") != []
    assert rows(client, "price-from=nonsense") != []


def test_what_is_not_in_the_pool_is_a_state_too(pool: PoolShop) -> None:
    client = browser(pool)
    assert sorted(rows(client, "state=outside")) == sorted(sku.code for sku in pool.skus[3:])
    below = pool.tree["R1-A"].id
    assert len(rows(client, f"state=outside&org={below}")) == 3
    make_offer(pool.skus[3], pool.tree["R1-A"])
    assert len(rows(client, f"state=outside&org={below}")) == 2


def test_pages_follow_one_another(tenant: Tenant) -> None:
    pool = open_pool(skus=60, offered=60)
    client = browser(pool)
    first = client.get(GRID)
    cursor = first.context["next_cursor"]
    second = client.get(f"{GRID}?cursor={cursor}")
    seen = [each.key for page in (first, second) for each in page.context["rows"]]
    assert (len(seen), len(set(seen))) == (60, 60)
    assert second.context["next_cursor"] is None
    assert client.get(f"{GRID}?cursor=broken").status_code == 200


def test_a_company_sees_its_own_rows_only(pool: PoolShop) -> None:
    make_offer(pool.skus[0], pool.tree["R1-A"])
    assert rows(browser(pool, "R1")) == [pool.skus[0].code]
    assert rows(browser(pool, "F1")) == []
    other = browser(pool, "F1", "administrator")
    assert other.get(f"{GRID}?org={pool.tree['R1'].id}").status_code == 404
    for page in ("", "row/", "edit/"):
        assert other.get(f"{GRID}{pool.key(0, 'R1-A')}/{page}").status_code == 404
    assert other.get(f"{GRID}1-1/").status_code == 404
    assert other.get(f"{GRID}nonsense/").status_code == 404


def test_who_may_only_read_has_nothing_to_change_with(pool: PoolShop) -> None:
    reader = browser(pool, "HQ", "auditor")
    page = text_of(reader.get(GRID))
    assert "pool-row" in page
    assert "pool-select" not in page
    assert "pool-edit" not in page
    assert reader.get(f"{GRID}{pool.key(0)}/edit/").status_code == 404
    assert reader.post("/console/pool/bulk/", {"act": "take_off"}).status_code == 404


def test_a_row_is_edited_in_place(pool: PoolShop) -> None:
    client = browser(pool)
    address = f"{GRID}{pool.key(0)}/edit/"
    assert "pool-row-form" in text_of(client.get(address))
    sent = {"rule": pool.other.id, "starts": "2000-01-01T08:00:00", "ends": "", "reason": "618"}
    answer = client.post(address, sent)
    assert answer.status_code == 200
    assert "¥3.50" in text_of(answer)
    offer = offer_of(pool.skus[0])
    assert (offer.rule_id, offer.is_on, offer.estimate) == (pool.other.id, False, 350)
    assert AuditEntry.objects.filter(subject_id=offer.id, reason="618").exists()


def test_a_refused_edit_says_why_at_the_field(pool: PoolShop) -> None:
    client = browser(pool)
    address = f"{GRID}{pool.key(0)}/edit/"
    sent = {"rule": pool.rule.id, "on": "on", "starts": "2026-02-01", "ends": "2026-01-01"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "the end must be after the start" in text_of(answer)
    assert client.post(address, {**sent, "rule": ""}).status_code == 422
    assert client.post(address, {**sent, "ends": "soon"}).status_code == 422


def test_a_row_outside_of_the_pool_is_put_in_by_editing_it(pool: PoolShop) -> None:
    client = browser(pool)
    client.post(f"{GRID}{pool.key(4)}/edit/", {"rule": pool.rule.id, "on": "on"})
    assert Offer.objects.filter(sku=pool.skus[4]).exists()


def test_the_page_of_a_row_says_who_decides_and_what_was_said_before(pool: PoolShop) -> None:
    client = browser(pool)
    client.post(f"{GRID}{pool.key(0)}/edit/", {"rule": pool.other.id, "on": "on", "reason": "Mai"})
    page = text_of(client.get(f"{GRID}{pool.key(0)}/"))
    assert "A sale here earns" in page
    assert "Earns by this offer" in page
    assert "Mai" in page
    assert "No offer here or above" in text_of(client.get(f"{GRID}{pool.key(5)}/"))


def test_statements_do_not_grow_with_the_rows(pool: PoolShop) -> None:
    client = browser(pool)
    statements(client, GRID)  # caches
    few = statements(client, GRID)
    for sku in make_skus(30):
        make_offer(sku, pool.tree["R1-A"], pool.other)
    assert statements(client, GRID) <= few
    assert few <= 22
    outside = statements(client, f"{GRID}?state=outside")
    make_skus(30)
    assert statements(client, f"{GRID}?state=outside") <= outside <= 20
