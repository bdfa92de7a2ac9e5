"""What checkout counts with. Amounts in fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from yipan.trade.checkout.requests import Choice, Seen


class LineState(StrEnum):
    """Whether a line can be ordered as wanted."""

    OK = "ok"
    SHORT = "short"
    """There are some, but fewer than wanted."""
    SOLD_OUT = "sold_out"
    OFF_SALE = "off_sale"
    NO_PRICE = "no_price"
    PICK_UP_ONLY = "pick_up_only"
    """It cannot be sent, but some store has it."""
    APART = "apart"
    """It can be sent, though not together with the rest."""


class OfferPrice(NamedTuple):
    """What a unit costs this buyer."""

    unit_price: int
    kind: str
    """`list`, `member` or `promo`."""
    list_price: int | None
    member_price: int | None
    """What members pay, whoever asks."""


class Goods(NamedTuple):
    """A SKU as checkout sees it."""

    sku_id: int
    code: str
    name: str
    product_id: int
    specification: dict[str, Any]
    picture: str
    oversell: bool
    is_on_sale: bool
    price: OfferPrice | None


class Source(NamedTuple):
    """Where a delivery can be sent from."""

    location_id: int
    location_code: str
    name: str
    organisation_id: int
    """Who holds the goods, and sends them."""
    seller_code: str
    """The organisation that sells what is sent from here."""
    is_warehouse: bool


@dataclass(frozen=True, slots=True)
class PickUpStore:
    """A store that has some of it."""

    organisation_id: int
    code: str
    name: str
    city: str
    address: str
    location_id: int
    location_code: str
    units: Mapping[int, int | None]
    """By SKU; None: no limit."""
    whole: bool
    """Whether everything wanted is there."""


class SkuAvailability(NamedTuple):
    """Where a SKU can be had."""

    sku_id: int
    delivery_units: int | None
    """That can be sent at once; None: no limit."""
    shop_units: int | None
    """In the shop one is in; None: no limit, or it is no store."""
    pick_up: tuple[tuple[int, str, int | None], ...]
    """Stores that have it: id, name, units (None: no limit)."""
    state: LineState


class QuoteLine(NamedTuple):
    """One line of a quote."""

    sku_id: int
    code: str
    name: str
    product_id: int
    specification: dict[str, Any]
    picture: str
    quantity: int
    unit_price: int | None
    price_kind: str
    list_price: int | None
    member_price: int | None
    amount: int
    """Quantity times price; 0 where there is no price."""
    units_left: int | None
    """None: no limit."""
    state: LineState


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would be and cost at this moment."""

    lines: tuple[QuoteLine, ...]
    choice: Choice
    goods: int
    """Of the lines that can be ordered."""
    freight: int
    total: int
    free_from: int | None
    """Goods from which delivery is free; None: never."""
    to_free: int
    """Fen that are missing to free delivery; 0: it is free, or never is."""
    delivery: Source | None
    """From where it would be sent; None: it cannot be sent as a whole."""
    pick_up: tuple[PickUpStore, ...]
    """Stores that have at least one line: those with everything first, the shop's own before."""
    can_place: bool

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What the buyer agrees to by ordering; goes back to `place_order`."""
        return tuple(
            Seen(line.sku_id, line.quantity, line.unit_price)
            for line in self.lines
            if line.unit_price is not None
        )

    @property
    def store(self) -> PickUpStore | None:
        """The store of the pick-up that was chosen, if it has anything of it."""
        for store in self.pick_up:
            if store.organisation_id == self.choice.pick_up_at:
                return store
        return None
