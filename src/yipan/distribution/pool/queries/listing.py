"""Lists of offers with their goods: those kept somewhere, and those that one place may sell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from yipan.distribution.pool.offering import in_subtrees
from yipan.distribution.pool.queries.pages import Found, OfferSort, Wanted, page_of
from yipan.distribution.pool.queries.priced import PricedFor
from yipan.goods.catalogue.queries import SkuCard, cards, category_path, terms_of
from yipan.group.organisations.queries import Tree, tree
from yipan.kernel import clock, sql
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import Page
from yipan.kernel.tenancy import current_tenant_id


class OfferStanding(StrEnum):
    """Where an offer stands now: what people look for."""

    ON = "on"  # between its dates, and on
    OFF = "off"  # says that the SKU does not earn, now or from its start on
    SCHEDULED = "scheduled"  # on, and starts later
    ENDED = "ended"  # over, or taken off before it started


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
    below_id: int | None = None
    """Kept by this organisation or one below it."""
    rule_id: int | None = None
    is_on: bool | None = None
    time: OfferTime | None = None
    standing: OfferStanding | None = None
    price_from: int | None = None
    """Fen; lowest list price of the SKU, group-wide."""
    price_until: int | None = None
    """Fen; highest, included; as the next one."""
    estimate_from: int | None = None
    estimate_until: int | None = None
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
    rule_name: str = ""

    def standing(self, now: datetime) -> OfferStanding:
        """Where it stands at a moment."""
        if self.valid_until is not None and self.valid_until <= max(now, self.valid_from):
            return OfferStanding.ENDED
        if not self.is_on:
            return OfferStanding.OFF
        return OfferStanding.SCHEDULED if self.valid_from > now else OfferStanding.ON


_CURRENT: Final = "o.valid_from <= %s AND (o.valid_until IS NULL OR o.valid_until > %s)"
# Of the offers of a SKU on the way up that are inside their dates, the nearest one decides.
_NO_NEARER: Final = """NOT EXISTS (
    SELECT 1 FROM pool_offer n
     WHERE n.tenant_id = o.tenant_id AND n.sku_id = o.sku_id AND n.organisation_id = ANY(%s)
       AND array_position(%s::bigint[], n.organisation_id)
           < array_position(%s::bigint[], o.organisation_id)
       AND n.valid_from <= %s AND (n.valid_until IS NULL OR n.valid_until > %s))"""
_IN_STOCK: Final = """EXISTS (
    SELECT 1 FROM stock_stocklevel l
     WHERE l.tenant_id = o.tenant_id AND l.sku_id = o.sku_id AND l.location_id = ANY(%s)
       AND l.quantity > 0)"""
_CARDS: Final = """
SELECT o.id, o.sku_id, o.organisation_id, r.id, r.code, o.is_on, o.valid_from, o.valid_until,
       o.estimate, o.changed_at, r.name
  FROM pool_offer o
  JOIN pool_commissionrule r ON r.id = o.rule_id
 WHERE o.tenant_id = %s AND o.id = ANY(%s)
"""


class Where:
    """A condition that grows, with its parameters."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.params: list[object] = []

    def add(self, condition: str, *params: object) -> None:
        self.parts.append(condition)
        self.params += params

    def kept_by(self, organisations: Sequence[int]) -> None:
        """By one of these; none: by anybody. A single one is an equation, for its own index."""
        if len(organisations) == 1:
            self.add("o.organisation_id = %s", organisations[0])
        elif organisations:
            self.add("o.organisation_id = ANY(%s)", list(organisations))

    def between(self, column: str, lowest: int | None, highest: int | None) -> None:
        """A column of the statement in a span, both ends included."""
        if lowest is not None:
            self.add(f"{column} >= %s", lowest)
        if highest is not None:
            self.add(f"{column} <= %s", highest)

    @property
    def condition(self) -> str:
        return " AND ".join(self.parts)

    def wanted(
        self,
        organisations: Sequence[int],
        *,
        on_sale: bool = True,
        priced: PricedFor | None = None,
    ) -> Wanted:
        """The condition as pages are found by."""
        return Wanted(self.condition, tuple(self.params), tuple(organisations), on_sale, priced)


def offers_of(
    *,
    paths: Sequence[str],
    filters: OfferFilters,
    sort: OfferSort = OfferSort.COMMISSION,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OfferCard]:
    """The offers kept in these subtrees, whatever state they are in.

    At most seven statements. Raises NotFound (organisation, category), InvalidField.
    """
    where, organisations = condition_of(paths, filters)
    found = page_of(
        where.wanted(organisations, on_sale=filters.on_sale),
        sort,
        terms_of(filters.text, category_path=category_path(filters.category_id)),
        name="offers_of",
        cursor=cursor,
        limit=limit,
    )
    return _shown(found)


def condition_of(paths: Sequence[str], filters: OfferFilters) -> tuple[Where, tuple[int, ...]]:
    """What these filters say of an offer `o` and its SKU `s`; the organisations, where it matters.

    The text and the category are not in it. Raises NotFound (organisation).
    """
    where = Where()
    where.add("o.tenant_id = %s", current_tenant_id())
    organisations = _keepers(paths, filters)
    where.kept_by(organisations)
    if filters.on_sale:
        where.add("s.on_sale")
    if filters.rule_id is not None:
        where.add("o.rule_id = %s", filters.rule_id)
    if filters.is_on is not None:
        where.add("o.is_on" if filters.is_on else "NOT o.is_on")
    _add_time(where, filters.time)
    _add_standing(where, filters.standing)
    where.between("s.list_price", filters.price_from, filters.price_until)
    where.between("o.estimate", filters.estimate_from, filters.estimate_until)
    return where, organisations


def _keepers(paths: Sequence[str], filters: OfferFilters) -> tuple[int, ...]:
    """The organisations whose offers are asked for; none: of the whole group."""
    nodes = tree()
    for asked in (filters.organisation_id, filters.below_id):
        if asked is not None and not in_subtrees(nodes, asked, paths):
            raise NotFound(kind="organisation", ref=asked)
    if filters.organisation_id is not None:
        return (filters.organisation_id,)
    within = tuple(paths)
    if filters.below_id is not None:
        within = (nodes.node(filters.below_id).path,)
    if _whole_group(within):
        return ()
    return tuple(n.id for n in nodes.by_id.values() if n.path.startswith(within))


def offers_for_sale(
    *,
    organisation_id: int,
    text: str = "",
    category_id: int | None = None,
    in_stock_at: Sequence[int] | None = None,
    sort: OfferSort = OfferSort.COMMISSION,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OfferCard]:
    """What earns when this organisation sells it now: of every SKU the offer that decides.

    By price it goes by the price that this organisation shows. `in_stock_at` asks for units at one
    of these locations. At most ten statements. Raises
    NotFound (organisation, category), InvalidField.
    """
    now = clock.now()
    lineage = list(tree().node(organisation_id).lineage)
    where = Where()
    where.add("o.tenant_id = %s AND s.on_sale AND o.is_on", current_tenant_id())
    where.add(_CURRENT, now, now)
    where.kept_by(lineage)
    if len(lineage) > 1:
        where.add(_NO_NEARER, lineage, lineage, lineage, now, now)
    if in_stock_at is not None:
        where.add(_IN_STOCK, list(in_stock_at))
    found = page_of(
        where.wanted(lineage, priced=PricedFor(tuple(lineage), now)),
        sort,
        terms_of(text, category_path=category_path(category_id)),
        name=f"offers_for_sale|{organisation_id}",
        cursor=cursor,
        limit=limit,
    )
    return _shown(found)


def offer_cards(offer_ids: Sequence[int]) -> dict[int, OfferCard]:
    """Offers as cards, in two statements; unknown ids are missing."""
    if not offer_ids:
        return {}
    rows = sql.fetch(_CARDS, (current_tenant_id(), list(offer_ids)))
    goods = cards([row[1] for row in rows])
    nodes = tree()
    return {row[0]: _card(row, nodes, goods[row[1]]) for row in rows}


def _shown(found: Found) -> Page[OfferCard]:
    by_id = offer_cards(found.offer_ids)
    return Page([by_id[each] for each in found.offer_ids if each in by_id], found.next_cursor)


def _card(row: sql.Row, nodes: Tree, sku: SkuCard) -> OfferCard:
    offer_id, _sku_id, organisation_id, *rest = row
    code = nodes.node(organisation_id).code
    rule_id, rule_code, is_on, valid_from, valid_until, estimate, changed_at, rule_name = rest
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
        rule_name=rule_name,
    )


def _whole_group(paths: Sequence[str]) -> bool:
    return tree().root.path.startswith(tuple(paths))


def _add_time(where: Where, time: OfferTime | None) -> None:
    now = clock.now()
    if time is OfferTime.CURRENT:
        where.add(_CURRENT, now, now)
    elif time is OfferTime.UPCOMING:
        where.add("o.valid_from > %s AND o.valid_until IS DISTINCT FROM o.valid_from", now)
    elif time is OfferTime.ENDED:
        where.add("(o.valid_until <= %s OR o.valid_until = o.valid_from)", now)


def _add_standing(where: Where, standing: OfferStanding | None) -> None:
    now = clock.now()
    if standing is OfferStanding.ENDED:
        _add_time(where, OfferTime.ENDED)
    elif standing is OfferStanding.ON:
        where.add(f"o.is_on AND {_CURRENT}", now, now)
    elif standing is OfferStanding.SCHEDULED:
        where.add("o.is_on")
        _add_time(where, OfferTime.UPCOMING)
    elif standing is OfferStanding.OFF:
        not_over = "(o.valid_until IS NULL OR o.valid_until > greatest(%s, o.valid_from))"
        where.add(f"NOT o.is_on AND {not_over}", now)
