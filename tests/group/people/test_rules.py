from __future__ import annotations

import pytest

from yipan.group.people.errors import PhoneInvalid
from yipan.group.people.models import Role
from yipan.group.people.rules import (
    _PATTERNS,
    CONSOLE_ROLES,
    masked_phone,
    normalised_phone,
    normalised_username,
    permissions_of,
)
from yipan.kernel.modules import all_modules

DECLARED = [name for module in all_modules() for name in module.permissions]


def test_every_role_has_its_rights_and_no_right_is_made_up() -> None:
    assert set(_PATTERNS) == set(Role.values)
    assert set(Role.values) > CONSOLE_ROLES
    named = {name for patterns in _PATTERNS.values() for name in patterns if "*" not in name}
    assert named <= set(DECLARED)


def test_an_administrator_may_do_everything_that_a_card_declares() -> None:
    assert permissions_of("administrator", DECLARED) == set(DECLARED)


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    rights = permissions_of("auditor", DECLARED)
    assert rights == {name for name in DECLARED if name.endswith(".read")}


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("operations", "pool.write", "settlement.write"),
        ("operations", "distributors.write", "people.write"),
        ("finance", "withdrawals.write", "withdrawals.approve"),
        ("finance", "ledger.read", "pool.write"),
        ("approver", "withdrawals.approve", "withdrawals.write"),
        ("store_manager", "orders.write", "settlement.read"),
        ("store_manager", "stock.write", "organisations.write"),
        ("guide", "stock.read", "orders.read"),
        ("employee", "pool.read", "stock.read"),
    ],
)
def test_a_role_may_do_its_own_work_and_not_that_of_others(
    role: str, may: str, may_not: str
) -> None:
    rights = permissions_of(role, DECLARED)
    assert may in rights
    assert may_not not in rights


def test_only_administrators_change_accounts() -> None:
    assert [r for r in Role.values if "people.write" in permissions_of(r, DECLARED)] == [
        "administrator"
    ]


def test_rights_of_a_module_that_is_off_are_gone() -> None:
    assert permissions_of("operations", ["pool.write"]) == {"pool.write"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mei", "mei"),
        (" mei ", "mei"),
        ("ＭＥＩ", "mei"),
        ("梅Mei", "梅mei"),
        ("STRASSE", "strasse"),
    ],
)
def test_user_names_that_look_the_same_are_the_same(typed: str, stored: str) -> None:
    assert normalised_username(typed) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("+852 5123 4567", "+85251234567"),
    ],
)
def test_a_phone_has_one_spelling(typed: str, stored: str) -> None:
    assert normalised_phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "12345", "12800138000", "+0123456789", "mei", "+86abc12345"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid):
        normalised_phone(typed)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+8613800138000", "+86138****8000"), ("+85251234567", "+852****4567"), ("", "")],
)
def test_a_phone_is_shown_in_part(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown
