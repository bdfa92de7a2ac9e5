"""The pool at full size: files of 200,000 offers with faults in between, 50,000 changed at once.

    python -m bench.pool_import [--rows 200000] [--changes 50000]

A file is looked at and then loaded as csv, and the same offers with another rule as xlsx; what is
found faulty must be what was made faulty. Then one change is planned and done in parts. All in one
process, as a worker does it; its largest memory may not pass 1 GB.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO, StringIO

from openpyxl import Workbook

from bench import database
from yipan.distribution.pool.actions import Choice, create_rule, load_offers, preview_offers
from yipan.distribution.pool.actions.bulk import PART, Act, BulkOrder, do_bulk_part, plan_bulk
from yipan.distribution.pool.actions.offers import OfferChange
from yipan.distribution.pool.models import CommissionRule, Offer
from yipan.distribution.pool.sheets.columns import NAMES
from yipan.goods.catalogue.actions import CategoryStep, SkuRow, load_skus
from yipan.group.organisations.actions import create_organisation, create_tenant
from yipan.group.organisations.models import Organisation
from yipan.group.organisations.queries import tree
from yipan.kernel.actor import SYSTEM

HEAD = [names[0] for names in NAMES.values()]
END = "2099-12-31"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PLACES = 10
MOST_MEGABYTES = 1_000
EVERYWHERE = ("/",)


def rows_of(count: int, rule: str) -> Iterator[tuple[str, ...]]:
    """Rows of a file; every 40th names a SKU that is not there, every 47th no date."""
    for number in range(count):
        sku, place = f"S{number // PLACES:06d}", f"P{number % PLACES}"
        start = "下周一" if number % 47 == 0 else "2026-11-23"
        given = (rule, "", "") if number % 5 else ("", f"{1 + number % 50}.00", "")
        yield (
            f"X{number}" if number % 40 == 0 else sku,
            place,
            *given,
            start,
            END,
            "上架",
        )


def faulty(count: int) -> int:
    return sum(1 for number in range(count) if number % 40 == 0 or number % 47 == 0)


def as_csv(count: int, rule: str) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows(rows_of(count, rule))
    return text.getvalue().encode()


def as_xlsx(count: int, rule: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEAD)
    for row in rows_of(count, rule):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@contextmanager
def timed(what: str) -> Iterator[None]:
    clock, processor = time.perf_counter(), time.process_time()
    yield
    wall, own = time.perf_counter() - clock, time.process_time() - processor
    print(f"{what:<34} {wall:7.1f} s, {own:6.1f} s of it this process", flush=True)


def furnish(count: int) -> None:
    """The SKUs, places and rules that the files name."""
    step = (CategoryStep("ALL", "全部"),)
    skus = [
        SkuRow(f"S{number:06d}", step, name=f"商品{number}", list_price=10_000)
        for number in range(-(-count // PLACES))
    ]
    for first in range(0, len(skus), 5_000):
        load_skus(skus[first : first + 5_000], by=SYSTEM)
    root = Organisation.objects.get(parent=None)
    for number in range(PLACES):
        create_organisation(
            parent=root,
            level="industry_group",
            code=f"P{number}",
            name=f"产业集团{number}",
            by=SYSTEM,
        )
    for code, rate in (("FIVE", "0.05"), ("SIX", "0.06"), ("SEVEN", "0.07")):
        terms = {
            "mode": "tiered_rate", "measure": "line_amount", "method": "whole",
            "tiers": [{"from": 0, "rate": rate}],
        }  # fmt: skip
        create_rule(
            organisation_id=root.id,
            code=code,
            name=code,
            terms=terms,
            by=SYSTEM,
            valid_from=LONG_AGO,
        )


def take_in(name: str, content: bytes, count: int) -> None:
    root = tree().root.id
    print(f"{name}: {count:,} rows, {len(content) / 2**20:.1f} MB")
    with timed("  looked at"):
        report = preview_offers(content=content, organisation_id=root)
    if report.faulty_rows != faulty(count):
        sys.exit(f"{report.faulty_rows:,} rows are faulty, {faulty(count):,} were made so")
    with timed("  loaded"):
        load_offers(
            content=content,
            file_name=name,
            choice=Choice.GOOD_ROWS,
            organisation_id=root,
            by=SYSTEM,
            expected=report.figures,
        )
    print(
        f"  {report.created:,} new, {report.changed:,} changed, {report.unchanged:,} as they were,"
        f" {report.faulty_rows:,} faulty"
    )


def change(count: int) -> None:
    rule = CommissionRule.objects.get(code="SEVEN")
    order = BulkOrder(Act.CHANGE, OfferChange(rule_id=rule.id))
    rows = list(Offer.objects.order_by("id").values_list("sku_id", "organisation_id")[:count])
    with timed(f"{len(rows):,} offers: planned"):
        plan_bulk(rows, order, EVERYWHERE)
    with timed("  done"):
        for first in range(0, len(rows), PART):
            part = rows[first : first + PART]
            do_bulk_part(part, order, by=SYSTEM, reason="bench", within=EVERYWHERE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--changes", type=int, default=50_000)
    given = parser.parse_args()
    database.fresh()
    group = create_tenant(code="bench", name="基准集团")
    with database.tenant(group.id):
        with timed("goods, organisations, rules"):
            furnish(given.rows)
        take_in("offers.csv", as_csv(given.rows, "FIVE"), given.rows)
        take_in("offers.xlsx", as_xlsx(given.rows, "SIX"), given.rows)
        change(given.changes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"largest memory of the process: {peak} MB")
    if peak > MOST_MEGABYTES:
        sys.exit(f"more than {MOST_MEGABYTES} MB")


if __name__ == "__main__":
    main()
