"""Fulfilment in the console."""

from __future__ import annotations

import pytest

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.trade.fulfilment.builders import on_its_way, ready, shipped
from tests.trade.orders.builders import Shop
from yipan.group.people.models import Role
from yipan.kernel.models import AuditEntry
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.rules import Method
from yipan.trade.fulfilment.sealing import code_of


@pytest.fixture
def manager(shop: Shop) -> Console:
    return Console.of(make_person("manager", shop.tree["R1-A"], Role.STORE_MANAGER))


def page(fulfilment: Fulfilment) -> str:
    return f"fulfilment/fulfilment/{fulfilment.id}/change/"


def step(console: Console, fulfilment: Fulfilment, name: str, **given: str) -> str:
    """Take a step; the messages on the page afterwards."""
    inline = {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
    answer = console.client.post(f"/console/{page(fulfilment)}", {"step": name, **given, **inline})
    assert answer.status_code == 302, answer.content[:2000]
    fulfilment.refresh_from_db()
    page_shown: str = console.get("fulfilment/fulfilment/").content.decode()
    return page_shown


def test_a_manager_packs_and_ships_a_parcel(shop: Shop, manager: Console) -> None:
    _, fulfilment = on_its_way(shop)
    shown = manager.get(page(fulfilment)).content.decode()
    assert "138****8000" in shown
    assert "13800138000" not in shown
    step(manager, fulfilment, "pack")
    step(manager, fulfilment, "ship", given_carrier="顺丰速运", given_tracking_no="SF1")
    assert (fulfilment.state, fulfilment.tracking_no) == ("shipped", "SF1")


def test_a_pick_up_is_handed_over_by_its_code_and_wrong_ones_are_counted(
    shop: Shop, manager: Console
) -> None:
    _, fulfilment = on_its_way(shop, Method.PICK_UP)
    step(manager, fulfilment, "ready")
    told = step(manager, fulfilment, "hand_over", given_code="x")
    assert "9 more tries" in told
    assert (fulfilment.state, fulfilment.wrong_codes) == ("ready", 1)
    step(manager, fulfilment, "hand_over", given_code=code_of(fulfilment))
    assert fulfilment.state == "handed_over"
    assert 'name="step"' not in manager.get(page(fulfilment)).content.decode()


def test_the_code_of_a_pick_up_is_not_on_the_page(shop: Shop, manager: Console) -> None:
    _, fulfilment = ready(shop)
    assert code_of(fulfilment) not in manager.get(page(fulfilment)).content.decode()


def test_the_address_is_shown_to_who_may_see_it_and_that_is_written_down(
    shop: Shop, manager: Console
) -> None:
    _, fulfilment = shipped(shop)
    assert "文三路 1 号" in step(manager, fulfilment, "reveal")
    assert AuditEntry.objects.filter(action="fulfilment.reveal_address").count() == 1


def test_readers_change_nothing_and_others_find_nothing(shop: Shop) -> None:
    _, fulfilment = on_its_way(shop)
    auditor = Console.of(make_person("auditor", shop.tree.headquarters, Role.AUDITOR))
    assert 'name="step"' not in auditor.get(page(fulfilment)).content.decode()
    elsewhere = Console.of(make_person("elsewhere", shop.tree["F1"], Role.ADMINISTRATOR))
    assert elsewhere.get(page(fulfilment)).status_code == 404
    assert fulfilment.order_number not in elsewhere.get("fulfilment/fulfilment/").content.decode()


def test_an_address_that_no_key_opens_does_not_keep_the_list_from_being_shown(
    shop: Shop, manager: Console
) -> None:
    _, fulfilment = on_its_way(shop)
    _, other = on_its_way(shop)
    Fulfilment.objects.filter(id=fulfilment.id).update(address_sealed=other.address_sealed)
    shown = manager.get("fulfilment/fulfilment/")
    assert shown.status_code == 200
    assert "cannot be read" in shown.content.decode()
