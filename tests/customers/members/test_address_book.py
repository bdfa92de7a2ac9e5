"""A member's addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.conftest import make_tenant
from tests.customers.members.builders import make_member
from yipan.customers.members.address_book import (
    MOST_ADDRESSES,
    AddressDetails,
    address_of,
    addresses_of,
    make_default_address,
    masked_addresses_of,
    remove_address,
    save_address,
)
from yipan.customers.members.errors import TooManyAddresses
from yipan.customers.members.models import Address, Member
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

HOME = AddressDetails(
    "王小明", "138 0013 8000", "浙江省", "杭州市", "西湖区", "文三路 1 号 2 幢 301"
)


@pytest.fixture
def member(tenant: Tenant) -> Member:
    return make_member()


def test_an_address_comes_back_as_it_was_given_with_its_phone_in_one_form(member: Member) -> None:
    saved = save_address(member_id=member.id, details=HOME)
    assert addresses_of(member.id) == [saved]
    assert saved.details == replace(HOME, phone="13800138000")
    assert saved.details.text == "王小明 13800138000 浙江省 杭州市 西湖区 文三路 1 号 2 幢 301"


def test_nothing_of_an_address_is_readable_in_the_table_in_a_repr_or_by_another_row(
    member: Member,
) -> None:
    first = save_address(member_id=member.id, details=HOME)
    second = save_address(member_id=member.id, details=HOME)
    sealed = dict(Address.objects.values_list("id", "details_sealed"))
    assert "王小明" not in str(sealed)
    assert "13800138000" not in repr(first)
    Address.objects.filter(pk=second.id).update(details_sealed=sealed[first.id])
    with pytest.raises(ValueError, match="no live key"):
        addresses_of(member.id)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("recipient", " "),
        ("recipient", "长" * 31),
        ("phone", "12"),
        ("province", ""),
        ("city", ""),
        ("street", ""),
        ("street", "一\n号"),
    ],
)
def test_a_faulty_part_is_named(part: str, value: str, member: Member) -> None:
    with pytest.raises(InvalidField) as refused:
        save_address(member_id=member.id, details=replace(HOME, **{part: value}))
    assert refused.value.data["field"] == part
    assert addresses_of(member.id) == []


def test_a_city_without_districts_and_a_municipality_are_addresses(member: Member) -> None:
    saved = save_address(member_id=member.id, details=replace(HOME, district=""))
    assert saved.details.place == "浙江省 杭州市 文三路 1 号 2 幢 301"
    beijing = replace(HOME, province="北京市", city="北京市", district="海淀区")
    assert beijing.place == "北京市 海淀区 文三路 1 号 2 幢 301"


def test_the_first_is_the_default_and_a_new_default_takes_its_place(member: Member) -> None:
    first = save_address(member_id=member.id, details=HOME)
    second = save_address(member_id=member.id, details=HOME)
    assert (first.is_default, second.is_default) == (True, False)
    third = save_address(member_id=member.id, details=HOME, is_default=True)
    assert [each.id for each in addresses_of(member.id)] == [third.id, second.id, first.id]
    make_default_address(member_id=member.id, address_id=first.id)
    assert [each.is_default for each in addresses_of(member.id)] == [True, False, False]
    remove_address(member_id=member.id, address_id=first.id)
    assert addresses_of(member.id)[0].id == third.id
    assert addresses_of(member.id)[0].is_default


def test_a_changed_address_stays_the_default(member: Member) -> None:
    saved = save_address(member_id=member.id, details=HOME)
    moved = replace(HOME, street="文一路 2 号")
    changed = save_address(member_id=member.id, details=moved, address_id=saved.id)
    assert (changed.id, changed.is_default) == (saved.id, True)
    assert address_of(saved.id, member_id=member.id).details.street == "文一路 2 号"


def test_a_book_has_at_most_20_addresses(member: Member) -> None:
    for _ in range(MOST_ADDRESSES):
        save_address(member_id=member.id, details=HOME)
    with pytest.raises(TooManyAddresses):
        save_address(member_id=member.id, details=HOME)


def test_an_address_of_somebody_else_is_not_found(member: Member) -> None:
    theirs = save_address(member_id=make_member().id, details=HOME)
    with pytest.raises(NotFound):
        address_of(theirs.id, member_id=member.id)
    with pytest.raises(NotFound):
        save_address(member_id=member.id, details=HOME, address_id=theirs.id)
    with pytest.raises(NotFound):
        make_default_address(member_id=member.id, address_id=theirs.id)
    with pytest.raises(NotFound):
        remove_address(member_id=member.id, address_id=theirs.id)
    with tenant_context(make_tenant("other").id), pytest.raises(NotFound):
        save_address(member_id=member.id, details=HOME)


def test_staff_see_it_masked(member: Member) -> None:
    save_address(member_id=member.id, details=HOME)
    (masked,) = masked_addresses_of(member.id)
    assert str(masked) == "王** 138****8000 浙江省 杭州市 西湖区"


def test_of_many_addresses_saved_at_once_one_is_the_default(
    committed_tenant: Tenant,
    run_concurrently: Callable[..., list[object]],
) -> None:
    member = make_member()

    def add(number: int) -> int:
        with tenant_context(committed_tenant.id):
            return save_address(member_id=member.id, details=HOME, is_default=True).id

    answers = run_concurrently(add, 8)
    assert all(isinstance(answer, int) for answer in answers), answers
    assert [each.is_default for each in addresses_of(member.id)] == [True, *[False] * 7]
