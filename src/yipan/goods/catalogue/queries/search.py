"""Search among many SKUs: by words and category, in the order of an index.

There are two good ways to the first page, and which one is good depends on how common the words
are. A rare word names its few SKUs, which are fetched and sorted. A common word is found soon by
walking the goods in the order asked for. So the words are counted first, up to a bound; a walk
that goes a long way without filling the page (common words that seldom meet, or only at the far
end of the order) gives way to an intersection of the word index. All of it is exact.

`find` works on any `Listing`, so that a list with an order of its own (by commission, say) is
searched in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from yipan.goods.catalogue.rules import prefixes_of
from yipan.kernel.tenancy import current_tenant_id

RARE: Final = 2_000
"""A word of at most so many entries leads the search."""
WALK: Final = 6_000
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


def row_condition(terms: Terms) -> tuple[str, tuple[object, ...]]:
    """SQL that is true of a row `s` of catalogue_sku that has the terms, and its parameters."""
    parts = ["true", *("strpos(s.words, %s) > 0" for _ in terms.prefixes)]
    params: list[object] = [f" {prefix}" for prefix in terms.prefixes]
    if terms.category_path:
        parts.append("s.category_path ^@ %s")
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
    rarest, count = _rarest(terms)
    rows, row_params = row_condition(terms)
    condition, params = scope
    if count <= RARE:
        leading, leading_params = rarest
        among = f"s.id = ANY(ARRAY({leading})) AND {rows} AND {listing.condition}"
        found = (among, (*leading_params, *row_params, *listing.params))
        return _sorted(listing, found, after, limit)
    hits = _walk(terms, listing, scope, limit)
    if len(hits) == limit:
        return hits
    in_all = " AND ".join(f"s.id IN ({_WORD})" for _ in terms.prefixes) or "true"
    word_params = tuple(
        value for prefix in terms.prefixes for value in (current_tenant_id(), prefix)
    )
    everywhere = f"{in_all} AND {rows} AND {condition}"
    return _fetch(listing, everywhere, (*word_params, *row_params, *params), limit)


_WORD: Final = "SELECT sku_id FROM catalogue_skuword WHERE tenant_id = %s AND word ^@ %s"
_CATEGORY: Final = "SELECT id FROM catalogue_sku WHERE tenant_id = %s AND category_path ^@ %s"
_Sql = tuple[str, tuple[object, ...]]


def _rarest(terms: Terms) -> tuple[_Sql, int]:
    """The term with the fewest entries, as a query of SKU ids, and how many (counted to RARE)."""
    tenant_id = current_tenant_id()
    sources: list[_Sql] = [(_WORD, (tenant_id, prefix)) for prefix in terms.prefixes]
    if terms.category_path:
        sources.append((_CATEGORY, (tenant_id, terms.category_path)))
    counts = ", ".join(
        f"(SELECT count(*) FROM ({source} LIMIT {RARE + 1}) counted)"  # noqa: S608 - no input
        for source, _ in sources
    )
    params = tuple(value for _, values in sources for value in values)
    (row,) = _rows(f"SELECT {counts}", params)
    place = min(range(len(row)), key=row.__getitem__)
    return sources[place], row[place]


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


def _sorted(listing: Listing, few: _Sql, after: Position | None, limit: int) -> list[Hit]:
    """The first of a few SKUs, all of which are fetched and sorted.

    Materialised: where many rows share a key (nothing sold yet, all made in one moment), the
    planner takes those behind a position for very few and would look for these among them.
    """
    condition, params = few
    sign = "<" if listing.descending else ">"
    behind = f"WHERE (key, tie) {sign} (%s, %s)" if after else ""
    place = (after.key, after.tie) if after else ()
    statement = f"""
        WITH few AS MATERIALIZED (
            SELECT s.id, {listing.key} AS key, {listing.tie} AS tie
              FROM {listing.source} WHERE {condition}
        )
        SELECT id, key, tie FROM few {behind} {_order(listing, "key", "tie")} LIMIT %s
    """  # noqa: S608 - no input
    return _hits(statement, (*params, *place, limit))


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
