"""Goods in the order of the price that a place shows.

Most SKUs cost what they cost everywhere, which stands in the SKU and has an index. Those with a
promotion, or with a list price of an organisation on the way up, are few: they are walked by the
price itself, and both walks are merged.

`OFFSET 0` keeps a subquery where it stands: made into a join, it would read every price there is
before the first row comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from yipan.goods.catalogue.queries import Hit, Listing, Position, Terms, find
from yipan.kernel.tenancy import current_tenant_id

# As the index `price_special` says it.
_SPECIAL: Final = "({row}.kind = 'promo' OR {row}.organisation_id IS NOT NULL)"
_IN_FORCE: Final = """{row}.kind <> 'member' AND {row}.valid_from <= %s
    AND ({row}.valid_until IS NULL OR {row}.valid_until > %s)
    AND ({row}.organisation_id IS NULL OR {row}.organisation_id = ANY(%s::bigint[]))"""
# As `resolve_prices`: a promotion before the list, the nearest place, what started last.
_RANK: Final = """(({row}.kind = 'list')::int,
    coalesce(array_position(%s::bigint[], {row}.organisation_id), 2147483647))"""


@dataclass(frozen=True, slots=True)
class PricedFor:
    """Who shows the price, and when."""

    lineage: tuple[int, ...]
    """The organisation and its ancestors, nearest first."""
    at: datetime

    def hits(
        self, terms: Terms, by_list: Listing, *, after: Position | None, limit: int
    ) -> list[Hit]:
        """As `find` of a listing by list price, in the order of the price shown."""
        found = [
            *find(terms, self._everywhere(by_list), after=after, limit=limit),
            *find(terms, self._special(by_list), after=after, limit=limit),
        ]
        return sorted(
            found,
            key=lambda hit: (hit.position.key, hit.position.tie),
            reverse=by_list.descending,
        )[:limit]

    def _everywhere(self, by_list: Listing) -> Listing:
        """The SKUs that cost what they cost everywhere."""
        special = f"""NOT EXISTS (
            SELECT 1 FROM catalogue_price q
             WHERE q.tenant_id = s.tenant_id AND q.sku_id = s.id
               AND {_SPECIAL.format(row="q")} AND {_IN_FORCE.format(row="q")} OFFSET 0)"""  # noqa: S608 - no input
        return replace(
            by_list,
            condition=f"{by_list.condition} AND {special}",
            params=(*by_list.params, *self._now()),
        )

    def _special(self, by_list: Listing) -> Listing:
        """The others, by the price that counts for them."""
        other, own = _RANK.format(row="b"), _RANK.format(row="p")
        counts = f"""NOT EXISTS (
            SELECT 1 FROM catalogue_price b
             WHERE b.tenant_id = p.tenant_id AND b.sku_id = p.sku_id AND b.id <> p.id
               AND {_IN_FORCE.format(row="b")}
               AND ({other} < {own} OR ({other} = {own} AND b.valid_from > p.valid_from))
             OFFSET 0)"""  # noqa: S608 - no input
        condition = f"""p.tenant_id = %s AND {_SPECIAL.format(row="p")}
            AND {_IN_FORCE.format(row="p")} AND {counts} AND {by_list.condition}"""
        lineage = list(self.lineage)
        return replace(
            by_list,
            source="catalogue_price p JOIN catalogue_sku s ON s.id = p.sku_id",
            condition=condition,
            params=(
                current_tenant_id(), *self._now(), *self._now(), *[lineage] * 4, *by_list.params,
            ),
            key="p.amount",
            tie="p.sku_id",
        )  # fmt: skip

    def _now(self) -> Sequence[object]:
        return (self.at, self.at, list(self.lineage))
