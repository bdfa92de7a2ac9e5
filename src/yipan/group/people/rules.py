"""What each role may do, and how names and phones are written: pure rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from yipan.group.people.errors import PhoneInvalid

CONSOLE_ROLES: Final = frozenset(
    {"administrator", "operations", "finance", "approver", "auditor", "store_manager"}
)
"""Roles that open the back office; guides and employees have the workbench."""

_PATTERNS: Final[dict[str, tuple[str, ...]]] = {
    "administrator": ("*",),
    "operations": (
        "*.read",
        "organisations.write",
        "catalogue.write",
        "stock.write",
        "members.write",
        "orders.write",
        "fulfilment.write",
        "fulfilment.reveal",
        "distributors.write",
        "pool.write",
        "sharing.write",
        "attribution.write",
    ),
    "finance": ("*.read", "payments.write", "settlement.write", "withdrawals.write"),
    "approver": (
        "organisations.read",
        "orders.read",
        "ledger.read",
        "distributors.read",
        "commissions.read",
        "settlement.read",
        "withdrawals.read",
        "withdrawals.approve",
    ),
    "auditor": ("*.read",),
    "store_manager": (
        "organisations.read",
        "people.read",
        "catalogue.read",
        "stock.read",
        "stock.write",
        "members.read",
        "orders.read",
        "orders.write",
        "fulfilment.read",
        "fulfilment.write",
        "fulfilment.reveal",
        "distributors.read",
        "pool.read",
        "sharing.read",
        "attribution.read",
        "commissions.read",
        "facts.read",
    ),
    # What is their own (links, commission, withdrawals) they see as distributors, without a role.
    "guide": ("catalogue.read", "stock.read", "pool.read"),
    "employee": ("catalogue.read", "pool.read"),
}


def permissions_of(role: str, declared: Iterable[str]) -> frozenset[str]:
    """The permissions of a role, out of those that the cards of the enabled modules declare.

    `*` stands for every permission and `*.read` for every one that reads, so that a module's card
    is the only place where a new permission is written down.
    """
    patterns = _PATTERNS[role]
    if "*" in patterns:
        return frozenset(declared)
    return frozenset(
        name
        for name in declared
        if name in patterns or ("*.read" in patterns and name.endswith(".read"))
    )


def normalised_username(typed: str) -> str:
    """One spelling for what looks the same: NFKC, without case and blanks around."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


_SEPARATORS: Final = re.compile(r"[\s().\-]+")
_INTERNATIONAL: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_CHINESE_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}", re.ASCII)


def normalised_phone(typed: str) -> str:
    """A phone number as `+` and digits; eleven digits of a Chinese mobile get `+86`.

    Raises PhoneInvalid.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
    if _CHINESE_MOBILE.fullmatch(digits):
        return f"+86{digits}"
    if _INTERNATIONAL.fullmatch(digits):
        return digits
    raise PhoneInvalid


def masked_phone(phone: str) -> str:
    """Enough of a normalised number to recognise it by: `+86138****5678`."""
    return f"{phone[: max(3, len(phone) - 8)]}****{phone[-4:]}" if phone else ""
