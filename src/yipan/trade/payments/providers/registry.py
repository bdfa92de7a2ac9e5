"""What a payment provider is, and which ones there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from django.http import HttpResponse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be paid."""

    reference: str
    """Made once, before the first call; the provider must never take money for it twice."""
    amount: int
    """Fen."""
    currency: str
    subject: str
    """What the buyer reads."""
    merchant: str
    expires_at: datetime
    notify_url: str
    """Where the provider says how it went."""
    return_url: str
    """Where the provider sends the buyer's browser afterwards; says nothing about the outcome."""
    token: str = field(repr=False)
    """For a cashier of our own."""


@dataclass(frozen=True, slots=True)
class Begun:
    """How the buyer goes on: to an address, with a form to be posted there, or in an app."""

    url: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    """Where not empty, it is posted to `url`."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """For a script of the provider in the page, such as WeChat's `getBrandWCPayRequest`."""


class Payer(NamedTuple):
    """Who is about to pay, as far as a provider has to know it to open its cashier."""

    wechat: str = ""
    """The openid that the buyer has signed in with, or empty."""
    in_wechat: bool = False
    """Whether the page is open inside WeChat, where its own cashier is."""
    address: str = ""
    """Of the browser (IP), or empty."""


class Outcome(StrEnum):
    """How a payment stands with the provider."""

    PAID = "paid"
    FAILED = "failed"
    """Definitely not paid, and cannot be paid any more under this reference."""
    PENDING = "pending"
    """Neither: wait and ask again. Also where the provider does not know the reference yet."""


class Settled(NamedTuple):
    """What a provider says of a payment."""

    reference: str
    """Ours."""
    outcome: Outcome
    amount: int = 0
    """Fen taken, where paid."""
    currency: str = ""
    provider_reference: str = ""
    """The provider's transaction number, where paid."""
    paid_at: datetime | None = None
    reason: str = ""


class Notice(NamedTuple):
    """A notification as it came in."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class NoticeForged(Exception):
    """A notification that the provider did not send, or not lately: nothing may come of it."""


class Repaying(NamedTuple):
    """Money to be given back."""

    reference: str
    """Of the repayment: made once; the provider must never give back twice for it."""
    payment_reference: str
    """Ours of what was paid."""
    provider_reference: str
    """The provider's of what was paid."""
    amount: int
    """Fen to be given back."""
    paid: int
    """Fen that were paid in all."""
    currency: str
    reason: str


class RepaidState(StrEnum):
    """How a repayment stands with the provider."""

    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"
    """Definitely not, and not by trying again."""


class Repaid(NamedTuple):
    """What a provider says of a repayment."""

    state: RepaidState
    message: str = ""


class Provider(Protocol):
    """Takes money from buyers and gives it back.

    Called outside of any transaction, with references that are committed already. What cannot be
    told is an exception, never a failure: the caller asks again later.
    """

    @property
    def code(self) -> str:
        """Stable name, in addresses and payments: letters, digits, `_` and `-`."""

    @property
    def title(self) -> str | Promise:
        """What buyers call it."""

    @property
    def icon(self) -> str:
        """Name of its icon."""

    def is_offered(self) -> bool:
        """Whether buyers may choose it at present."""

    def begin(self, charge: Charge, payer: Payer) -> Begun:
        """Have the provider await the payment; again with the same reference: the same payment."""

    def verify(self, notice: Notice) -> Settled | None:
        """What a notification says; None where it is the provider's but about no payment.

        Such as one of a refund, which is asked for. Raises NoticeForged for one that is not the
        provider's.
        """

    def answer(self, *, heard: bool) -> HttpResponse:
        """What the provider wants to hear to its notification; unheard ones it sends again."""

    def query(self, charge: Charge) -> Settled:
        """Ask how a payment stands."""

    def close(self, charge: Charge) -> None:
        """Have the provider take no money for it any more."""

    def refund(self, repaying: Repaying) -> Repaid:
        """Give money back, or with a known reference say how that stands."""


_providers: dict[str, Provider] = {}


def register_provider(provider: Provider) -> Provider:
    """Make a provider known under its code; the last one registered wins."""
    _providers[provider.code] = provider
    return provider


def provider_named(code: str) -> Provider:
    """Raises LookupError."""
    try:
        return _providers[code]
    except KeyError:
        message = f"no payment provider {code!r} is registered"
        raise LookupError(message) from None


def providers() -> list[Provider]:
    """All that are registered, in the order of registration."""
    return list(_providers.values())
