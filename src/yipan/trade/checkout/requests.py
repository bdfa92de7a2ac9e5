"""What buyers ask of checkout, and what they are answered. Amounts in fen."""

from __future__ import annotations

from typing import NamedTuple


class Owner(NamedTuple):
    """Whose basket it is: the member's, or the browser's as long as nobody signed in."""

    member_id: int | None
    visitor: str


class Wanted(NamedTuple):
    """Units of a SKU that somebody thinks of buying."""

    sku_id: int
    quantity: int


class Seen(NamedTuple):
    """A line as the buyer saw it, and agreed to."""

    sku_id: int
    quantity: int
    unit_price: int


class Choice(NamedTuple):
    """How the goods shall reach the buyer."""

    method: str = "delivery"
    """`delivery` or `pick_up`."""
    pick_up_at: int | None = None
    """Id of the store of a pick-up."""
    address_id: int | None = None
    """In the member's address book; of a delivery."""


class Placed(NamedTuple):
    """An order that was placed."""

    order_id: int
    number: str
    total: int
    """To be paid: goods and freight."""
    intent_id: int | None
    """The attempt to pay it; None where there is nothing to pay."""
    is_paid: bool
