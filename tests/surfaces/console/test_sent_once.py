"""What is sent twice by a hasty hand or a bad network is done once, in the console too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.group.people.builders import make_person
from tests.surfaces.console.builders import furnished_shop
from tests.surfaces.console.test_policies import ATTRIBUTION
from yipan.distribution.pool.models import CommissionRule
from yipan.goods.stock.models import StockLevel
from yipan.group.people.models import Role
from yipan.kernel.models import PolicyVersion, Tenant

_KEY = re.compile(r'name="once" value="(\w+)"')


@pytest.fixture
def boss(tenant: Tenant) -> Client:
    shop = furnished_shop()
    client = Client()
    client.force_login(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))
    return client


def twice(client: Client, address: str, **form: Any) -> list[Any]:
    """The form of a page, sent two times as it was loaded."""
    found = _KEY.search(client.get(address).content.decode())
    assert found is not None, f"{address} has no key"
    return [client.post(address, {**form, "once": found[1]}) for _ in range(2)]


def test_goods_come_in_once(boss: Client) -> None:
    level = StockLevel.objects.order_by("id")[0]
    address = f"/console/stock/{level.pk}/receive/"
    answers = twice(boss, address, quantity="5", reason="到货")
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1]["HX-Redirect"] == answers[0]["HX-Redirect"]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert StockLevel.objects.get(pk=level.pk).quantity == level.quantity + 5


def test_a_dialog_that_was_wrong_can_be_sent_again_with_its_key(boss: Client) -> None:
    level = StockLevel.objects.order_by("id")[0]
    address = f"/console/stock/{level.pk}/receive/"
    wrong = boss.post(address, {"quantity": "-1", "reason": "到货", "once": "key-of-a-dialog"})
    assert wrong.status_code == 422
    right = boss.post(address, {"quantity": "5", "reason": "到货", "once": "key-of-a-dialog"})
    assert right.status_code == 200
    assert StockLevel.objects.get(pk=level.pk).quantity == level.quantity + 5


def test_a_policy_gets_one_version(boss: Client) -> None:
    organisation_id = StockLevel.objects.order_by("id")[0].location.organisation_id
    answers = twice(boss, f"/console/policies/attribution/{organisation_id}/new/", **ATTRIBUTION)
    assert [answer.status_code for answer in answers] == [302, 302]
    versions = PolicyVersion.objects.filter(kind="attribution", organisation_id=organisation_id)
    assert versions.count() == 1


def test_a_rule_gets_one_version(boss: Client) -> None:
    rule = CommissionRule.objects.filter(bare_terms="").order_by("id")[0]
    before = rule.versions.count()
    answers = twice(
        boss,
        f"/console/pool/rules/{rule.pk}/new/",
        mode="fixed",
        amount_per_unit="3.5",
        reason="涨价",
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert rule.versions.count() == before + 1
