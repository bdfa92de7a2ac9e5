"""What is another's is not reached by its number in a form either: nothing at all is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.distribution.distributors.builders import make_distributor
from tests.group.people.builders import make_person
from tests.payouts.withdrawals.builders import BOSS, CLERK, card_with
from tests.surfaces.mall.builders import Phone as Buyer
from tests.surfaces.mall.builders import known_buyer
from tests.surfaces.test_roles import written
from tests.surfaces.test_scope import STORE, opened_shop
from tests.surfaces.workbench.builders import opened_shop as opened_workbench
from tests.surfaces.workbench.builders import with_money
from tests.trade.checkout.builders import Mall, open_mall
from tests.trade.orders.builders import Shop
from yipan.customers.members.models import Address
from yipan.distribution.pool.models import Offer
from yipan.group.people.models import Person, Role
from yipan.kernel.models import Tenant
from yipan.payouts.withdrawals.actions import add_card, verify_card, verify_name
from yipan.payouts.withdrawals.models import Withdrawal
from yipan.trade.checkout.requests import Owner
from yipan.trade.orders.models import Order


class Other(Client):
    """An administrator of the company F1, with a distributor and an account of their own."""

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self.shop = shop
        self.boss: Person = make_person("other", shop.tree["F1"], Role.ADMINISTRATOR)
        self.mate: Person = make_person("own", shop.tree["F1-A"], Role.GUIDE)
        self.seller = make_distributor(shop.tree["F1-A"], "OWN")
        self.force_login(self.boss)
        self.get("/console/")

    @property
    def theirs(self) -> int:
        return self.shop.tree[STORE].id

    def act(self, kind: str, row: int, act: str, /, **form: Any) -> Any:
        return self.post(reverse(f"console-{kind}-act", args=[row, act]), {"reason": "x", **form})

    def send(self, route: str, /, **form: Any) -> Any:
        return self.post(reverse(route), {"reason": "x", **form})


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("o.csv", "SKU,比例\nLINE,5\n".encode())


def _row() -> str:
    offer = Offer.objects.order_by("id")[0]
    return f"{offer.sku_id}-{offer.organisation_id}"


def _payout(**more: Any) -> dict[str, Any]:
    paid = Withdrawal.objects.order_by("id")[0]
    return {"id": paid.id, "ids": paid.id, "payer": paid.payer_id, "count": 1, **more}


ATTEMPTS: dict[str, Callable[[Other], Any]] = {
    "their goods": lambda o: o.act("distributor", o.seller.id, "grant", organisation=o.theirs),
    "their home": lambda o: o.act("distributor", o.seller.id, "home", organisation=o.theirs),
    "their distributor above": lambda o: o.act(
        "distributor", o.seller.id, "upline", upline=o.shop.leader.code
    ),
    "customers to theirs": lambda o: o.act(
        "distributor", o.seller.id, "hand-over", successor=o.shop.guide.code
    ),
    "a role at theirs": lambda o: o.act(
        "person", o.mate.pk, "give-role", role="auditor", organisation=o.theirs
    ),
    "an account at theirs": lambda o: o.send(
        "console-person-new", username="n", name="n", role="guide", organisation=o.theirs
    ),
    "under their parent": lambda o: o.act(
        "organisation", o.shop.tree["F1-A"].id, "move", to_parent=o.shop.tree["R1"].id
    ),
    "a rule of theirs": lambda o: o.send(
        "console-pool-rule-new",
        organisation=o.theirs, code="N", name="N", mode="fixed", amount_per_unit="1",
    ),
    "offers for theirs": lambda o: o.send(
        "console-pool-imports", organisation=o.theirs, file=_file()
    ),
    "their rows": lambda o: o.send(
        "console-pool-bulk-apply", act="switch_off", keys=_row(), digest="x", once="k"
    ),
    "their key": lambda o: o.send(
        "admin:openapi_apiclient_add", organisation=o.theirs, name="n", scopes="orders.read"
    ),
    "their events": lambda o: o.send(
        "admin:webhooks_endpoint_add", organisation=o.theirs, url="https://a.example", events="*"
    ),
    "a yes to their payout": lambda o: o.send(
        "admin:withdrawals_withdrawal_decide", **_payout(do="approve", amount=50_000)
    ),
    "their file": lambda o: o.send(
        "admin:withdrawals_bankfile_make", **_payout(layout="standard", total=50_000)
    ),
    "their answer": lambda o: o.send(
        "admin:withdrawals_bankreturn_load", **_payout(file=_file())
    ),
}  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_form_of_the_console_reaches_nothing_of_another_company(
    tenant: Tenant, attempt: str
) -> None:
    other = Other(opened_shop())
    before = written()
    answer = ATTEMPTS[attempt](other)
    assert answer.status_code in {200, 302, 404, 422}
    assert answer.status_code != 302 or "/load/" in answer["Location"]
    assert written() == before


def test_money_goes_to_no_card_of_another(tenant: Tenant) -> None:
    shop, phone = opened_workbench()
    with_money(shop.guide, 50_000)
    colleague = make_distributor(shop.tree[STORE], "COLLEAGUE")
    verify_name(distributor=colleague, name="李四", by=CLERK)
    number = card_with("4444")
    card = add_card(distributor=colleague, holder="李四", number=number, bank="工商银行", by=CLERK)
    verify_card(card=card, by=BOSS)
    answer = phone.post("withdraw/submit/", amount="10.00", card=card.id)
    assert answer.status_code == 422
    assert not Withdrawal.objects.exists()


@pytest.fixture
def mall(tenant: Tenant, settings: Any) -> Mall:
    settings.YIPAN_SANDBOX_PAYMENTS = True
    return open_mall()


def order(phone: Buyer, owner: Owner, mall: Mall, **changes: Any) -> Any:
    """What the page of the checkout sends for one unit, with some of it changed."""
    quoted = mall.quote((mall.skus[0], 1))
    (line,) = quoted.lines
    form = {
        "method": "delivery",
        "address": Address.objects.get(member_id=owner.member_id).id,
        "provider": "sandbox",
        "seen": json.dumps([[line.sku_id, 1, line.unit_price]]),
        "total": quoted.total,
        "sku": line.sku_id,
        "quantity": 1,
        **changes,
    }
    return phone.post("checkout/", **form)


def test_a_parcel_goes_to_no_address_of_another(mall: Mall) -> None:
    phone, owner = known_buyer(mall)
    _, other = known_buyer(mall)
    theirs = Address.objects.get(member_id=other.member_id).id
    assert order(phone, owner, mall, address=theirs).status_code in {404, 422}
    assert not Order.objects.exists()
    assert order(phone, owner, mall).status_code == 302


def test_a_purchase_has_the_price_and_the_quantity_of_the_shop(mall: Mall) -> None:
    phone, owner = known_buyer(mall)
    (line,) = mall.quote((mall.skus[0], 1)).lines
    sku, price = line.sku_id, line.unit_price or 0
    rows = [
        [[sku, 1, 1]], [[sku, -1, price]], [[sku, 0, price]], [[sku, 10**9, price]],
        [[sku, 10**30, price]], [[sku, 0.5, price]], [[sku, "1e999", price]], [[0, 1, price]],
        [[sku, 1, price], [sku, -1, price]], [], [[]], [[sku, 1, -price]],
    ]  # fmt: skip
    for row in rows:
        for total in (line.unit_price, 1, -1, 0, 10**30):
            answer = order(phone, owner, mall, seen=json.dumps(row), total=total)
            assert answer.status_code in {404, 422}, (row, total)
    for seen in ("[" * 100_000, "[[1,1,1e999]]", "{}", "null", "💣"):
        assert order(phone, owner, mall, seen=seen).status_code in {404, 422}, seen[:20]
    assert not Order.objects.exists()


def test_goods_are_picked_up_in_no_store_of_another_group(mall: Mall) -> None:
    phone, owner = known_buyer(mall)
    for place in (mall.shop.tree["F1-A"].id, mall.shop.tree.headquarters.id, 10**18, -1, ""):
        answer = order(phone, owner, mall, method="pick_up", pick_up_at=place)
        assert answer.status_code in {404, 422}, place
    assert not Order.objects.exists()
