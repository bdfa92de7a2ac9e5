"""The demo is a whole group whose books are right, and the same one every time."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from yipan.customers.members.actions import MemberRef, members_for
from yipan.customers.members.address_book import addresses_of
from yipan.demo.generate import Demo, generate, write_down
from yipan.demo.payouts import EVERY_DAYS
from yipan.demo.plan import PASSWORD, SEED, Plan
from yipan.distribution.commissions.models import Entry
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.pool.models import Offer, Upload
from yipan.goods.catalogue.models import Picture, Product, Sku
from yipan.goods.stock.models import StockLevel
from yipan.group.organisations.errors import TenantCodeTaken
from yipan.group.organisations.models import Level, Organisation
from yipan.group.people.models import Person, Role, RoleAssignment
from yipan.group.people.phones import phone_of
from yipan.insight.facts.models import Fact
from yipan.kernel import sql
from yipan.kernel.models import PolicyVersion, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger.verification import problems
from yipan.payouts.withdrawals.models import (
    BankBreak,
    BankCard,
    BankFile,
    BankReturn,
    Withdrawal,
    WithdrawalState,
)
from yipan.surfaces.openapi import keys
from yipan.trade.checkout.queries import PurchaseState, purchases
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.orders.models import Order, RefundRequest

UNTIL = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)


def silent(step: str, done: int, total: int) -> None:
    assert step
    assert 0 <= done <= total


def plan(code: str = "demo") -> Plan:
    return Plan(
        code=code, until=UNTIL, days=EVERY_DAYS * 3, orders=300, stores=4, skus=90, guides=2
    )


def smaller(code: str = "demo", *, seed: int = SEED) -> Plan:
    return Plan(code=code, seed=seed, until=UNTIL, days=15, orders=80, stores=2, skus=30, guides=2)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the pictures go."""
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def demo(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """A small demo with a mall, its tenant in context."""
    monkeypatch.setattr(settings, "YIPAN_SANDBOX_PAYMENTS", True)
    made = generate(plan(), silent)
    with tenant_context(Tenant.objects.get(code="demo").id):
        yield made


def test_it_is_a_whole_group_with_books_that_are_right(demo: Demo) -> None:
    assert list(problems()) == []
    levels = {level: Organisation.objects.filter(level=level).count() for level in Level}
    assert levels == {
        Level.HEADQUARTERS: 1, Level.INDUSTRY_GROUP: 3, Level.COMPANY: 8, Level.STORE: 4,
    }  # fmt: skip
    assert Sku.objects.count() == 90
    assert Distributor.objects.filter(upline__isnull=False).count() == 8
    assert not StockLevel.objects.filter(quantity__lt=0, oversell=False).exists()
    assert Order.objects.exclude(channel="mall").count() == demo.orders
    assert demo.orders + demo.missed == 300
    states = set(Order.objects.values_list("state", flat=True))
    assert states >= {"completed", "paid", "cancelled"}
    assert Entry.objects.filter(kind="accrual").count() > demo.orders // 2
    assert Entry.objects.filter(kind="reversal").exists()
    assert RefundRequest.objects.exists()
    kinds = set(Fact.objects.values_list("kind", flat=True))
    assert kinds == {
        "touch", "sale", "refund", "accrual", "reversal", "release", "withdrawal",
    }  # fmt: skip
    states = set(Withdrawal.objects.values_list("state", flat=True))
    assert states >= {WithdrawalState.SUCCEEDED, WithdrawalState.FAILED}
    assert len(states) >= 4


def test_everybody_told_of_can_sign_in_and_nobody_else(demo: Demo, tmp_path: Path) -> None:
    told = {one.username for one in demo.sign_ins}
    assert {one.role for one in demo.sign_ins} == {*set(Role), "partner", "consumer"}
    for person in Person.objects.all():
        assert person.has_usable_password() is (person.username in told)
        distributor = Distributor.objects.filter(person=person).first()
        outside = distributor is not None and distributor.kind in {"partner", "dealer"}
        assert RoleAssignment.objects.filter(person=person).exists() is not outside
    assert Person.objects.get(username="admin").check_password(PASSWORD)
    kept = tmp_path / "demo.json"
    write_down(demo, kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    parts = keys.parse(json.loads(kept.read_text())["api_key"])
    assert parts is not None
    assert parts.tenant_code == "demo"


def test_everybody_has_a_number_and_whoever_sells_and_is_told_of_has_money_and_a_card(
    demo: Demo,
) -> None:
    by_name = {one.username: one for one in demo.sign_ins}
    assert len({one.phone for one in demo.sign_ins}) == len(demo.sign_ins)
    assert by_name["consumer"].phone == "13800009001"
    for person in Person.objects.all():
        assert person.phone_index
        if person.username in by_name:
            assert phone_of(person).endswith(by_name[person.username].phone)
    for username in ("manager", "guide", "employee", "partner"):
        seller = Distributor.objects.get(person__username=username)
        assert BankCard.objects.filter(distributor=seller, verified_at__isnull=False).exists()
    assert Distributor.objects.exclude(portrait="").count() > Distributor.objects.count() // 2


def test_buyers_have_addresses_and_parcels_on_their_way(demo: Demo) -> None:
    refs = [MemberRef("phone", "13800009001")]
    (buyer,) = members_for(refs=refs, organisation_ids=[None], at=UNTIL).values()
    (address,) = addresses_of(buyer)
    assert address.is_default
    states = set(Fulfilment.objects.values_list("state", flat=True))
    assert states >= {"waiting", "packed", "shipped", "received", "ready", "handed_over"}
    shown = {card.state for card in purchases(member_id=buyer).items}
    assert shown >= {PurchaseState.TO_PAY, PurchaseState.SHIPPED, PurchaseState.READY}
    assert RefundRequest.objects.filter(state="open", line__order__channel="mall").exists()


def test_something_waits_for_everybody(demo: Demo) -> None:
    upload = Upload.objects.get()
    assert (upload.state, upload.faulty) == ("checked", 5)
    assert StockLevel.objects.filter(quantity__lte=2, location__kind="store").count() >= 5
    assert Withdrawal.objects.filter(state=WithdrawalState.REQUESTED).exists()
    assert RefundRequest.objects.filter(state="open").exists()
    assert Offer.objects.filter(valid_until__isnull=False).exists()


def test_the_bank_has_files_answers_and_a_word_to_differ_about(demo: Demo) -> None:
    answered, in_doubt, *waiting = BankFile.objects.order_by("made_at")
    assert states_of(answered) == {WithdrawalState.SUCCEEDED, WithdrawalState.FAILED}
    assert states_of(in_doubt) >= {WithdrawalState.UNKNOWN, WithdrawalState.SUCCEEDED}
    assert [states_of(each) for each in waiting] == [{WithdrawalState.SUBMITTED}] * 2
    returned = list(BankReturn.objects.order_by("uploaded_at").values_list("state", flat=True))
    assert returned == ["applied", "applied", "preview"]
    cleared, owned = BankBreak.objects.order_by("opened_at")
    assert (cleared.kind, bool(cleared.resolution)) == ("unknown", True)
    assert (owned.kind, owned.closed_at) == ("amount_differs", None)
    assert owned.owner.startswith("person:")
    assert owned.opened_at < UNTIL - timedelta(days=2)
    assert Withdrawal.objects.filter(provider="bank_file", state="approved").exists()


def states_of(file: BankFile) -> set[str]:
    return set(file.withdrawals.values_list("state", flat=True))


def test_policies_have_a_past_and_a_future(demo: Demo) -> None:
    (head,) = Organisation.objects.filter(parent=None)
    for kind in ("attribution", "settlement", "withdrawal"):
        first, second = PolicyVersion.objects.filter(kind=kind, organisation_id=head.id)
        assert first.data != second.data
        assert first.reason
        assert second.reason
    planned = PolicyVersion.objects.filter(valid_from__gt=UNTIL)
    assert [each.kind for each in planned] == ["attribution"]
    assert (
        PolicyVersion.objects.exclude(organisation_id=head.id).get().data["provider"] == "bank_file"
    )


def test_all_goods_have_pictures_and_colours_have_their_own(demo: Demo, media: Path) -> None:
    files = set(Picture.objects.values_list("file", flat=True))
    assert all(media.joinpath(file).is_file() for file in files)
    assert not Product.objects.filter(pictures=None).exists()
    for sku in Sku.objects.filter(specification__has_key="颜色"):
        assert Picture.objects.filter(sku=sku).count() == 1
    portraits = set(Distributor.objects.exclude(portrait="").values_list("portrait", flat=True))
    assert all(media.joinpath(file).is_file() for file in portraits)


def story(code: str) -> list[tuple[object, ...]]:
    """What happened in a demo, without the numbers that the database gave."""
    tenant = Tenant.objects.get(code=code)
    with tenant_context(tenant.id):
        statement = """
            SELECT o.number, s.code, l.quantity, l.net_amount, l.refunded_amount,
                   coalesce((SELECT sum(e.amount) FROM commissions_entry e
                              WHERE e.line_id = l.id), 0)::bigint, d.code, p.name
              FROM orders_orderline l
              JOIN orders_order o ON o.id = l.order_id
              JOIN catalogue_sku s ON s.id = l.sku_id
              JOIN organisations_organisation p ON p.id = o.organisation_id
              LEFT JOIN commissions_entry a ON a.line_id = l.id AND a.kind = 'accrual'
                    AND a.role = 'seller'
              LEFT JOIN distributors_distributor d ON d.id = a.distributor_id
             WHERE l.tenant_id = %s ORDER BY o.number, l.line_no
        """
        return list(sql.fetch(statement, (tenant.id,)))


@pytest.mark.usefixtures("committed")
def test_the_same_plan_tells_the_same_story() -> None:
    for code, seed in (("one", 7), ("two", 7), ("other", 8)):
        generate(smaller(code, seed=seed), silent)
    assert story("one") == story("two")
    assert story("one") != story("other")


@pytest.mark.usefixtures("committed")
def test_a_generation_that_is_broken_off_is_in_nobodys_way() -> None:
    def stop(step: str, done: int, total: int) -> None:
        if step == "orders" and done > 20:
            raise KeyboardInterrupt

    small = smaller()
    with pytest.raises(KeyboardInterrupt):
        generate(small, stop)
    assert not Tenant.objects.filter(is_active=True).exists()
    generate(small, silent)
    assert Tenant.objects.get(is_active=True).code == "demo"
    with pytest.raises(TenantCodeTaken):
        generate(small, silent)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    "off", [["withdrawals"], ["settlement", "withdrawals"], ["sharing"], ["stock"]], ids="+".join
)
def test_it_can_do_without_modules_that_are_off(
    monkeypatch: pytest.MonkeyPatch, off: list[str]
) -> None:
    monkeypatch.setattr(settings, "YIPAN_MODULES_OFF", off)
    assert generate(smaller(), silent).orders > 70
