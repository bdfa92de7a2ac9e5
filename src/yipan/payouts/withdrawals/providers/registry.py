"""What a provider is, and which ones there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise

from yipan.payouts.withdrawals.rules.outcome import Answer


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment to be made. Personal data never shows in its repr, and so in no log."""

    reference: str
    """Made once, before the first call; never changes while the outcome is unknown."""
    amount: int
    """Fen."""
    currency: str
    holder: str = field(repr=False)
    number: str = field(repr=False)
    bank: str


class Provider(Protocol):
    """Carries money to a card.

    Called outside of any transaction, with a reference that is committed already. The reference
    is what makes a payment one: `submit` with a known reference must never pay again, but answer
    how that payment stands. What cannot be told is UNKNOWN or an exception, never REFUSED.
    """

    @property
    def code(self) -> str:
        """Stable name in policies and withdrawals."""

    @property
    def title(self) -> str | Promise:
        """What people call it."""

    def submit(self, transfer: Transfer) -> Answer:
        """Hand a transfer over, or ask how it stands if it was handed over before."""

    def query(self, reference: str) -> Answer:
        """Ask how a transfer stands."""


class MadeUpError(Exception):
    """What a sandbox raises on purpose: nobody has to be told, and all else goes its usual way."""


_providers: dict[str, Provider] = {}
_by_file: set[str] = set()


def register_provider(provider: Provider, *, by_file: bool = False) -> Provider:
    """Make a provider known under its code; the last one registered wins.

    `by_file`: people carry files to it and back; no job ever calls it.
    """
    _providers[provider.code] = provider
    (_by_file.add if by_file else _by_file.discard)(provider.code)
    return provider


def provider_named(code: str) -> Provider:
    """Raises LookupError."""
    try:
        return _providers[code]
    except KeyError:
        message = f"no provider {code!r} is registered"
        raise LookupError(message) from None


def provider_codes() -> list[str]:
    """Codes of the providers there are, by alphabet."""
    return sorted(_providers)


def filed_codes() -> list[str]:
    """Codes of the providers that people carry files to, by alphabet."""
    return sorted(_by_file)
