"""After a change of secrets everything is read, and found, with the new one alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import make_distributor, plant_group
from tests.payouts.withdrawals.builders import CLERK, NAME, card_with
from yipan.customers.members.actions import MemberRef, members_for
from yipan.group.people.models import Person
from yipan.group.people.phones import phone_index, phone_of, set_phone
from yipan.kernel import crypto, resealing
from yipan.kernel.models import Tenant
from yipan.payouts.withdrawals.actions import add_card, verify_card, verify_name
from yipan.payouts.withdrawals.errors import CardExists
from yipan.payouts.withdrawals.models import BankCard
from yipan.payouts.withdrawals.queries import own_cards, verified_name

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PHONE = "+8613800001234"
NEW = "a secret of forty characters made tomorrow"


def with_secrets(*secrets: str) -> None:
    settings.YIPAN_MASTER_SECRETS = secrets
    crypto.derived_key.cache_clear()


@pytest.fixture
def former(tenant: Tenant) -> Iterator[str]:
    """The secret so far; put back at the end."""
    before = settings.YIPAN_MASTER_SECRETS
    yield before[0]
    with_secrets(*before)


def member_by_phone() -> int:
    return next(
        iter(
            members_for(refs=[MemberRef("phone", PHONE)], organisation_ids=[None], at=NOW).values()
        )
    )


def test_phones_and_cards_are_found_again(former: str) -> None:
    group = plant_group()
    person = make_person("mei", group.store, "guide")
    set_phone(person, PHONE)
    person.save()
    member = member_by_phone()
    guide = make_distributor(group.store)
    verify_name(distributor=guide, name=NAME, by=CLERK)
    card = add_card(distributor=guide, holder=NAME, number=card_with("8888"), bank="", by=CLERK)

    with_secrets(NEW, former)
    assert not Person.objects.filter(phone_index=phone_index(PHONE)).exists()
    found = {each.place: each for each in resealing.reseal()}
    assert found["people_person.phone_sealed"].sealed == 1
    assert found["withdrawals_bankcard.number_sealed"].sealed == 1
    assert sum(each.lost + each.doubled for each in found.values()) == 0

    with_secrets(NEW)
    assert phone_of(Person.objects.get(phone_index=phone_index(PHONE))) == PHONE
    assert member_by_phone() == member
    assert verified_name(guide) == NAME
    verify_card(card=BankCard.objects.get(id=card.id), by=CLERK)  # holder and name are the same
    with pytest.raises(CardExists):
        add_card(distributor=guide, holder=NAME, number=card_with("8888"), bank="", by=CLERK)
    assert own_cards(guide).count() == 1
    assert sum(each.sealed for each in resealing.reseal()) == 0


def test_two_members_that_have_the_same_phone_by_now_are_told_of(former: str) -> None:
    first = member_by_phone()
    with_secrets(NEW, former)
    second = member_by_phone()
    assert second != first
    found = {each.place: each for each in resealing.reseal()}
    assert found["members_member.phone_sealed"].doubled == 1
    assert member_by_phone() == second


def test_what_no_secret_opens_is_counted_and_left(former: str) -> None:
    person = make_person("mei", plant_group().store, "guide")
    set_phone(person, PHONE)
    person.save()
    with_secrets(NEW)
    lost = {each.place: each.lost for each in resealing.reseal()}
    assert lost["people_person.phone_sealed"] == 1
    with_secrets(former)
    assert phone_of(Person.objects.get(id=person.id)) == PHONE
