"""Names and cards: who may be paid, and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.payouts.settlement.builders import make_distributor, plant_group
from tests.payouts.withdrawals.builders import CLERK, NAME, card_with, ready_to_withdraw
from yipan.kernel.actor import Actor, ActorKind
from yipan.kernel.errors import NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.payouts.withdrawals.actions import (
    add_card,
    add_own_card,
    cancel_withdrawal,
    remove_card,
    verify_card,
    verify_name,
)
from yipan.payouts.withdrawals.errors import (
    CardExists,
    CardInUse,
    CardNotVerified,
    CardRemoved,
    HolderNameDiffers,
    NameNotVerified,
    NotASecondPerson,
)
from yipan.payouts.withdrawals.models import BankCard
from yipan.payouts.withdrawals.queries import (
    cards,
    own_card,
    own_cards,
    own_withdrawal,
    transfer_of,
    verified_name,
)


def test_number_and_names_are_nowhere_in_the_clear(tenant: Tenant) -> None:
    ready = ready_to_withdraw(1, last_four="4321")
    number = card_with("4321")
    with connection.cursor() as cursor:
        for table in ("withdrawals_bankcard", "withdrawals_payee", "kernel_auditentry"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            (text,) = cursor.fetchone()
            assert number not in text
            assert NAME not in text
    assert ready.card.last_four == "4321"


def test_the_provider_is_told_number_and_name_but_no_log_is(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    transfer = transfer_of(ready.ask(500))
    assert (transfer.number, transfer.holder) == (card_with("8888"), NAME)
    assert transfer.number not in repr(transfer)
    assert transfer.holder not in repr(transfer)


def test_a_card_of_another_name_is_not_verified(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    card = add_card(
        distributor=ready.guide,
        holder="王小朋",
        number=card_with("7777"),
        bank="农业银行",
        by=CLERK,
    )
    with pytest.raises(HolderNameDiffers):
        verify_card(card=card, by=CLERK)


def test_nothing_is_verified_before_the_name_is(tenant: Tenant) -> None:
    guide = make_distributor(plant_group().store)
    card = add_card(
        distributor=guide, holder=NAME, number=card_with("7777"), bank="农业银行", by=CLERK
    )
    with pytest.raises(NameNotVerified):
        verify_card(card=card, by=CLERK)


def test_distributors_do_not_vouch_for_themselves(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    for myself in (ready.me, Actor(ActorKind.DISTRIBUTOR, ready.guide.id, "me")):
        with pytest.raises(NotASecondPerson):
            verify_name(distributor=ready.guide, name="王小朋", by=myself)
        with pytest.raises(NotASecondPerson):
            verify_card(card=ready.card, by=myself)


def test_the_same_card_is_added_once_until_it_is_removed(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)

    def again() -> BankCard:
        return add_card(
            distributor=ready.guide, holder=NAME, number=card_with("8888"), bank="", by=CLERK
        )

    with pytest.raises(CardExists):
        again()
    remove_card(card=ready.card, by=CLERK)
    assert again().verified_at is None


def test_a_card_with_money_on_its_way_stays(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    withdrawal = ready.ask(500)
    with pytest.raises(CardInUse):
        remove_card(card=ready.card, by=CLERK)
    cancel_withdrawal(withdrawal_id=withdrawal.id, by=CLERK)
    remove_card(card=ready.card, by=CLERK)
    with pytest.raises(CardRemoved):
        ready.ask(500)
    assert not cards(ready.group.headquarters.path).exists()


def test_a_new_name_makes_the_cards_of_the_old_one_unusable(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    verify_name(distributor=ready.guide, name="王大明", by=CLERK)
    with pytest.raises(HolderNameDiffers):
        ready.ask(500)


def test_money_goes_to_verified_cards_only(tenant: Tenant) -> None:
    ready = ready_to_withdraw(500)
    BankCard.objects.filter(id=ready.card.id).update(verified_at=None)
    with pytest.raises(CardNotVerified):
        ready.ask(500)


def test_who_verified_what_is_audited(tenant: Tenant) -> None:
    ready_to_withdraw(500)
    actions = AuditEntry.objects.order_by("at", "id").values_list("action", flat=True)
    assert list(actions) == [
        "withdrawals.verify_name",
        "withdrawals.add_card",
        "withdrawals.verify_card",
    ]


def test_a_card_of_one_s_own_is_refused_at_once_in_another_name(tenant: Tenant) -> None:
    ready = ready_to_withdraw(5_000)
    more: dict[str, Any] = {"number": card_with("4321"), "bank": "招商银行", "by": ready.me}
    with pytest.raises(HolderNameDiffers):
        add_own_card(distributor=ready.guide, holder="李四", **more)
    added = add_own_card(distributor=ready.guide, holder=" 王 小明", **more)
    assert added.verified_at is None
    assert [card.id for card in own_cards(ready.guide)] == [ready.card.id, added.id]
    other = make_distributor(ready.group.store)
    with pytest.raises(NameNotVerified):
        add_own_card(distributor=other, holder=NAME, **more)
    with pytest.raises(NotFound):
        own_card(other, added.id)
    with pytest.raises(NotFound):
        own_withdrawal(other, ready.ask(5_000).id)


def test_one_s_own_name_is_read_in_the_clear(tenant: Tenant) -> None:
    ready = ready_to_withdraw(5_000)
    assert verified_name(ready.guide) == NAME
    assert verified_name(make_distributor(ready.group.store)) == ""
