"""Reads of stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yipan.goods.stock.models import Location, StockLevel, StockMovement
from yipan.group.organisations.models import Level as Rank
from yipan.group.organisations.queries import Node, tree, within
from yipan.kernel import config_cache, sql
from yipan.kernel.errors import InvalidField
from yipan.kernel.tenancy import current_tenant_id

_LEVELS: Final = """
SELECT location_id, sku_id, quantity
  FROM stock_stocklevel
 WHERE tenant_id = %s AND sku_id = ANY(%s::bigint[]) AND location_id = ANY(%s::bigint[])
"""
# Place by place, so that each part stops at the first that has some; an array of hundreds of places
# to be compared with would be gone through for every row.
_SOMEWHERE: Final = """
SELECT k.sku_id, first.there IS NOT NULL, second.there IS NOT NULL
  FROM unnest(%s::bigint[]) AS k(sku_id)
  LEFT JOIN LATERAL (
       SELECT true AS there
         FROM unnest(%s::bigint[]) AS p(location_id)
         JOIN stock_stocklevel l ON l.tenant_id = %s AND l.location_id = p.location_id
          AND l.sku_id = k.sku_id AND l.quantity > 0
        LIMIT 1) AS first ON true
  LEFT JOIN LATERAL (
       SELECT true AS there
         FROM unnest(%s::bigint[]) AS p(location_id)
         JOIN stock_stocklevel l ON l.tenant_id = %s AND l.location_id = p.location_id
          AND l.sku_id = k.sku_id AND l.quantity > 0
        WHERE first.there IS NULL
        LIMIT 1) AS second ON true
"""
# What was sold beyond the stock of one place is not taken off what other places have.
_SPREAD: Final = """
SELECT l.sku_id,
       coalesce(sum(l.quantity) FILTER (WHERE o.id = %s), 0)::bigint,
       coalesce(sum(l.quantity) FILTER (WHERE o.path ^@ %s), 0)::bigint,
       sum(l.quantity)::bigint,
       coalesce(sum(l.quantity) FILTER (WHERE o.path ^@ %s), 0)::bigint
  FROM (
    SELECT sku_id, location_id, greatest(quantity, 0) AS quantity
      FROM stock_stocklevel WHERE tenant_id = %s AND sku_id = ANY(%s::bigint[])
  ) l
  JOIN stock_location p ON p.id = l.location_id
  JOIN organisations_organisation o ON o.id = p.organisation_id
 GROUP BY l.sku_id
"""


@dataclass(frozen=True, slots=True)
class LocationFigures:
    """A location as others need it."""

    id: int
    code: str
    name: str
    kind: str
    organisation_id: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """Units of one SKU, side by side; what is below zero at a place counts as none."""

    store: int = 0
    region: int = 0
    """In the store's industry group."""
    group: int = 0
    """Everywhere."""
    company: int = 0
    """In the store's legal company."""


@dataclass(frozen=True, slots=True)
class _Locations:
    by_code: Mapping[str, LocationFigures]
    defaults: Mapping[int, int]
    """Location by organisation."""


def locations_by_code() -> Mapping[str, LocationFigures]:
    """All locations of the tenant; cached until the next change of configuration."""
    return _locations().by_code


def location_of(organisation_id: int, code: str = "", *, within: str = "") -> int | None:
    """Id of where an organisation's order takes its goods from.

    Without a code the organisation's default location, or None: then no stock is kept for the
    order. With a code, a location of the organisation, of one above it, of one below it, or in the
    subtree `within` of whoever asks (empty: none). Raises InvalidField (location).
    """
    locations = _locations()
    if not code:
        return locations.defaults.get(organisation_id)
    found = locations.by_code.get(code)
    organisations = tree()
    seller = organisations.node(organisation_id)
    if found is not None:
        holder = organisations.node(found.organisation_id)
        in_line = holder.id in seller.lineage or seller.id in holder.lineage
        if in_line or (within and holder.path.startswith(within)):
            return found.id
    raise InvalidField(field="location", reason=_("there is no location %r in reach") % code)


def locations_at(organisation_id: int) -> list[int]:
    """Ids of the locations that stand at an organisation itself (cached)."""
    found = locations_by_code().values()
    return [location.id for location in found if location.organisation_id == organisation_id]


def stock_at(*, sku_ids: Sequence[int], location_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """Units by (location, SKU), in one statement; places without a level are missing.

    Index: stock_level.
    """
    rows = sql.fetch(_LEVELS, (current_tenant_id(), list(sku_ids), list(location_ids)))
    return {(location_id, sku_id): quantity for location_id, sku_id, quantity in rows}


def in_stock_at(
    *, sku_ids: Sequence[int], first: Sequence[int], second: Sequence[int]
) -> dict[int, tuple[bool, bool]]:
    """Whether some of the first places has units and, where none has, some of the second ones.

    One statement.
    """
    tenant_id = current_tenant_id()
    params = (list(sku_ids), list(first), tenant_id, list(second), tenant_id)
    return {sku_id: (one, other) for sku_id, one, other in sql.fetch(_SOMEWHERE, params)}


def spread_of(*, sku_ids: Sequence[int], organisation_id: int) -> dict[int, Spread]:
    """Units of SKUs in a store, in its company and industry group, and in the whole group.

    One statement (index: stock_of_sku); every SKU asked for is answered. An organisation above the
    stores counts what stands at itself as `store`; one outside any industry group has no region.
    Raises NotFound.
    """
    region, company = (
        # A path that no organisation has: paths end with a slash.
        around.path if around else "-"
        for around in (above(organisation_id, rank) for rank in (Rank.INDUSTRY_GROUP, Rank.COMPANY))
    )
    params = (organisation_id, region, company, current_tenant_id(), list(sku_ids))
    rows = sql.fetch(_SPREAD, params)
    found = {sku_id: Spread(*units) for sku_id, *units in rows}
    return {sku_id: found.get(sku_id, Spread()) for sku_id in sku_ids}


def above(organisation_id: int, rank: Rank) -> Node | None:
    """The organisation itself or the one above it of a level, or None. Raises NotFound."""
    organisations = tree()
    found = organisations.node(organisation_id).ancestor_at(rank, organisations)
    return organisations.by_id[found] if found else None


def locations_within(paths: Sequence[str], *, code: str = "") -> QuerySet[Location]:
    """The locations of some subtrees."""
    found = Location.objects.filter(within(paths))
    return found.filter(code=code) if code else found


def levels_within(
    paths: Sequence[str], *, location: str = "", sku: str = ""
) -> QuerySet[StockLevel]:
    """The levels of some subtrees, each with its location and SKU; both may be given by code."""
    found = StockLevel.objects.filter(within(paths, "location__organisation__path"))
    if location:
        found = found.filter(location__code=location)
    if sku:
        found = found.filter(sku__code=sku)
    return found.select_related("location", "sku")


def movements_of(*, location_id: int, sku_id: int) -> QuerySet[StockMovement]:
    """The history of a SKU at a place (index: movement_history)."""
    return StockMovement.objects.filter(location_id=location_id, sku_id=sku_id)


def _locations() -> _Locations:
    return config_cache.cached("locations", _load_locations)


def _load_locations() -> _Locations:
    rows = Location.objects.order_by("code").values_list(
        "id", "code", "name", "kind", "organisation_id", "is_default"
    )
    figures = [LocationFigures(*row) for row in rows]
    return _Locations(
        {location.code: location for location in figures},
        {location.organisation_id: location.id for location in figures if location.is_default},
    )
