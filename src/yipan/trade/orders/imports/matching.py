"""Finding what a refund in a file takes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.imports.lines import FileLine
from yipan.trade.orders.imports.mapping import Mapping


class Part(NamedTuple):
    """Units of one sold line that a refund takes back. Amount in fen."""

    line_id: int
    quantity: int
    amount: int


@dataclass(slots=True)
class _Sold:
    """A sold line with what is left of it."""

    line_id: int
    placed_at: datetime
    quantity: int
    amount: int

    def take(self, quantity: int, unit_price: int) -> Part:
        amount = self.amount if quantity == self.quantity else unit_price * quantity
        part = Part(self.line_id, quantity, min(amount, self.amount))
        self.quantity -= part.quantity
        self.amount -= part.amount
        return part


_BY_BUYER = """
SELECT w.n, l.id, o.placed_at, l.quantity - l.refunded_quantity, l.net_amount - l.refunded_amount
  FROM unnest(%s::int[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[])
       AS w(n, buyer, sku, unit_price, at)
  JOIN members_identity i ON i.tenant_id = %s AND i.scheme = %s AND i.value = w.buyer
  JOIN orders_order o ON o.tenant_id = %s AND o.member_id = i.member_id AND o.channel = %s
       AND o.placed_at <= w.at AND o.state IN ('paid', 'completed')
  JOIN catalogue_sku s ON s.tenant_id = %s AND s.code = w.sku
  JOIN orders_orderline l ON l.order_id = o.id AND l.sku_id = s.id
       AND l.unit_price = w.unit_price AND l.refunded_quantity < l.quantity
 ORDER BY w.n, o.placed_at DESC, l.id DESC
"""
_BY_NUMBER = """
SELECT w.n, l.id, o.placed_at, l.quantity - l.refunded_quantity, l.net_amount - l.refunded_amount
  FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[]) AS w(n, number, sku, line_no)
  JOIN orders_order o ON o.tenant_id = %s AND o.channel = %s AND o.number = w.number
  JOIN catalogue_sku s ON s.tenant_id = %s AND s.code = w.sku
  JOIN orders_orderline l ON l.order_id = o.id AND l.sku_id = s.id
       AND (w.line_no IS NULL OR l.line_no = w.line_no) AND l.refunded_quantity < l.quantity
 ORDER BY w.n, l.id
"""


def match(refunds: Sequence[FileLine], mapping: Mapping) -> list[list[Part]]:
    """For each refund the sold lines it takes back from; empty where they were not found.

    One statement. A line of exactly the same quantity is preferred, else the newest lines before
    it are used up, newest first; a refund that finds too few units is not matched at all. Several
    refunds in one call never take the same unit twice.
    """
    candidates = _candidates(refunds, mapping)
    known: dict[int, _Sold] = {}
    matched = []
    for number, refund in enumerate(refunds):
        sold = [known.setdefault(line.line_id, line) for line in candidates.get(number, ())]
        matched.append(_parts(refund, [line for line in sold if line.quantity > 0]))
    return matched


def _candidates(refunds: Sequence[FileLine], mapping: Mapping) -> dict[int, list[_Sold]]:
    tenant_id = current_tenant_id()
    places = list(range(len(refunds)))
    skus = [refund.sku for refund in refunds]
    if mapping.refunds == "references":
        numbers = [refund.refund_of for refund in refunds]
        line_nos = [refund.refund_line for refund in refunds]
        params = (places, numbers, skus, line_nos, tenant_id, mapping.channel, tenant_id)
        rows = sql.fetch(_BY_NUMBER, params)
    else:
        rows = sql.fetch(
            _BY_BUYER,
            (
                places,
                [refund.buyer for refund in refunds],
                skus,
                [refund.unit_price for refund in refunds],
                [refund.placed_at for refund in refunds],
                tenant_id,
                mapping.buyer_scheme,
                tenant_id,
                mapping.channel,
                tenant_id,
            ),
        )
    found: dict[int, list[_Sold]] = defaultdict(list)
    for number, *line in rows:
        found[number].append(_Sold(*line))
    return found


def _parts(refund: FileLine, sold: Sequence[_Sold]) -> list[Part]:
    wanted = -refund.quantity
    for line in sold:
        if line.quantity == wanted:
            return [line.take(wanted, refund.unit_price)]
    if sum(line.quantity for line in sold) < wanted:
        return []
    parts = []
    for line in sold:
        units = min(wanted, line.quantity)
        parts.append(line.take(units, refund.unit_price))
        wanted -= units
        if wanted == 0:
            break
    return parts
