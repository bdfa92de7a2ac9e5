"""The Online Retail import computed again, from the file and the pages alone.

Written from docs/algorithms/commission.md and docs/guides/import.md, with fractions and plain
lists; it shares no code with the import, the engine or the ledger. Compared are every accrual and
the sum of the reversals of every line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from yipan.kernel import sql

Key = tuple[str, int]
"""Order number and line number."""
_ENTRIES = """
SELECT o.number, l.line_no,
       sum(e.amount) FILTER (WHERE e.sequence = 0)::bigint,
       coalesce(sum(e.amount) FILTER (WHERE e.sequence > 0), 0)::bigint
  FROM commissions_entry e
  JOIN orders_orderline l ON l.id = e.line_id JOIN orders_order o ON o.id = l.order_id
 GROUP BY 1, 2
"""


@dataclass(slots=True)
class Sold:
    """A line that was sold, as the file says."""

    key: Key
    sku: str
    units: int
    price: int
    at: datetime
    guide: str
    commission: int = 0
    counted: bool = False
    back_units: int = 0
    back_amount: int = 0
    """Fen given back so far."""

    @property
    def paid(self) -> int:
        return self.units * self.price

    @property
    def taken_back(self) -> int:
        if not self.back_amount:
            return 0
        return half(Fraction(self.commission * self.back_amount, self.paid))


@dataclass(slots=True)
class Comparison:
    """Where the entries and the recomputation differ."""

    lines: int = 0
    accrued: int = 0
    reversed: int = 0
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """In a sentence."""
        said = f"{self.lines:,} lines, {self.accrued:,} fen accrued, {self.reversed:,} reversed"
        return f"{said}; {len(self.wrong):,} differ{': ' if self.wrong else ''}{self.wrong[:3]}"


def half(value: Fraction) -> int:
    """Rounded half up."""
    return floor(value + Fraction(1, 2))


def fen(price: float) -> int:
    """The file's decimal price in fen."""
    return half(Fraction(str(price)) * 100)


def earned(rule: Mapping[str, Any], units: int, paid: int, month: int) -> int:
    """What a line earns: fixed, by line amount in slices, or by the month's amount whole."""
    if paid == 0:
        return 0
    if rule["mode"] == "fixed":
        return min(int(rule["amount_per_unit"]) * units, paid)
    tiers = [(tier["from"], Fraction(tier["rate"])) for tier in rule["tiers"]]
    if rule["measure"] == "period_amount":
        rate = [rate for start, rate in tiers if start <= month + paid][-1]
        return half(paid * rate)
    ends = [start for start, _ in tiers[1:]] + [paid]
    raw = Fraction(0)
    for (start, rate), end in zip(tiers, ends, strict=True):
        raw += max(0, min(end, paid) - start) * rate
    return half(raw)


def recompute(
    path: Path, rules: Mapping[str, Mapping[str, Any]], rule_of: Callable[[str], str], zone: str
) -> dict[Key, Sold]:
    """Every line that is sold, with what it earns and what is taken back."""
    rows = duckdb.execute(
        "SELECT row_number() OVER () AS n, InvoiceNo, StockCode, Quantity, InvoiceDate, UnitPrice,"
        f" CustomerID, Country FROM read_parquet('{path}')"
    ).fetchall()
    first: dict[str, datetime] = {}
    for row in rows:
        first[row[1]] = min(first.get(row[1], row[4]), row[4])
    rows.sort(key=lambda row: (first[row[1]], row[1], row[0]))
    sold: dict[Key, Sold] = {}
    shelf: dict[tuple[int, str, int], list[Sold]] = defaultdict(list)
    months: dict[tuple[str, str, int, int], int] = defaultdict(int)
    line_no: dict[str, int] = defaultdict(int)
    order_at: dict[str, datetime] = {}

    def month(line: Sold) -> tuple[str, str, int, int]:
        day = line.at.replace(tzinfo=ZoneInfo(zone))
        return (line.guide, rule_of(line.sku), day.year, day.month)

    for _, number, sku, units, at, price, customer, country in _sales_before_returns(rows):
        if price < 0:
            continue
        if units > 0:
            line_no[number] += 1
            moment = order_at.setdefault(number, at)
            line = Sold((number, line_no[number]), sku, units, fen(price), moment, country)
            rule = rules[rule_of(sku)]
            line.commission = earned(rule, units, line.paid, months[month(line)])
            line.counted = rule.get("measure") == "period_amount" and line.paid > 0
            if line.counted:
                months[month(line)] += line.paid
            sold[line.key] = line
            if customer is not None:
                shelf[customer, sku, line.price].insert(0, line)
        elif customer is not None and fen(price) > 0:
            _give_back(shelf[customer, sku, fen(price)], -units, at, months, month)
    return sold


def _sales_before_returns(rows: list[Any]) -> list[Any]:
    """Within one order number the sales come first, as they are captured."""
    by_number: dict[str, list[Any]] = {}
    for row in rows:
        by_number.setdefault(row[1], []).append(row)
    ordered = []
    for of_number in by_number.values():
        ordered += [row for row in of_number if row[3] > 0]
        ordered += [row for row in of_number if row[3] <= 0]
    return ordered


def _give_back(
    shelf: list[Sold],
    units: int,
    at: datetime,
    months: dict[tuple[str, str, int, int], int],
    month: Callable[[Sold], tuple[str, str, int, int]],
) -> None:
    """The newest line of exactly so many units left, else the newest lines together."""
    left = sorted(
        (line for line in shelf if line.at <= at and line.units > line.back_units),
        key=lambda line: line.at,
        reverse=True,
    )
    exact = [line for line in left if line.units - line.back_units == units][:1]
    if not exact and sum(line.units - line.back_units for line in left) < units:
        return
    for line in exact or left:
        taken = min(units, line.units - line.back_units)
        line.back_units += taken
        line.back_amount += taken * line.price
        if line.counted:
            months[month(line)] -= taken * line.price
        units -= taken
        if units == 0:
            return


def compare(
    path: Path, rules: Mapping[str, Mapping[str, Any]], rule_of: Callable[[str], str], zone: str
) -> Comparison:
    """The recomputation against the entries of the tenant in context."""
    wanted = recompute(path, rules, rule_of, zone)
    found = {(number, no): (accrued, back) for number, no, accrued, back in sql.fetch(_ENTRIES)}
    answer = Comparison(lines=len(found))
    for key in wanted.keys() | found.keys():
        line = wanted.get(key)
        expected = (line.commission, -line.taken_back) if line else None
        if expected != found.get(key):
            answer.wrong.append(f"{key}: expected {expected}, found {found.get(key)}")
    answer.accrued = sum(accrued for accrued, _ in found.values())
    answer.reversed = sum(back for _, back in found.values())
    return answer
