"""Search among many SKUs: by words and category, in the order of an index.

There are two good ways to the first page, and which one is good depends on how common the words
are. A rare word names its few SKUs, which are fetched and sorted. A common word is found soon by
walking the goods in the order asked for. So the words are counted first, up to a bound; a walk
that goes a long way without filling the page (common words that seldom meet, or only at the far
end of the order) gives way to an intersection of the word index. All of it is exact.

The statements leave the planner little choice on purpose: ids go through `ARRAY(…)`, because a join
with a range of words may be planned as a loop that reads the whole range for every SKU.

`find` works on any `Listing`, so that a list with an order of its own (by commission, say) is
searched in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from yipan.goods.catalogue.rules import is_whole, prefixes_of
from yipan.kernel.tenancy import current_tenant_id

RARE: Final = 3_000
"""A word of at most so many entries leads the search."""
WALK: Final = 1_500
"""How many SKUs a walk looks at."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is looked for: SKUs that have all the words, in the category or below it."""

    prefixes: tuple[str, ...] = ()
    category_path: str = ""
    impossible: bool = False
    """A text was given in which there is no word."""

    def __bool__(self) -> bool:
        return bool(self.prefixes or self.category_path)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an order: the key and the tie-breaking id of a row."""

    key: int | datetime
    tie: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A SKU that was found, and where it stands in the order."""

    sku_id: int
    position: Position


@dataclass(frozen=True, slots=True)
class Listing:
    """SKUs in an order that an index can walk."""

    source: str
    """FROM clause in which `s` is catalogue_sku."""
    condition: str
    """WHERE clause; says the tenant."""
    params: tuple[object, ...]
    """Of the condition."""
    key: str
    """What it is ordered by, never null."""
    tie: str = "s.id"
    """Unique in it, and next in the index; same direction as the key."""
    descending: bool = True


def terms_of(text: str, *, category_path: str = "") -> Terms:
    """What a typed text and a chosen category look for; both may be empty."""
    prefixes = tuple(prefixes_of(text))
    return Terms(prefixes, category_path, impossible=bool(text.strip()) and not prefixes)


def row_condition(terms: Terms, row: str = "s") -> tuple[str, tuple[object, ...]]:
    """SQL that is true of a row of catalogue_sku that has the terms, and its parameters."""
    parts = ["true", *(f"strpos({row}.words, %s) > 0" for _ in terms.prefixes)]
    params: list[object] = [f" {prefix}" for prefix in terms.prefixes]
    if terms.category_path:
        parts.append(f"{row}.category_path ^@ %s")
        params.append(terms.category_path)
    return " AND ".join(parts), tuple(params)


def find(terms: Terms, listing: Listing, *, after: Position | None, limit: int) -> list[Hit]:
    """The first `limit` SKUs of a listing that have the terms, behind a position.

    One to three statements, whatever the number of SKUs.
    """
    if terms.impossible:
        return []
    scope = _scope(listing, after)
    if not terms:
        return _fetch(listing, *scope, limit)
    lists = _lists(terms)
    counts = _counts(lists)
    fewest = min(range(len(lists)), key=counts.__getitem__)
    if counts[fewest] <= RARE:
        return _fetch_among(terms, [lists[fewest]], listing, after, limit)
    hits = _walk(terms, listing, scope, limit)
    if len(hits) == limit:
        return hits
    return _fetch_among(terms, lists, listing, after, limit)


_WORD: Final = "SELECT sku_id FROM catalogue_skuword WHERE tenant_id = %s AND word = %s"
_PREFIX: Final = "SELECT sku_id FROM catalogue_skuword WHERE tenant_id = %s AND word ^@ %s"
_CATEGORY: Final = "SELECT id FROM catalogue_sku WHERE tenant_id = %s AND category_path ^@ %s"
_Sql = tuple[str, tuple[object, ...]]


def _lists(terms: Terms) -> list[_Sql]:
    """For each term the query of the SKU ids that have it, straight from an index."""
    tenant_id = current_tenant_id()
    lists: list[_Sql] = [
        # The ids of one word come in order, which makes an intersection cheap.
        (_WORD if is_whole(prefix) else _PREFIX, (tenant_id, prefix))
        for prefix in terms.prefixes
    ]
    if terms.category_path:
        lists.append((_CATEGORY, (tenant_id, terms.category_path)))
    return lists


def _counts(lists: Sequence[_Sql]) -> tuple[int, ...]:
    """How long the lists are, counted to just above RARE."""
    columns = ", ".join(
        f"(SELECT count(*) FROM ({ids} LIMIT {RARE + 1}) counted)"  # noqa: S608 - no input
        for ids, _params in lists
    )
    (row,) = _rows(f"SELECT {columns}", _params_of(lists))
    return row


def _fetch_among(
    terms: Terms, lists: Sequence[_Sql], listing: Listing, after: Position | None, limit: int
) -> list[Hit]:
    """The hits among the SKUs that stand in all the lists, fetched and sorted.

    In a subquery of its own (`OFFSET 0`): where many rows share a key (nothing sold yet, all made
    in one moment), the planner takes those behind a position for very few and would look for
    these among them.
    """
    # Whoever stands in the lists of all terms needs no second look.
    rows, row_params = row_condition(Terms() if len(lists) == len(_lists(terms)) else terms)
    ids = " INTERSECT ".join(ids for ids, _params in lists)
    sign = "<" if listing.descending else ">"
    behind = f"WHERE (key, tie) {sign} (%s, %s)" if after else ""
    statement = f"""
        SELECT id, key, tie FROM (
            SELECT s.id, {listing.key} AS key, {listing.tie} AS tie FROM {listing.source}
             WHERE s.id = ANY(ARRAY({ids})) AND {rows} AND {listing.condition} OFFSET 0
        ) found {behind} {_order(listing, "key", "tie")} LIMIT %s
    """  # noqa: S608 - no input
    place = (after.key, after.tie) if after else ()
    return _hits(statement, (*_params_of(lists), *row_params, *listing.params, *place, limit))


def _params_of(lists: Sequence[_Sql]) -> tuple[object, ...]:
    return tuple(value for _ids, params in lists for value in params)


def _scope(listing: Listing, after: Position | None) -> _Sql:
    if after is None:
        return listing.condition, listing.params
    sign = "<" if listing.descending else ">"
    behind = f"{listing.condition} AND ({listing.key}, {listing.tie}) {sign} (%s, %s)"
    return behind, (*listing.params, after.key, after.tie)


def _order(listing: Listing, key: str, tie: str) -> str:
    way = "DESC" if listing.descending else "ASC"
    return f"ORDER BY {key} {way}, {tie} {way}"


def _fetch(listing: Listing, condition: str, params: tuple[object, ...], limit: int) -> list[Hit]:
    statement = (
        f"SELECT s.id, {listing.key}, {listing.tie} FROM {listing.source} "  # noqa: S608 - no input
        f"WHERE {condition} {_order(listing, listing.key, listing.tie)} LIMIT %s"
    )
    return _hits(statement, (*params, limit))


def _walk(terms: Terms, listing: Listing, scope: _Sql, limit: int) -> list[Hit]:
    """The hits among the next WALK SKUs of the order."""
    rows, row_params = row_condition(terms)
    condition, params = scope
    statement = f"""
        SELECT s.id, s.key, s.tie FROM (
            SELECT s.id, {listing.key} AS key, {listing.tie} AS tie, s.words, s.category_path
              FROM {listing.source} WHERE {condition}
             {_order(listing, listing.key, listing.tie)} LIMIT {WALK}
        ) s WHERE {rows} {_order(listing, "s.key", "s.tie")} LIMIT %s
    """  # noqa: S608 - no input
    return _hits(statement, (*params, *row_params, limit))


def _hits(statement: str, params: tuple[object, ...]) -> list[Hit]:
    return [Hit(sku_id, Position(key, tie)) for sku_id, key, tie in _rows(statement, params)]


def _rows(statement: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    # Not prepared: a good plan depends on the words, so they have to be in the statement.
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
