"""What has to be known besides the events themselves, so as to say whom they concern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from yipan.customers.members.rules import masked_name
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.surfaces.live.following import Happened

# Indexes: decision_once, the primary key of lines.
_CREDITED: Final = """
SELECT d.order_id, NULL::bigint, d.distributor_id
  FROM attribution_decision d
 WHERE d.tenant_id = %s AND d.order_id = ANY(%s::bigint[]) AND d.distributor_id IS NOT NULL
UNION
SELECT l.order_id, l.id, d.distributor_id
  FROM orders_orderline l
  JOIN attribution_decision d ON d.tenant_id = l.tenant_id AND d.order_id = l.order_id
 WHERE l.tenant_id = %s AND l.id = ANY(%s::bigint[]) AND d.distributor_id IS NOT NULL
"""
# Index: binding_chain, for the member and for the binding before.
_BOUND: Final = """
SELECT b.id, b.member_id, b.kind, b.distributor_id, p.distributor_id
  FROM attribution_binding b
  LEFT JOIN attribution_binding p
    ON p.tenant_id = b.tenant_id AND p.member_id = b.member_id AND p.sequence = b.sequence - 1
 WHERE b.tenant_id = %s AND b.member_id = ANY(%s::bigint[]) AND b.recorded_at >= %s
   AND (b.order_id = ANY(%s::bigint[]) OR b.touch_id = ANY(%s::bigint[])
        OR b.member_id = ANY(%s::bigint[]))
"""
_NAMES: Final = """
SELECT 'member', m.id, m.name FROM members_member m
 WHERE m.tenant_id = %s AND m.id = ANY(%s::bigint[])
UNION ALL
SELECT 'sku', s.id, p.name FROM catalogue_sku s JOIN catalogue_product p ON p.id = s.product_id
 WHERE s.tenant_id = %s AND s.id = ANY(%s::bigint[])
"""
_SKUS: Final = "SELECT id FROM catalogue_sku WHERE tenant_id = %s AND code = ANY(%s::text[])"
_MOVES_STOCK: Final = frozenset(
    {"order.captured", "order.cancelled", "order.line_refunded", "stock.changed"}
)
_MOST_SKUS: Final = 100
_EARLIER: Final = timedelta(seconds=5)
"""So much before its event a binding may have been written down."""


class BoundRow(NamedTuple):
    """A change of whom a member belongs to."""

    id: int
    member_id: int
    kind: str
    distributor_id: int | None
    former_id: int | None
    """Whom the binding before was to."""


@dataclass(slots=True)
class Background:
    """Answers for one look."""

    credited: dict[int, set[int]] = field(default_factory=dict)
    """Order → distributors."""
    order_of_line: dict[int, int] = field(default_factory=dict)
    bindings: list[BoundRow] = field(default_factory=list)
    members: dict[int, str] = field(default_factory=dict)
    """Masked names."""
    skus: dict[int, str] = field(default_factory=dict)
    """Names of their products."""
    moved_skus: list[int] = field(default_factory=list)
    """Of which stock went out or came in; empty though `stock_moved`: too many."""
    stock_moved: bool = False


def background_of(events: Sequence[Happened]) -> Background:
    """Four statements at most, whatever the number of events."""
    found = Background()
    _read_credits(found, events)
    _read_bindings(found, events)
    _read_stock(found, events)
    touches = [each.payload for each in events if each.name == "touch.recorded"]
    members = {each["member_id"] for each in touches} | {row.member_id for row in found.bindings}
    _read_names(found, members - {None}, {each["sku_id"] for each in touches} - {None})
    return found


def _read_credits(found: Background, events: Sequence[Happened]) -> None:
    payloads = [each.payload for each in events if each.name.startswith("order.")]
    orders = {each["order_id"] for each in payloads if "order_id" in each}
    lines = {each["line_id"] for each in payloads if "order_id" not in each and "line_id" in each}
    if not orders and not lines:
        return
    tenant_id = current_tenant_id()
    for order_id, line_id, distributor_id in sql.fetch(
        _CREDITED, (tenant_id, sorted(orders), tenant_id, sorted(lines))
    ):
        found.credited.setdefault(order_id, set()).add(distributor_id)
        if line_id is not None:
            found.order_of_line[line_id] = order_id


def _read_bindings(found: Background, events: Sequence[Happened]) -> None:
    members: set[int] = set()
    causes: dict[str, set[int]] = {"order.paid": set(), "touch.recorded": set()}
    signed_in: set[int] = set()
    since: list[datetime] = []
    keys = {"order.paid": "order_id", "touch.recorded": "touch_id"}
    for event in events:
        member_id = event.payload.get("member_id")
        if member_id is None:
            continue
        if event.name in causes:
            causes[event.name].add(event.payload[keys[event.name]])
        elif event.name == "member.signed_in":
            signed_in.add(member_id)
        else:
            continue
        members.add(member_id)
        since.append(event.at)
    if members:
        params: tuple[Any, ...] = (
            current_tenant_id(), sorted(members), min(since) - _EARLIER,
            sorted(causes["order.paid"]), sorted(causes["touch.recorded"]), sorted(signed_in),
        )  # fmt: skip
        found.bindings = [BoundRow(*row) for row in sql.fetch(_BOUND, params)]


def _read_stock(found: Background, events: Sequence[Happened]) -> None:
    codes: set[str] = set()
    for event in events:
        if event.name in _MOVES_STOCK:
            found.stock_moved = True
            lines = event.payload.get("lines") or [event.payload]
            codes.update(line["sku"] for line in lines if "sku" in line)
    if 0 < len(codes) <= _MOST_SKUS:
        rows = sql.fetch(_SKUS, (current_tenant_id(), sorted(codes)))
        found.moved_skus = sorted(row[0] for row in rows)


def _read_names(found: Background, members: set[int], skus: set[int]) -> None:
    if not members and not skus:
        return
    tenant_id = current_tenant_id()
    for kind, id_, name in sql.fetch(_NAMES, (tenant_id, sorted(members), tenant_id, sorted(skus))):
        if kind == "member":
            found.members[id_] = masked_name(name) if name else ""
        else:
            found.skus[id_] = name
