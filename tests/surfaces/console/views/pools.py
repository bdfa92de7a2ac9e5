"""A group with a pool, and people in front of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.distribution.pool.builders import make_offer, make_rule
from tests.distribution.pool.goods import make_skus
from tests.distribution.pool.rule_cases import fixed, flat
from tests.group.organisations.builders import GroupTree, make_tree
from tests.group.people.builders import make_person
from yipan.distribution.pool.models import CommissionRule, Offer
from yipan.goods.catalogue.models import Sku

GRID = "/console/pool/goods/"
RULES = "/console/pool/rules/"
IMPORTS = "/console/pool/imports/"
WORK = "/console/work/"


@dataclass(frozen=True)
class PoolShop:
    """A tree, SKUs of which the first ones are in the pool of headquarters, and two rules."""

    tree: GroupTree
    skus: list[Sku]
    rule: CommissionRule
    other: CommissionRule

    def key(self, number: int, code: str = "HQ") -> str:
        return f"{self.skus[number].id}-{self.tree[code].id}"


def open_pool(*, skus: int = 6, offered: int = 3) -> PoolShop:
    tree = make_tree()
    goods = make_skus(skus, price=10_000)
    rule, other = make_rule(flat("0.05"), code="FIVE"), make_rule(fixed(350), code="FIXED")
    for sku in goods[:offered]:
        make_offer(sku, rule=rule)
    return PoolShop(tree, goods, rule, other)


def browser(pool: PoolShop, code: str = "HQ", role: str = "operations") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_person(f"{role}-{code}", pool.tree[code], role))
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def offer_of(sku: Sku) -> Offer:
    found: Offer = Offer.objects.get(sku=sku)
    return found
