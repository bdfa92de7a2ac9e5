"""Pages of offers in an order, found as the goods are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from yipan.distribution.pool.queries.priced import PricedFor
from yipan.goods.catalogue.queries import Hit, Listing, Position, Terms, find
from yipan.kernel import sql
from yipan.kernel.errors import InvalidField
from yipan.kernel.pagination import MAX_LIMIT, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id

MOST_MERGED: Final = 8
"""So many organisations are walked one by one, each in the order of its own index."""


class OfferSort(StrEnum):
    """Orders of a list of offers."""

    COMMISSION = "commission"
    SALES = "sales"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"


# What a list is ordered by, and whether from the top: of the offer, or of its SKU.
_OFFER_KEYS: Final = {OfferSort.COMMISSION: "o.estimate", OfferSort.NEWEST: "o.created_at"}
_SKU_KEYS: Final = {
    OfferSort.SALES: ("s.units_sold", True),
    OfferSort.PRICE_ASC: ("s.list_price", False),
    OfferSort.PRICE_DESC: ("s.list_price", True),
}
_BY_PRICE: Final = frozenset({OfferSort.PRICE_ASC, OfferSort.PRICE_DESC})
_WITH_OFFERS: Final = """
SELECT w.id FROM unnest(%s::bigint[]) AS w(id)
 WHERE EXISTS (SELECT 1 FROM pool_offer o WHERE o.tenant_id = %s AND o.organisation_id = w.id)
"""
_SKU_OF: Final = "JOIN catalogue_sku s ON s.tenant_id = o.tenant_id AND s.id = o.sku_id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offers: a condition on an offer `o` and its SKU `s`, which says the tenant."""

    condition: str
    params: tuple[object, ...]
    organisations: tuple[int, ...] = ()
    """Those of the condition, where there are few; empty: it does not matter."""
    on_sale: bool = True
    """Whether the condition asks for SKUs that may be sold."""
    priced: PricedFor | None = None
    """Whose price a list by price goes by; None: the list price everywhere."""


@dataclass(frozen=True, slots=True)
class Found:
    """The offers of a page, in order; the cursor of the next one."""

    offer_ids: list[int]
    next_cursor: str | None


def page_of(
    wanted: Wanted, sort: OfferSort, terms: Terms, *, name: str, cursor: str | None, limit: int
) -> Found:
    """One page of a list. `name` is the list the cursor belongs to. Raises InvalidField."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidField(field="limit", reason=_("must be 1 to %d") % MAX_LIMIT)
    purpose = f"{name}|{sort.value}"
    place = decode_cursor(cursor, purpose=purpose) if cursor else None
    if sort in _SKU_KEYS:
        rows = _by_sku(wanted, sort, terms, place, limit + 1)
    else:
        rows = _by_offer(wanted, sort, terms, place, limit + 1)
    shown = rows[:limit]
    more = encode_cursor(shown[-1], purpose=purpose) if len(rows) > limit else None
    return Found([row[-1] for row in shown], more)


def _by_offer(
    wanted: Wanted, sort: OfferSort, terms: Terms, place: list[Any] | None, limit: int
) -> list[list[Any]]:
    """Rows of [key, offer id], in the order of an index of the offers.

    A few organisations are walked one by one, each in the order of its own index, and merged.
    """
    after = Position(*place) if place else None
    hits: list[Hit] = []
    for each in _one_by_one(wanted):
        listing = Listing(
            source=f"pool_offer o {_SKU_OF}",
            condition=each.condition,
            params=each.params,
            key=_OFFER_KEYS[sort],
            tie="o.id",
        )
        hits += find(terms, listing, after=after, limit=limit)
    rows = [[hit.position.key, hit.position.tie] for hit in hits]
    return sorted(rows, reverse=True)[:limit]


def _one_by_one(wanted: Wanted) -> list[Wanted]:
    """The same offers, by organisation where these are few."""
    if not 1 < len(wanted.organisations) <= MOST_MERGED:
        return [wanted]
    rows = sql.fetch(_WITH_OFFERS, (list(wanted.organisations), current_tenant_id()))
    return [
        Wanted(f"{wanted.condition} AND o.organisation_id = %s", (*wanted.params, organisation_id))
        for (organisation_id,) in rows
    ]


def _by_sku(
    wanted: Wanted, sort: OfferSort, terms: Terms, place: list[Any] | None, limit: int
) -> list[list[Any]]:
    """Rows of [key, SKU id, offer id], in the order of an index of the SKUs.

    A SKU may be offered by several organisations: the SKUs are found first, from the one on which
    the page before ended, then their offers.
    """
    key, descending = _SKU_KEYS[sort]
    on_sale = "s.on_sale AND" if wanted.on_sale else ""
    offered = f"SELECT 1 FROM pool_offer o WHERE o.sku_id = s.id AND {wanted.condition}"  # noqa: S608
    listing = Listing(
        source="catalogue_sku s",
        condition=f"s.tenant_id = %s AND {on_sale} EXISTS ({offered})",
        params=(current_tenant_id(), *wanted.params),
        key=key,
        descending=descending,
    )
    after = Position(place[0], place[1] + (1 if descending else -1)) if place else None
    if wanted.priced is not None and sort in _BY_PRICE:
        hits = wanted.priced.hits(terms, listing, after=after, limit=limit + 1)
    else:
        hits = find(terms, listing, after=after, limit=limit + 1)
    offers = _offers_of_skus(wanted, hits, place, descending=descending, limit=limit)
    rows = [
        [hit.position.key, hit.sku_id, offer_id]
        for hit in hits
        for offer_id in offers.get(hit.sku_id, ())
    ]
    return rows[:limit]


def _offers_of_skus(
    wanted: Wanted, hits: Sequence[Hit], place: list[Any] | None, *, descending: bool, limit: int
) -> dict[int, list[int]]:
    """The first offers of each SKU, behind the one on which the page before ended."""
    if not hits:
        return {}
    way, sign = ("DESC", "<") if descending else ("ASC", ">")
    statement = f"""
        SELECT k.sku_id, o.id
          FROM unnest(%s::bigint[]) AS k(sku_id)
         CROSS JOIN LATERAL (
             SELECT o.id FROM pool_offer o {_SKU_OF}
              WHERE {wanted.condition} AND o.sku_id = k.sku_id
                AND (o.sku_id <> %s OR o.id {sign} %s)
              ORDER BY o.id {way} LIMIT %s
         ) o
    """  # noqa: S608 - no input
    last = place[1:] if place else [0, 0]
    params = ([hit.sku_id for hit in hits], *wanted.params, *last, limit)
    found: dict[int, list[int]] = {}
    for sku_id, offer_id in sql.fetch(statement, params):
        found.setdefault(sku_id, []).append(offer_id)
    for offers in found.values():
        offers.sort(reverse=descending)
    return found
