"""A real retailer's year through `yipan import`: every line accounted for, every fen checked.

    python -m bench online_retail [--rows N] [--file PATH]

Reads the UCI Online Retail data set (541,909 lines with cancellations, missing customers, zero and
negative prices) from where it lies; it is not part of the project. Countries are stores, each
with one guide whose code is on every order; SKUs earn by three rules (fixed; by line amount,
marginal; by the month's amount, whole). Afterwards everything is computed again by
`bench.online_retail_check`, which shares no code with the import or the engine, and the file is
imported a second time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

from bench import database
from bench.online_retail_check import compare
from yipan.distribution.distributors.models import Distributor, DistributorKind
from yipan.distribution.pool.actions import OfferWish, create_rule, put_offers
from yipan.goods.catalogue.actions import CategoryStep, SkuRow, load_skus
from yipan.goods.catalogue.queries import skus_by_code
from yipan.group.organisations.actions import create_organisation, create_tenant
from yipan.group.organisations.models import Level, Organisation
from yipan.kernel import clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import upkeep, verification
from yipan.trade.orders.imports import Mapping, Outcome, import_orders

DATA: Final = (
    Path(__file__)
    .resolve()
    .parents[2]
    .joinpath("shared", "data", "online_retail", "online_retail.parquet")
)
OPENED: Final = datetime(2010, 11, 1, tzinfo=UTC)
ZONE: Final = "Europe/London"
TIERS: Final = [
    {"from": 0, "rate": "0.05"},
    {"from": 10_000, "rate": "0.08"},
    {"from": 50_000, "rate": "0.1"},
]
RULES: Final[dict[str, dict[str, Any]]] = {
    "FIXED": {"mode": "fixed", "amount_per_unit": 25},
    "LINE": {
        "mode": "tiered_rate",
        "measure": "line_amount",
        "method": "marginal",
        "tiers": TIERS,
    },
    "MONTH": {
        "mode": "tiered_rate",
        "measure": "period_amount",
        "method": "whole",
        "tiers": [{"from": 0, "rate": "0.03"}, {"from": 1_000_000, "rate": "0.045"}],
    },
}


def code_of(name: str) -> str:
    """Our code, which has no blanks: `United Kingdom` → `United-Kingdom`."""
    return name.replace(" ", "-")


def mapping(path: Path) -> Mapping:
    """How the file is read."""
    codes = {country: code_of(country) for country in distinct(path, "Country")}
    skus = {sku: code_of(sku) for sku in distinct(path, "StockCode") if " " in sku}
    return Mapping.from_data(
        {
            "channel": "online-retail",
            "timezone": ZONE,
            "completed": "at_payment",
            "buyer_scheme": "online-retail",
            "columns": {
                "number": "InvoiceNo",
                "placed_at": "InvoiceDate",
                "sku": {"column": "StockCode", "values": skus},
                "quantity": "Quantity",
                "unit_price": "UnitPrice",
                "organisation": {"column": "Country", "values": codes},
                "buyer": "CustomerID",
                "distributor_code": {"column": "Country", "values": codes, "prefix": "G-"},
            },
        }
    )


def distinct(path: Path, column: str) -> list[str]:
    """The values of a column, in order."""
    found = duckdb.execute(f"SELECT DISTINCT {column} FROM read_parquet('{path}') ORDER BY 1")
    return [value for (value,) in found.fetchall()]


def rule_of(sku: str) -> str:
    """Which of the three rules a SKU earns by."""
    return list(RULES)[zlib.crc32(code_of(sku).encode()) % len(RULES)]


def found_group(path: Path) -> Tenant:
    """The group, its stores, guides, goods and offers, as the file needs them."""
    source = f"read_parquet('{path}')"
    goods = duckdb.execute(
        f"SELECT StockCode, coalesce(max(Description), StockCode) FROM {source} GROUP BY 1"
    ).fetchall()
    with clock.at(OPENED):
        tenant = create_tenant(code="retail", name="Online Retail", timezone=ZONE)
        with tenant_context(tenant.id):
            headquarters = Organisation.objects.get(parent=None)
            _stores(headquarters, distinct(path, "Country"))
            steps = (CategoryStep("ALL", "All goods"),)
            rows = [
                SkuRow(
                    code=code_of(code), categories=steps, name=name.strip() or code, oversell=True
                )
                for code, name in sorted(goods)
            ]
            report = load_skus(rows, by=SYSTEM)
            if report.faults:
                raise SystemExit(f"SKUs not loaded: {report.faults[:3]}")
            _offers(headquarters, [row.code for row in rows])
    return tenant


def _stores(headquarters: Organisation, countries: list[str]) -> None:
    company = create_organisation(
        parent=headquarters, level=Level.COMPANY, code="CO", name="Company", by=SYSTEM
    )
    for country in countries:
        store = create_organisation(
            parent=company, level=Level.STORE, code=code_of(country), name=country, by=SYSTEM
        )
        Distributor.objects.create(
            organisation=store,
            code=f"G-{code_of(country)}".upper(),
            name=f"Guide of {country}",
            kind=DistributorKind.GUIDE,
            joined_at=OPENED - timedelta(days=30),
        )


def _offers(headquarters: Organisation, codes: list[str]) -> None:
    ids = {code: figures.id for code, figures in skus_by_code(codes).items()}
    rules = {
        code: create_rule(
            organisation_id=headquarters.id, code=code, name=code, terms=terms, by=SYSTEM
        ).id
        for code, terms in RULES.items()
    }
    wishes = [
        OfferWish(
            sku_id=ids[code],
            organisation_id=headquarters.id,
            rule_id=rules[rule_of(code)],
            valid_from=OPENED,
        )
        for code in codes
    ]
    put_offers(wishes=wishes, by=SYSTEM)


def run(path: Path, tenant: Tenant) -> tuple[Outcome, float]:
    """Import the file; what became of its rows, and the seconds it took."""
    done, start = 0, time.perf_counter()

    def progress(rows: int) -> None:
        nonlocal done
        done += rows
        if sys.stderr.isatty():
            rate = done / (time.perf_counter() - start)
            print(f"\r{done:>9,} rows, {rate:,.0f}/s ", end="", file=sys.stderr, flush=True)

    with tenant_context(tenant.id):
        outcome = import_orders(path=path, mapping=mapping(path), by=SYSTEM, progress=progress)
    return outcome, time.perf_counter() - start


def told(outcome: Outcome, seconds: float) -> str:
    """The counts in a line."""
    return (
        f"{outcome.rows:,} rows = {outcome.imported:,} imported + {outcome.refunded:,} refunded"
        f" + {outcome.unchanged:,} unchanged + {outcome.rejected:,} rejected"
        f" ({'adds up' if outcome.adds_up else 'DOES NOT ADD UP'}) in {seconds:,.0f} s,"
        f" {outcome.rows / seconds:,.0f} rows/s"
    )


def reasons(outcome: Outcome) -> str:
    """How often each reason stands among the rejected rows."""
    counts: dict[str, int] = {}
    for fault in outcome.faults:
        reason = " ".join(
            word for word in fault.reason.split() if not word[:1].strip("-'").isdigit()
        )
        counts[f"{fault.field} {reason}"] = counts.get(f"{fault.field} {reason}", 0) + 1
    most = sorted(counts.items(), key=lambda item: -item[1])[:8]
    return "\n".join(f"  {count:>7,} {reason}" for reason, count in most)


def fingerprint(tenant: Tenant) -> tuple[int, ...]:
    """Counts and sums that a second import must not change."""
    statement = """
SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM orders_orderline),
       (SELECT count(*) FROM orders_refund), (SELECT count(*) FROM commissions_entry),
       (SELECT coalesce(sum(amount), 0)::bigint FROM commissions_entry),
       (SELECT count(*) FROM ledger_posting), (SELECT count(*) FROM facts_fact),
       (SELECT coalesce(sum(units), 0)::bigint FROM commissions_periodprogress)
"""
    with tenant_context(tenant.id):
        return tuple(sql.fetch(statement)[0])


def part_of(path: Path, rows: int, folder: str) -> Path:
    """The first rows of the file as a file of its own."""
    part = Path(folder).joinpath("part.parquet")
    duckdb.sql(
        f"COPY (SELECT * FROM read_parquet('{path}') LIMIT {rows}) TO '{part}' (FORMAT parquet)"
    )
    return part


def main() -> int:
    """1 where anything does not agree."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--file", type=Path, default=DATA)
    options.add_argument("--rows", type=int, default=0, help="only the first rows; 0: all")
    given = options.parse_args()
    if not given.file.exists():
        print(f"left out: there is no {given.file.name} beside the project")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = part_of(given.file, given.rows, folder) if given.rows else given.file
        database.fresh()
        tenant = found_group(path)
        outcome, seconds = run(path, tenant)
        print(told(outcome, seconds), reasons(outcome), sep="\n")
        before = fingerprint(tenant)
        with tenant_context(tenant.id):
            upkeep.fold_balances()
            upkeep.seal_journals()
            problems = list(verification.problems())
            differences = compare(path, RULES, rule_of, ZONE)
        print(f"ledger: {'whole, sums to zero' if not problems else problems[:3]}")
        print(f"entries against the recomputation: {differences.told()}")
        again, seconds = run(path, tenant)
        print(told(again, seconds))
    unchanged = fingerprint(tenant) == before
    print(f"second import: {'changed nothing' if unchanged else 'CHANGED SOMETHING'}")
    good = outcome.adds_up and again.adds_up and unchanged and not problems
    return int(not (good and not differences.wrong and again.rejected == outcome.rejected))


if __name__ == "__main__":
    sys.exit(main())
