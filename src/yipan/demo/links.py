"""Links that the sellers share, and the people who open them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from yipan.demo.founding import Group, Store
from yipan.demo.goods import Range
from yipan.demo.plan import Plan
from yipan.distribution.attribution.actions import MOST_TOUCHES, LinkTouch, record_link_touches
from yipan.distribution.distributors.models import Distributor
from yipan.distribution.sharing.actions import LinkWish, make_links
from yipan.kernel.modules import is_enabled

_GOODS: Final = 5
"""SKUs that each seller shares, besides the shop."""
_SHOPS: Final = 2
"""That each employee, partner and dealer of a company shares."""
_CHANNELS: Final = ("wechat", "moments", "poster")
_AT_ONCE: Final = 5_000


class Shared(NamedTuple):
    """A link that somebody shares."""

    link_id: int
    seller_id: int
    sku_id: int | None
    channel: str


Links = dict[int, list[Shared]]
"""Of each store, by the id of its organisation."""


def share(plan: Plan, group: Group, ranges: dict[str, Range]) -> Links:
    """Have every seller share their shop and some of its goods."""
    if not (is_enabled("sharing") and is_enabled("attribution")):
        return {}
    dice = plan.chance("links")
    links: Links = {store.organisation.id: [] for store in group.stores}
    wishes: list[LinkWish] = []
    wished: list[tuple[int, int, int | None]] = []
    for store, seller in _pairs(group):
        range_ = ranges[store.industry.code]
        goods = dice.choices(range_.wares, range_.weights, k=_GOODS)
        for code, id_ in [("", None), *((ware.code, ware.id) for ware in goods)]:
            channel = dice.choice(_CHANNELS)
            wishes.append(LinkWish(seller.code, store.organisation.code, code, channel=channel))
            wished.append((store.organisation.id, seller.id, id_))
    for start in range(0, len(wishes), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        made = make_links(wishes=wishes[some])
        for wish, (place, seller_id, sku_id), link in zip(
            wishes[some], wished[some], made, strict=True
        ):
            links[place].append(Shared(link.id, seller_id, sku_id, wish.channel))
    return links


def _pairs(group: Group) -> Iterator[tuple[Store, Distributor]]:
    """Who shares which shop: sellers of a store that store, those of a company its first ones."""
    for company in group.companies:
        for store in company.stores:
            for seller in store.sellers:
                yield store, seller
        for store in company.stores[:_SHOPS]:
            for seller in company.sellers:
                yield store, seller


def opened(
    links: Links, store: Store, dice: random.Random, *, visitor: str, before: datetime
) -> LinkTouch | None:
    """Somebody opens a link of the store in the three days before a moment."""
    shared = links.get(store.organisation.id)
    if not shared:
        return None
    link = dice.choice(shared)
    return LinkTouch(
        link_id=link.link_id,
        distributor_id=link.seller_id,
        touched_at=before - timedelta(seconds=int(dice.expovariate(1 / 20_000)) % 259_200),
        visitor=visitor,
        member_id=None,
        sku_id=link.sku_id,
        organisation_id=store.organisation.id,
        channel=link.channel,
        campaign="",
    )


def record(touches: list[LinkTouch]) -> None:
    """Write touches down, oldest first."""
    touches.sort(key=lambda touch: (touch.touched_at, touch.visitor))
    for start in range(0, len(touches), MOST_TOUCHES):
        record_link_touches(touches=touches[start : start + MOST_TOUCHES])
