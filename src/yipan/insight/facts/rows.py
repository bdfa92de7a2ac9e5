"""Turning what happened into fact rows: pure, one row per fact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from yipan.group.organisations.models import Level
from yipan.group.organisations.queries import Node, Tree

COLUMNS: Final = (
    "id", "tenant_id", "kind", "at", "day",
    "store_id", "company_id", "industry_group_id", "headquarters_id", "organisation_id",
    "distributor_id", "home_organisation_id", "role", "sku_id", "product_id", "category_path",
    "channel", "price_kind", "campaign", "member_id", "order_id", "line_id", "entry_id",
    "count", "units", "list_amount", "net_amount", "commission", "tax",
)  # fmt: skip


class Places(NamedTuple):
    """The organisations above a fact, as they stood then."""

    store_id: int | None
    company_id: int | None
    industry_group_id: int | None
    headquarters_id: int | None
    organisation_id: int | None


NOWHERE: Final = Places(None, None, None, None, None)


def places(node: Node, tree: Tree) -> Places:
    """An organisation with the ancestors of each level."""
    at = {tree.by_id[id_].level: id_ for id_ in reversed(node.lineage)}
    return Places(
        at.get(Level.STORE.value),
        at.get(Level.COMPANY.value),
        at.get(Level.INDUSTRY_GROUP.value),
        at.get(Level.HEADQUARTERS.value),
        node.id,
    )


class FactRow(NamedTuple):
    """One fact: dimensions, then measures. Amounts in fen."""

    kind: str
    at: datetime
    day: date
    places: Places = NOWHERE
    distributor_id: int | None = None
    home_organisation_id: int | None = None
    role: str = ""
    sku_id: int | None = None
    product_id: int | None = None
    category_path: str = ""
    channel: str = ""
    price_kind: str = ""
    campaign: str = ""
    member_id: int | None = None
    order_id: int | None = None
    line_id: int | None = None
    entry_id: int | None = None
    touches: int = 0
    units: int = 0
    list_amount: int = 0
    net_amount: int = 0
    commission: int = 0
    tax: int = 0

    def values(self, id_: int, tenant_id: int) -> tuple[object, ...]:
        """In the order of `COLUMNS`."""
        return (id_, tenant_id, *self[:3], *self.places, *self[4:])
