"""The pool as operations see it: one row for each SKU and organisation, with all there is to know.

Rows are offers; with `outside`, they are SKUs that no offer decides on, here or above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yipan.distribution.pool.offering import Pair
from yipan.distribution.pool.queries.books import rule_books
from yipan.distribution.pool.queries.listing import (
    OfferCard,
    OfferFilters,
    OfferStanding,
    Where,
    condition_of,
    offer_cards,
    offers_of,
)
from yipan.distribution.pool.queries.pages import OfferSort
from yipan.distribution.pool.rules import RuleTerms
from yipan.goods.catalogue.models import Category
from yipan.goods.catalogue.queries import (
    Listing,
    Position,
    PriceQuestion,
    SkuCard,
    cards,
    category_path,
    find,
    prices_for,
    row_condition,
    terms_of,
)
from yipan.goods.catalogue.rules import SkuPrices
from yipan.group.organisations.queries import Node, tree
from yipan.kernel import clock, sql
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id

MOST_SELECTED: Final = 50_000
"""So many rows may be changed at once."""
COUNTED: Final = 10_000
"""Longer lists are said to have more than that."""


@dataclass(frozen=True, slots=True)
class GridFilters:
    """What is asked of the grid. `outside`: SKUs that are not in the pool of `home_id`."""

    offers: OfferFilters
    outside: bool = False
    home_id: int = 0


@dataclass(frozen=True, slots=True)
class GridRow:
    """One SKU in one organisation. Amounts in fen."""

    sku: SkuCard
    node: Node
    offer: OfferCard | None
    """None: not in the pool."""
    standing: OfferStanding | None
    category: str
    prices: SkuPrices
    terms: RuleTerms | None
    """In force now, or at the start of an offer that starts later."""
    stock: int
    """Units in the organisation and below."""

    @property
    def key(self) -> str:
        """Names the row on pages: SKU and organisation."""
        return key_of((self.sku.id, self.node.id))


def key_of(pair: Pair) -> str:
    """The name of a row."""
    return f"{pair[0]}-{pair[1]}"


def pair_of(key: str) -> Pair:
    """The SKU and organisation of a row's name. Raises NotFound."""
    sku_id, _dash, organisation_id = key.partition("-")
    if not (_is_id(sku_id) and _is_id(organisation_id)):
        raise NotFound(kind="offer", ref=key)
    return int(sku_id), int(organisation_id)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def grid_page(
    *,
    paths: Sequence[str],
    filters: GridFilters,
    sort: OfferSort = OfferSort.COMMISSION,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[GridRow]:
    """One page of the grid; a constant number of statements, whatever is on it.

    Raises NotFound (organisation, category), InvalidField (cursor, limit).
    """
    if not filters.outside:
        found = offers_of(
            paths=paths, filters=filters.offers, sort=sort, cursor=cursor, limit=limit
        )
        subjects = [(each.sku, tree().node(each.organisation_id), each) for each in found.items]
        return Page(_rows(subjects), found.next_cursor)
    home = _home(paths, filters)
    skus = _outside_page(home, filters.offers, sort, cursor, limit)
    return Page(_rows([(each, home, None) for each in skus.items]), skus.next_cursor)


def grid_row(pair: Pair, paths: Sequence[str]) -> GridRow:
    """One row, whether there is an offer or not. Raises NotFound outside of these subtrees."""
    sku_id, organisation_id = pair
    node = tree().by_id.get(organisation_id)
    sku = cards([sku_id]).get(sku_id)
    if node is None or sku is None or not node.path.startswith(tuple(paths)):
        raise NotFound(kind="offer", ref=key_of(pair))
    rows = sql.fetch(_OFFER_AT, (current_tenant_id(), sku_id, organisation_id))
    offer = offer_cards([rows[0][0]]).get(rows[0][0]) if rows else None
    return _rows([(sku, node, offer)])[0]


def count_matching(paths: Sequence[str], filters: GridFilters) -> int:
    """How many rows there are, counted to just above `COUNTED`. One or two statements."""
    select, params = _matching(paths, filters, "1")
    if not select:
        return 0
    counted = f"SELECT count(*) FROM ({select} LIMIT {COUNTED + 1}) c"  # noqa: S608 - no input
    return int(sql.fetch(counted, params)[0][0])


def matching_pairs(paths: Sequence[str], filters: GridFilters) -> list[Pair]:
    """The SKU and organisation of every row, at most MOST_SELECTED, in order of the SKUs."""
    select, params = _matching(paths, filters, _PAIR_OF[filters.outside])
    if not select:
        return []
    rows = sql.fetch(f"{select} ORDER BY 1, 2 LIMIT {MOST_SELECTED}", params)
    home = filters.home_id
    return [(sku_id, organisation_id or home) for sku_id, organisation_id in rows]


_PAIR_OF: Final = {False: "s.id, o.organisation_id", True: "s.id, 0::bigint"}
_OFFER_AT: Final = """
SELECT id FROM pool_offer WHERE tenant_id = %s AND sku_id = %s AND organisation_id = %s
"""
_NOT_OFFERED: Final = """NOT EXISTS (
    SELECT 1 FROM pool_offer n
     WHERE n.tenant_id = s.tenant_id AND n.sku_id = s.id AND n.organisation_id = ANY(%s)
       AND (n.valid_until IS NULL OR n.valid_until > greatest(n.valid_from, %s)))"""
_SKU_KEYS: Final = {
    OfferSort.SALES: ("s.units_sold", True),
    OfferSort.COMMISSION: ("s.units_sold", True),
    OfferSort.PRICE_ASC: ("s.list_price", False),
    OfferSort.PRICE_DESC: ("s.list_price", True),
    OfferSort.NEWEST: ("s.created_at", True),
}
_STOCK: Final = """
SELECT k.number, sum(greatest(l.quantity, 0))::bigint
  FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS k(sku_id, path, number)
  JOIN stock_stocklevel l ON l.tenant_id = %s AND l.sku_id = k.sku_id
  JOIN stock_location p ON p.id = l.location_id
  JOIN organisations_organisation g ON g.id = p.organisation_id AND g.path ^@ k.path
 GROUP BY k.number
"""


def _matching(
    paths: Sequence[str], filters: GridFilters, columns: str
) -> tuple[str, tuple[object, ...]]:
    """A statement that finds the rows, and its parameters; empty where there can be none."""
    asked = filters.offers
    terms = terms_of(asked.text, category_path=category_path(asked.category_id))
    if terms.impossible:
        return "", ()
    words, word_params = row_condition(terms)
    if filters.outside:
        where, source = _outside(_home(paths, filters), asked), "catalogue_sku s"
    else:
        where, _organisations = condition_of(paths, asked)
        source = (
            "pool_offer o JOIN catalogue_sku s ON s.tenant_id = o.tenant_id AND s.id = o.sku_id"
        )
    return (
        f"SELECT {columns} FROM {source} WHERE {where.condition} AND {words}",  # noqa: S608
        (*where.params, *word_params),
    )


def _home(paths: Sequence[str], filters: GridFilters) -> Node:
    node = tree().node(filters.home_id)
    if not node.path.startswith(tuple(paths)):
        raise NotFound(kind="organisation", ref=filters.home_id)
    return node


def _outside(home: Node, asked: OfferFilters) -> Where:
    where = Where()
    where.add("s.tenant_id = %s AND s.on_sale", current_tenant_id())
    where.add(_NOT_OFFERED, list(home.lineage), clock.now())
    where.between("s.list_price", asked.price_from, asked.price_until)
    return where


def _outside_page(
    home: Node, asked: OfferFilters, sort: OfferSort, cursor: str | None, limit: int
) -> Page[SkuCard]:
    key, descending = _SKU_KEYS[sort]
    where = _outside(home, asked)
    purpose = f"outside_pool|{home.id}|{sort.value}"
    listing = Listing(
        "catalogue_sku s", where.condition, tuple(where.params), key, descending=descending
    )
    after = Position(*decode_cursor(cursor, purpose=purpose)) if cursor else None
    terms = terms_of(asked.text, category_path=category_path(asked.category_id))
    hits = find(terms, listing, after=after, limit=limit + 1)
    shown = hits[:limit]
    found = cards([hit.sku_id for hit in shown])
    more = None
    if len(hits) > limit:
        more = encode_cursor([shown[-1].position.key, shown[-1].position.tie], purpose=purpose)
    return Page([found[hit.sku_id] for hit in shown if hit.sku_id in found], more)


def _rows(subjects: Sequence[tuple[SkuCard, Node, OfferCard | None]]) -> list[GridRow]:
    """Rows with everything on them, in four statements."""
    if not subjects:
        return []
    now = clock.now()
    prices = prices_for(
        [PriceQuestion(sku.id, node.lineage, now) for sku, node, _offer in subjects]
    )
    stock = _stock(subjects)
    names = _category_names({sku.category_id for sku, _node, _offer in subjects})
    books = rule_books({offer.rule_id for *_subject, offer in subjects if offer})
    rows = []
    for number, (sku, node, offer) in enumerate(subjects):
        terms = None
        if offer is not None:
            version = books[offer.rule_id].at(max(now, offer.valid_from))
            terms = version.compiled.terms if version else None
        rows.append(
            GridRow(
                sku=sku,
                node=node,
                offer=offer,
                standing=offer.standing(now) if offer else None,
                category=names.get(sku.category_id, ""),
                prices=prices[number],
                terms=terms,
                stock=stock.get(number, 0),
            )
        )
    return rows


def _stock(subjects: Sequence[tuple[SkuCard, Node, OfferCard | None]]) -> dict[int, int]:
    skus = [sku.id for sku, _node, _offer in subjects]
    paths = [node.path for _sku, node, _offer in subjects]
    found = sql.fetch(_STOCK, (skus, paths, current_tenant_id()))
    return {number - 1: units for number, units in found}


def _category_names(ids: set[int]) -> dict[int, str]:
    return dict(Category.objects.filter(id__in=ids).values_list("id", "name"))
