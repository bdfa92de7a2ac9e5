"""Lists of offers with their goods: those kept somewhere, and those that one place may sell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from yipan.distribution.pool.offering import in_subtrees
from yipan.goods.catalogue.queries import (
    Hit,
    Listing,
    Position,
    SkuCard,
    cards,
    category_path,
    find,
    terms_of,
)
from yipan.group.organisations.queries import Tree, tree
from yipan.kernel import clock, sql
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.pagination import MAX_LIMIT, Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id


class OfferSort(StrEnum):
    """Orders of a list of offers."""

    COMMISSION = "commission"
    SALES = "sales"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"


class OfferTime(StrEnum):
    """Where an offer stands between its dates."""

    CURRENT = "current"
    UPCOMING = "upcoming"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class OfferFilters:
    """What is asked of a list; nothing said, nothing asked."""

    text: str = ""
    category_id: int | None = None
    organisation_id: int | None = None
    """Kept by this very organisation."""
    rule_id: int | None = None
    is_on: bool | None = None
    time: OfferTime | None = None
    on_sale: bool = True
    """Only of SKUs that may be sold; without it a list by sales or price is sorted in full."""


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer with its SKU, as a list shows it. Amounts in fen."""

    id: int
    organisation_id: int
    organisation_code: str
    rule_id: int
    rule_code: str
    is_on: bool
    valid_from: datetime
    valid_until: datetime | None
    estimate: int
    changed_at: datetime
    sku: SkuCard


_SOURCE: Final = """pool_offer o
  JOIN catalogue_sku s ON s.tenant_id = o.tenant_id AND s.id = o.sku_id"""
_SKU_KEYS: Final = {
    OfferSort.SALES: ("s.units_sold", True),
    OfferSort.PRICE_ASC: ("s.list_price", False),
    OfferSort.PRICE_DESC: ("s.list_price", True),
}
_CURRENT: Final = "o.valid_from <= %s AND (o.valid_until IS NULL OR o.valid_until > %s)"
# Of the offers of a SKU on the way up that are inside their dates, the nearest one decides.
_NO_NEARER: Final = """NOT EXISTS (
    SELECT 1 FROM pool_offer n
     WHERE n.tenant_id = o.tenant_id AND n.sku_id = o.sku_id AND n.organisation_id = ANY(%s)
       AND array_position(%s::bigint[], n.organisation_id)
           < array_position(%s::bigint[], o.organisation_id)
       AND n.valid_from <= %s AND (n.valid_until IS NULL OR n.valid_until > %s))"""
_CARDS: Final = f"""
SELECT o.id, o.sku_id, o.organisation_id, r.id, r.code, o.is_on, o.valid_from, o.valid_until,
       o.estimate, o.changed_at
  FROM {_SOURCE}
  JOIN pool_commissionrule r ON r.id = o.rule_id
 WHERE """  # noqa: S608 - no input


class _Where:
    """A condition that grows, with its parameters."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.params: list[object] = []

    def add(self, condition: str, *params: object) -> None:
        self.parts.append(condition)
        self.params += params


def offers_of(
    *,
    paths: Sequence[str],
    filters: OfferFilters,
    sort: OfferSort = OfferSort.COMMISSION,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OfferCard]:
    """The offers kept in these subtrees, whatever state they are in.

    At most six statements. Raises NotFound (organisation, category), InvalidField.
    """
    where = _Where()
    where.add("o.tenant_id = %s", current_tenant_id())
    single = filters.organisation_id is not None
    if filters.organisation_id is not None:
        if not in_subtrees(tree(), filters.organisation_id, paths):
            raise NotFound(kind="organisation", ref=filters.organisation_id)
        where.add("o.organisation_id = %s", filters.organisation_id)
    elif not _whole_group(paths):
        ids = [node.id for node in tree().by_id.values() if node.path.startswith(tuple(paths))]
        where.add("o.organisation_id = ANY(%s)", ids)
    if filters.on_sale:
        where.add("s.on_sale")
    if filters.rule_id is not None:
        where.add("o.rule_id = %s", filters.rule_id)
    if filters.is_on is not None:
        where.add("o.is_on" if filters.is_on else "NOT o.is_on")
    _add_time(where, filters.time)
    return _page(
        _Query(where, sort, filters.text, filters.category_id, one_per_sku=single),
        name="offers_of",
        cursor=cursor,
        limit=limit,
    )


def offers_for_sale(
    *,
    organisation_id: int,
    text: str = "",
    category_id: int | None = None,
    sort: OfferSort = OfferSort.COMMISSION,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OfferCard]:
    """What earns when this organisation sells it now: of every SKU the offer that decides.

    At most six statements. Raises NotFound (organisation, category), InvalidField.
    """
    now = clock.now()
    lineage = list(tree().node(organisation_id).lineage)
    where = _Where()
    where.add("o.tenant_id = %s AND s.on_sale AND o.is_on", current_tenant_id())
    where.add(_CURRENT, now, now)
    where.add("o.organisation_id = ANY(%s)", lineage)
    if len(lineage) > 1:
        where.add(_NO_NEARER, lineage, lineage, lineage, now, now)
    return _page(
        _Query(where, sort, text, category_id, one_per_sku=True),
        name=f"offers_for_sale|{organisation_id}",
        cursor=cursor,
        limit=limit,
    )


def offer_cards(offer_ids: Sequence[int]) -> dict[int, OfferCard]:
    """Offers as cards, in two statements; unknown ids are missing."""
    if not offer_ids:
        return {}
    return _cards("o.tenant_id = %s AND o.id = ANY(%s)", (current_tenant_id(), list(offer_ids)))


def _cards(condition: str, params: Sequence[object]) -> dict[int, OfferCard]:
    rows = sql.fetch(_CARDS + condition, params)
    goods = cards([row[1] for row in rows])
    nodes = tree()
    return {row[0]: _card(row, nodes, goods[row[1]]) for row in rows}


def _card(row: sql.Row, nodes: Tree, sku: SkuCard) -> OfferCard:
    offer_id, _sku_id, organisation_id, *rest = row
    code = nodes.node(organisation_id).code
    rule_id, rule_code, is_on, valid_from, valid_until, estimate, changed_at = rest
    return OfferCard(
        id=offer_id,
        organisation_id=organisation_id,
        organisation_code=code,
        rule_id=rule_id,
        rule_code=rule_code,
        is_on=is_on,
        valid_from=valid_from,
        valid_until=valid_until,
        estimate=estimate,
        changed_at=changed_at,
        sku=sku,
    )


@dataclass(frozen=True, slots=True)
class _Query:
    where: _Where
    sort: OfferSort
    text: str
    category_id: int | None
    one_per_sku: bool

    @property
    def listing(self) -> Listing:
        """The order as an index has it.

        By sales and price it is an index of the SKUs, whose tie-breaker is the SKU; where a SKU
        may stand there more than once, the offer breaks the tie.
        """
        if self.sort in _SKU_KEYS:
            key, descending = _SKU_KEYS[self.sort]
            tie = "s.id" if self.one_per_sku else "o.id"
        else:
            key = "o.estimate" if self.sort is OfferSort.COMMISSION else "o.created_at"
            descending, tie = True, "o.id"
        condition = " AND ".join(self.where.parts)
        return Listing(_SOURCE, condition, tuple(self.where.params), key, tie, descending)


def _page(query: _Query, *, name: str, cursor: str | None, limit: int) -> Page[OfferCard]:
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidField(field="limit", reason=_("must be 1 to %d") % MAX_LIMIT)
    listing = query.listing
    purpose = f"{name}|{query.sort.value}|{listing.tie}"
    after = Position(*decode_cursor(cursor, purpose=purpose)) if cursor else None
    terms = terms_of(query.text, category_path=category_path(query.category_id))
    hits = find(terms, listing, after=after, limit=limit + 1)
    shown = hits[:limit]
    items = _cards_of(shown, listing)
    if len(hits) <= limit:
        return Page(items, None)
    last = shown[-1].position
    return Page(items, encode_cursor([last.key, last.tie], purpose=purpose))


def _cards_of(hits: Sequence[Hit], listing: Listing) -> list[OfferCard]:
    """The cards of the hits, in their order."""
    if not hits:
        return []
    ties = [hit.position.tie for hit in hits]
    found = _cards(f"{listing.condition} AND {listing.tie} = ANY(%s)", (*listing.params, ties))
    by_tie = {card.sku.id if listing.tie == "s.id" else card.id: card for card in found.values()}
    return [by_tie[tie] for tie in ties if tie in by_tie]


def _whole_group(paths: Sequence[str]) -> bool:
    return tree().root.path.startswith(tuple(paths))


def _add_time(where: _Where, time: OfferTime | None) -> None:
    now = clock.now()
    if time is OfferTime.CURRENT:
        where.add(_CURRENT, now, now)
    elif time is OfferTime.UPCOMING:
        where.add("o.valid_from > %s AND o.valid_until IS DISTINCT FROM o.valid_from", now)
    elif time is OfferTime.ENDED:
        where.add("(o.valid_until <= %s OR o.valid_until = o.valid_from)", now)
