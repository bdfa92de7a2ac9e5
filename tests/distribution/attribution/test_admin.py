"""Attribution in the console."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.distribution.attribution.builders import (
    PLACED,
    bind,
    capture,
    decisions,
    make_member,
    make_order,
)
from tests.distribution.attribution.conftest import World
from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from yipan.distribution.attribution.actions import register_coupons
from yipan.group.people.models import Role
from yipan.kernel.actor import SYSTEM


@pytest.fixture
def east(world: World) -> Console:
    """Operations of one company, R1."""
    return Console.of(make_person("east", world.tree["R1"], Role.OPERATIONS))


@pytest.fixture
def sold(world: World) -> World:
    """Something of everything, in R1 and in F1."""
    for distributor, store in ((world.wang, "R1-A"), (world.chen, "F1-A")):
        register_coupons(distributor=distributor.code, coupons=[f"C-{store}"], by=SYSTEM)
        bind(make_member(), distributor, PLACED, valid_until=None)
        capture(make_order(world.tree[store], distributor_code=distributor.code))
    return world


@pytest.mark.parametrize("model", ["decision", "touch", "binding", "coupon"])
def test_a_screen_shows_what_is_of_the_persons_subtree(
    sold: World, east: Console, model: str
) -> None:
    answer = east.get(f"attribution/{model}/")
    rows = answer.context["cl"].result_list
    assert [row.distributor_id for row in rows] == [sold.wang.id]
    assert "WANG" in answer.content.decode()
    assert east.get(f"attribution/{model}/{rows[0].pk}/change/").status_code == 200


def test_a_decision_of_others_answers_404_and_an_own_one_says_why(
    world: World, east: Console
) -> None:
    near = make_order(world.store, distributor_code="WANG")
    far = make_order(world.tree["F1-A"], distributor_code="CHEN")
    capture(near, far)
    page = east.get(f"attribution/decision/{decisions(near)[0].id}/change/")
    assert "code.last" in page.content.decode()
    answer = east.get(f"attribution/decision/{decisions(far)[0].id}/change/")
    assert answer.status_code == 404


def test_a_list_costs_the_same_for_one_and_for_many(world: World, east: Console) -> None:
    east.get("attribution/decision/")
    costs = []
    for _ in range(2):
        for _ in range(5):
            capture(make_order(world.store, distributor_code="WANG"))
        with CaptureQueriesContext(connection) as queries:
            assert east.get("attribution/decision/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
