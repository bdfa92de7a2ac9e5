"""Kinds of accounts. The ledger knows none of its own: the modules that use it register theirs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Side(IntEnum):
    """On which side an account grows: the sign of a posting that makes it larger."""

    DEBIT = 1
    CREDIT = -1


@dataclass(frozen=True, slots=True)
class AccountKind:
    """What an account of this kind is.

    Personal accounts keep a balance that is checked with every posting. Accounts that many post
    to at once (a company's expense) keep none: theirs is folded in the background.
    """

    name: str
    normal: Side
    keeps_balance: bool
    may_go_below: bool = False


_kinds: dict[str, AccountKind] = {}


def register_kind(kind: AccountKind) -> AccountKind:
    """Make a kind known; the same name again must mean the same."""
    known = _kinds.setdefault(kind.name, kind)
    if known != kind:
        message = f"account kind {kind.name!r} is registered with another meaning"
        raise ValueError(message)
    return kind


def kind_named(name: str) -> AccountKind:
    """Raises LookupError for a kind that nobody registered."""
    try:
        return _kinds[name]
    except KeyError:
        message = f"no account kind {name!r} is registered"
        raise LookupError(message) from None


def all_kinds() -> list[AccountKind]:
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]
