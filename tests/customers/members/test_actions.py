"""Members and their names."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.customers.members.builders import make_member
from tests.group.organisations.builders import GroupTree, make_tree
from yipan.customers.members.actions import (
    MemberRef,
    add_identity,
    create_member,
    members_for,
    rename_member,
    set_phone,
)
from yipan.customers.members.errors import IdentityTaken
from yipan.customers.members.models import Identity, Member
from yipan.customers.members.naming import opened_phone
from yipan.customers.members.queries import member_by_identity, members_in, members_within
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.uow import unit_of_work

Run = Callable[[Callable[[int], Any], int], list[Any]]
PHONE = "138 0013 8000"


def named(*refs: MemberRef, at: int | None = None) -> dict[tuple[str, str], int]:
    return members_for(refs=refs, organisation_ids=[at] * len(refs), at=clock.now())


def test_a_new_buyer_becomes_a_member_and_is_known_from_then_on(tenant: Tenant) -> None:
    ref = MemberRef("crm", "M-17", "王小明")
    first = named(ref, at=7)
    member = Member.objects.get()
    assert first == {("crm", "M-17"): member.id}
    assert (member.name, member.organisation_id) == ("王小明", 7)
    assert named(MemberRef("crm", "M-17", "另一个名字"), at=8) == first
    member.refresh_from_db()
    assert (member.name, member.organisation_id) == ("王小明", 7)


def test_one_batch_names_old_and_new_buyers_and_some_twice(tenant: Tenant) -> None:
    (old,) = named(MemberRef("crm", "OLD")).values()
    refs = [MemberRef("crm", "OLD"), MemberRef("pos", "OLD"), MemberRef("pos", "OLD")]
    found = named(*refs)
    assert found["crm", "OLD"] == old
    assert found["pos", "OLD"] != old
    assert Member.objects.count() == Identity.objects.count() == 2
    assert named() == {}


def test_a_phone_number_is_kept_encrypted_and_found_in_any_form(tenant: Tenant) -> None:
    found = named(MemberRef("phone", PHONE), MemberRef("phone", "+86 13800138000"))
    assert len(set(found.values())) == 1
    member, identity = Member.objects.get(), Identity.objects.get()
    assert "138000" not in identity.value + member.phone_sealed
    assert opened_phone(member.phone_sealed, member.id) == "13800138000"
    assert member_by_identity(scheme="phone", value="13800138000") == member
    assert member_by_identity(scheme="phone", value="13800138001") is None


def test_two_tenants_know_different_members_by_one_name(tenant: Tenant) -> None:
    here = named(MemberRef("phone", PHONE))
    other = Tenant.objects.create(code="other", name="other")
    with tenant_context(other.id):
        assert member_by_identity(scheme="phone", value=PHONE) is None
        there = named(MemberRef("phone", PHONE))
    assert set(here.values()).isdisjoint(there.values())


@pytest.mark.parametrize("count", [1, 10, 500])
def test_any_number_of_buyers_costs_one_statement(tenant: Tenant, count: int) -> None:
    refs = [MemberRef("crm", f"M-{number}") for number in range(count)]
    for _ in ("new", "known"):
        with unit_of_work(), CaptureQueriesContext(connection) as captured:
            assert len(named(*refs)) == count
        assert len(captured) == 1


@pytest.mark.parametrize(
    "ref", [("", "x"), ("crm", " "), ("a b", "x"), ("crm", "x" * 121), ("phone", "x")]
)
def test_odd_names_are_refused(tenant: Tenant, ref: tuple[str, str]) -> None:
    with pytest.raises(InvalidField):
        named(MemberRef(*ref))


def test_batches_with_the_same_new_buyers_at_once_make_each_one_once(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    refs = [MemberRef("crm", f"M-{number}") for number in range(40)]

    def capture(number: int) -> dict[tuple[str, str], int]:
        with tenant_context(committed_tenant.id):
            return named(*random.Random(number).sample(refs, 40))

    answers = run_concurrently(capture, 12)
    assert all(answer == answers[0] for answer in answers), answers
    assert Member.objects.count() == Identity.objects.count() == 40


def test_a_member_is_known_by_several_names(tenant: Tenant) -> None:
    member = make_member()
    for _ in ("once", "again"):
        add_identity(member_id=member.id, scheme="wechat", value="openid-1", by=SYSTEM)
    assert member_by_identity(scheme="wechat", value="openid-1") == member
    assert named(MemberRef("wechat", "openid-1")) == {("wechat", "openid-1"): member.id}
    assert AuditEntry.objects.filter(action="members.add_identity").count() == 1
    with pytest.raises(IdentityTaken) as refused:
        add_identity(member_id=make_member().id, scheme="wechat", value="openid-1", by=SYSTEM)
    assert refused.value.data == {"field": "value", "scheme": "wechat"}


def test_a_new_phone_number_replaces_the_one_before(tenant: Tenant) -> None:
    member = create_member(name="王小明", phone=PHONE, by=SYSTEM)
    other = create_member(by=SYSTEM)
    with pytest.raises(IdentityTaken):
        set_phone(member_id=other.id, phone="13800138000", by=SYSTEM)
    add_identity(member_id=member.id, scheme="phone", value="13900139000", by=SYSTEM)
    member.refresh_from_db()
    assert opened_phone(member.phone_sealed, member.id) == "13900139000"
    assert member_by_identity(scheme="phone", value=PHONE) is None
    set_phone(member_id=other.id, phone=PHONE, by=SYSTEM)
    assert member_by_identity(scheme="phone", value=PHONE) == other


def test_strange_members_are_not_found(tenant: Tenant) -> None:
    for action in (
        lambda: rename_member(member_id=1, name="x", by=SYSTEM),
        lambda: set_phone(member_id=1, phone=PHONE, by=SYSTEM),
        lambda: add_identity(member_id=1, scheme="crm", value="x", by=SYSTEM),
    ):
        with pytest.raises(NotFound):
            action()


def test_members_are_seen_where_they_were_first_seen(tenant: Tenant) -> None:
    group: GroupTree = make_tree()
    here = make_member(organisation=group["R1-A"])
    there = make_member(organisation=group["R2-A"])
    nowhere = make_member()
    assert set(members_within(group["R1"].path)) == {here}
    assert set(members_in([group["R1"].path, group["R2-A"].path])) == {here, there}
    assert set(members_within(group["HQ"].path)) == {here, there, nowhere}
