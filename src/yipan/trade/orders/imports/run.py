"""Importing a file: oldest first, sales and refunds in the order in which they happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

from yipan.goods.catalogue.queries import skus_by_code
from yipan.kernel import config_cache, sql
from yipan.kernel.actor import Actor
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.actions import MOST_ORDERS, capture_orders, refund_lines
from yipan.trade.orders.errors import OrderExists
from yipan.trade.orders.imports.lines import FileLine, RowRefused, line_of
from yipan.trade.orders.imports.mapping import Mapping
from yipan.trade.orders.imports.matching import match
from yipan.trade.orders.imports.outcome import Outcome
from yipan.trade.orders.imports.reading import read
from yipan.trade.orders.requests import LineRequest, OrderRequest, RefundOrder

MOST_LINES: Final = 5_000
"""In one batch."""
Progress = Callable[[int], None]


@dataclass(slots=True)
class _Sale:
    """The lines of one order number that sell."""

    number: str
    lines: list[FileLine] = field(default_factory=list)


@dataclass(slots=True)
class _Return:
    """A row that takes back; `key` is its refund number."""

    key: str
    line: FileLine


def import_orders(
    *,
    path: Path,
    mapping: Mapping,
    by: Actor,
    within: str = "/",
    progress: Progress = lambda rows: None,  # noqa: ARG005 - nobody listens
) -> Outcome:
    """Import the orders and refunds of a file, and account for every row of it.

    Importing the same file again changes nothing: its rows are then `unchanged`. `progress` is
    told of the rows done. Raises MappingRefused before anything is written.
    """
    outcome = Outcome()
    sales: list[_Sale] = []
    returns: list[_Return] = []

    def flush_sales() -> None:
        _capture(sales, mapping, by, within, outcome)
        progress(sum(len(sale.lines) for sale in sales))
        sales.clear()

    def flush_returns() -> None:
        _refund(returns, mapping, by, within, outcome)
        progress(len(returns))
        returns.clear()

    for unit in _units(path, mapping, outcome, progress):
        if isinstance(unit, _Sale):
            flush_returns()
            sales.append(unit)
            lines = sum(len(sale.lines) for sale in sales)
            if len(sales) >= MOST_ORDERS or lines >= MOST_LINES:
                flush_sales()
        else:
            flush_sales()
            returns.append(unit)
            if len(returns) >= MOST_ORDERS:
                flush_returns()
    flush_sales()
    flush_returns()
    return outcome


def _units(
    path: Path, mapping: Mapping, outcome: Outcome, progress: Progress
) -> Iterator[_Sale | _Return]:
    for number, records in groupby(read(path, mapping), key=lambda record: record["number"]):
        sale = _Sale(str(number or ""))
        returns, faulty = [], 0
        for position, record in enumerate(records, start=1):
            outcome.rows += 1
            try:
                line = line_of(record, mapping)
            except RowRefused as error:
                outcome.reject(int(record["row"]), sale.number, error.field, error.reason)
                faulty += 1
                continue
            if mapping.refunds == "references" and line.refund_of and line.quantity > 0:
                outcome.reject(line.row, line.number, "quantity", "a refund needs a negative one")
                faulty += 1
            elif line.quantity > 0:
                sale.lines.append(line)
            else:
                returns.append(_Return(f"{line.number}:{position}", line))
        progress(faulty)
        if faulty and mapping.bad_lines == "refuse_order":
            _reject(sale.lines, "lines", "another line of the order is faulty", outcome)
            sale.lines = []
        if sale.lines:
            yield sale
        yield from returns


def _reject(lines: Iterable[FileLine], field_: str, reason: str, outcome: Outcome) -> None:
    for line in lines:
        outcome.reject(line.row, line.number, field_, reason)


def _capture(
    sales: Sequence[_Sale], mapping: Mapping, by: Actor, within: str, outcome: Outcome
) -> None:
    if not sales:
        return
    config_cache.refresh()
    codes = {line.sku for sale in sales for line in sale.lines}
    known = skus_by_code(sorted(codes))
    wanted = []
    for sale in sales:
        good = [line for line in sale.lines if line.sku in known]
        bad = [line for line in sale.lines if line.sku not in known]
        _reject(bad, "sku", "there is no such SKU", outcome)
        if bad and mapping.bad_lines == "refuse_order":
            _reject(good, "lines", "another line of the order is faulty", outcome)
        elif good:
            wanted.append(_Sale(sale.number, good))
    requests = [_request(sale.lines, mapping) for sale in wanted]
    for sale, answer in zip(
        wanted, capture_orders(requests=requests, by=by, within=within), strict=True
    ):
        if answer.error is None:
            outcome.imported += len(sale.lines)
        elif isinstance(answer.error, OrderExists):
            outcome.unchanged += len(sale.lines)
        else:
            named = str(answer.error.data.get("field", "order"))
            _reject(sale.lines, named, str(answer.error), outcome)


def _request(lines: Sequence[FileLine], mapping: Mapping) -> OrderRequest:
    first = lines[0]
    return OrderRequest(
        channel=mapping.channel,
        number=first.number,
        organisation=first.organisation,
        lines=tuple(
            LineRequest(line.sku, line.quantity, line.unit_price, line.price_kind) for line in lines
        ),
        placed_at=first.placed_at,
        paid_at=first.paid_at,
        completed_at=first.paid_at if mapping.completed == "at_payment" else None,
        buyer_scheme=mapping.buyer_scheme if first.buyer else "",
        buyer=first.buyer,
        distributor_code=first.distributor_code,
        campaign=first.campaign,
        payment_provider="import",
        payment_reference=first.payment_reference,
    )


_KNOWN = """
SELECT DISTINCT r.number FROM orders_refund r
 WHERE r.tenant_id = %s AND r.number = ANY(%s::text[])
"""


def _refund(
    returns: Sequence[_Return], mapping: Mapping, by: Actor, within: str, outcome: Outcome
) -> None:
    if not returns:
        return
    keys = [unit.key for unit in returns]
    known = {key for (key,) in sql.fetch(_KNOWN, (current_tenant_id(), keys))}
    outcome.unchanged += sum(unit.key in known for unit in returns)
    fresh = []
    for unit in returns:
        if unit.key in known:
            continue
        if unit.line.unit_price == 0:
            _reject([unit.line], "unit_price", "nothing to give back", outcome)
        elif mapping.refunds == "none":
            _reject([unit.line], "quantity", "is negative", outcome)
        elif mapping.refunds == "negative_lines" and not unit.line.buyer:
            _reject([unit.line], "buyer", "is empty: no sale can be found", outcome)
        else:
            fresh.append(unit)
    if fresh:
        _refund_fresh(fresh, mapping, by, within, outcome)


def _refund_fresh(
    fresh: Sequence[_Return], mapping: Mapping, by: Actor, within: str, outcome: Outcome
) -> None:
    orders: list[RefundOrder] = []
    owners: list[_Return] = []
    for unit, parts in zip(fresh, match([unit.line for unit in fresh], mapping), strict=True):
        if not parts:
            reason = "no sale was found that it takes back"
            _reject([unit.line], "number", reason, outcome)
            continue
        owners.extend([unit] * len(parts))
        orders.extend(
            RefundOrder(part.line_id, unit.key, part.quantity, part.amount, unit.line.placed_at)
            for part in parts
        )
    if not orders:
        return
    failed: dict[str, str] = {}
    for unit, answer in zip(
        owners, refund_lines(refunds=orders, by=by, within=within), strict=True
    ):
        if answer.error is not None:
            failed[unit.key] = str(answer.error)
    for key, unit in {unit.key: unit for unit in owners}.items():
        if key in failed:
            _reject([unit.line], "number", failed[key], outcome)
        else:
            outcome.refunded += 1
