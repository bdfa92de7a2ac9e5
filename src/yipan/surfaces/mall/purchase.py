"""What the buyer is about to order: read from the address or the form, quoted now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from yipan.customers.members.address_book import SavedAddress, addresses_of
from yipan.surfaces.mall.asking import number_in
from yipan.surfaces.mall.entry import ShopRequest
from yipan.surfaces.mall.page import member_of, owner_of
from yipan.trade.checkout import queries
from yipan.trade.checkout.queries import LineState, Quote
from yipan.trade.checkout.requests import Choice, Seen, Wanted

DELIVERY, PICK_UP = "delivery", "pick_up"
_LONGEST_SEEN = 20_000
"""Characters of what the page showed; a full basket has about ten thousand."""
_TOO_MUCH = 2**63
_LEAVE_OUT = frozenset({LineState.SOLD_OUT, LineState.OFF_SALE, LineState.NO_PRICE})


@dataclass(frozen=True, slots=True)
class Intended:
    """What somebody wants to order, and how to get it."""

    wanted: tuple[Wanted, ...]
    at_once: Wanted | None
    """The one thing of `buy now`; None: what is ticked in the basket."""
    addresses: Sequence[SavedAddress]
    address: SavedAddress | None
    """Where it would be sent."""
    quote: Quote

    @property
    def choice(self) -> Choice:
        """How to get it, as quoted."""
        return self.quote.choice

    @property
    def seen(self) -> str:
        """What the page shows, for the form to hand back."""
        return json.dumps([[each.sku_id, each.quantity, each.unit_price] for each in self.seen_])

    @property
    def seen_(self) -> tuple[Seen, ...]:
        """The same, as the action takes it."""
        return self.quote.seen


def intended(request: ShopRequest, asked: QueryDict) -> Intended:
    """What the address or the form asks for, quoted for the buyer.

    Nothing said of the way: it is sent, or else picked up where everything is in one store.
    """
    at_once = _at_once(asked)
    wanted = (at_once,) if at_once else _ticked(request)
    addresses = addresses_of(member_of(request))
    address_id = number_in(asked, "address")
    address = next((each for each in addresses if each.id == address_id), None) or next(
        iter(addresses), None
    )
    choice = _choice(asked, address)
    quote = _quoted(request, wanted, choice)
    if asked.get("method") not in {DELIVERY, PICK_UP} and quote.delivery is None:
        store = next((each for each in quote.pick_up if each.whole), None)
        if store is not None:
            quote = _quoted(request, wanted, Choice(PICK_UP, store.organisation_id))
    elif choice.method == PICK_UP and choice.pick_up_at is None and quote.pick_up:
        nearest = Choice(PICK_UP, quote.pick_up[0].organisation_id)
        quote = _quoted(request, wanted, nearest)
    return Intended(wanted, at_once, addresses, address, quote)


def seen_in(text: str) -> tuple[Seen, ...]:
    """What the page showed, from its form; empty where the text is not ours."""
    try:
        rows: Any = json.loads(text[:_LONGEST_SEEN])
        seen = tuple(Seen(int(sku), int(quantity), int(price)) for sku, quantity, price in rows)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return ()
    figures = (each for row in seen for each in (row.sku_id, row.quantity, row.unit_price))
    return seen if all(0 <= each < _TOO_MUCH for each in figures) else ()


def _at_once(asked: QueryDict) -> Wanted | None:
    sku_id = number_in(asked, "sku")
    return None if sku_id is None else Wanted(sku_id, max(1, number_in(asked, "quantity") or 1))


def _ticked(request: ShopRequest) -> tuple[Wanted, ...]:
    view = queries.basket(owner_of(request), shop_id=request.shop.node.id)
    return tuple(
        Wanted(each.line.sku_id, each.line.quantity)
        for each in view.lines
        if each.chosen and each.line.state not in _LEAVE_OUT
    )


def _choice(asked: QueryDict, address: SavedAddress | None) -> Choice:
    address_id = address.id if address else None
    if asked.get("method") == PICK_UP:
        return Choice(PICK_UP, number_in(asked, "pick_up_at"))
    return Choice(DELIVERY, None, address_id)


def _quoted(request: ShopRequest, wanted: Sequence[Wanted], choice: Choice) -> Quote:
    return queries.quote(shop_id=request.shop.node.id, wanted=wanted, is_member=True, choice=choice)
