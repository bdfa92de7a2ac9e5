"""The tables that `yipan export` writes: which columns, from where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from yipan.insight.facts.models import Fact


class Kind(Enum):
    """What a column holds."""

    WHOLE = "int64"
    TEXT = "string"
    MOMENT = "moment"
    DAY = "day"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and where its values come from."""

    name: str
    source: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and rows; `moment` is what --since and --until are compared with."""

    columns: tuple[Column, ...]
    rows: str
    tenant: str
    moment: str
    identity: str
    """Sets the order of rows of the same moment."""


def _whole(*names: str, of: str) -> tuple[Column, ...]:
    return tuple(Column(name, f"{of}.{name}", Kind.WHOLE) for name in names)


def _moments(*names: str, of: str) -> tuple[Column, ...]:
    return tuple(Column(name, f"{of}.{name}", Kind.MOMENT) for name in names)


ORDERS: Final = Table(
    columns=(
        Column("channel", "o.channel"),
        Column("number", "o.number"),
        Column("line_no", "l.line_no", Kind.WHOLE),
        Column("state", "o.state"),
        Column("organisation", "s.code"),
        Column("organisation_name", "s.name"),
        Column("sku", "k.code"),
        Column("price_kind", "l.price_kind"),
        *_whole("quantity", "unit_price", "discount_amount", "net_amount", of="l"),
        *_whole("refunded_quantity", "refunded_amount", of="l"),
        Column("currency", "o.currency"),
        Column("member_id", "o.member_id", Kind.WHOLE),
        Column("distributor_code", "o.distributor_code"),
        Column("campaign", "o.campaign"),
        *_moments("placed_at", "paid_at", of="o"),
        *_moments("completed_at", of="l"),
        *_moments("cancelled_at", of="o"),
    ),
    rows="""
      orders_orderline l
      JOIN orders_order o ON o.id = l.order_id
      JOIN organisations_organisation s ON s.id = o.organisation_id
      JOIN catalogue_sku k ON k.id = l.sku_id
    """,
    tenant="l.tenant_id",
    moment="o.placed_at",
    identity="l.id",
)
ENTRIES: Final = Table(
    columns=(
        Column("entry_id", "e.id", Kind.WHOLE),
        Column("kind", "e.kind"),
        Column("channel", "o.channel"),
        Column("number", "o.number"),
        Column("line_no", "l.line_no", Kind.WHOLE),
        Column("role", "e.role"),
        *_whole("sequence", of="e"),
        Column("distributor", "d.code"),
        Column("distributor_name", "d.name"),
        Column("organisation", "s.code"),
        Column("company", "c.code"),
        Column("sku", "k.code"),
        *_whole("amount", of="e"),
        Column("currency", "e.currency"),
        Column("remaining", "t.remaining", Kind.WHOLE),
        *_moments("paid_at", "recorded_at", of="e"),
        *_moments("due_at", "released_at", of="t"),
        Column("held", "t.held", Kind.FLAG),
        Column("explanation", "e.explanation::text"),
    ),
    rows="""
      commissions_entry e
      JOIN orders_orderline l ON l.id = e.line_id
      JOIN orders_order o ON o.id = e.order_id
      JOIN distributors_distributor d ON d.id = e.distributor_id
      JOIN organisations_organisation s ON s.id = e.organisation_id
      JOIN organisations_organisation c ON c.id = e.company_id
      JOIN catalogue_sku k ON k.id = e.sku_id
      LEFT JOIN commissions_entrystate t ON t.id = e.id
    """,
    tenant="e.tenant_id",
    moment="e.paid_at",
    identity="e.id",
)


def _fact_columns() -> tuple[Column, ...]:
    kinds = {
        "BigIntegerField": Kind.WHOLE,
        "DateTimeField": Kind.MOMENT,
        "DateField": Kind.DAY,
    }
    return tuple(
        Column(
            str(field.column), f"f.{field.column}", kinds.get(field.get_internal_type(), Kind.TEXT)
        )
        for field in Fact._meta.concrete_fields
        if field.column not in {"tenant_id", "xact"}
    )


FACTS: Final = Table(
    columns=_fact_columns(),
    rows="facts_fact f",
    tenant="f.tenant_id",
    moment="f.at",
    identity="f.id",
)
