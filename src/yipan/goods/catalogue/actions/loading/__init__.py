"""Loading SKUs by the thousand, with their categories, products, prices and pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from yipan.goods.catalogue.actions.indexing import enter_words, reindex, words_of_sku
from yipan.goods.catalogue.actions.loading.places import ProductPlace, places_of
from yipan.goods.catalogue.actions.loading.rows import (
    CategoryStep,
    LoadReport,
    SkuRow,
    checked_row,
)
from yipan.goods.catalogue.actions.prices import PRICE_COLUMNS, PriceRow, set_prices
from yipan.goods.catalogue.actions.writing import one_after_another
from yipan.goods.catalogue.errors import CodeRepeated, RowFault, SkuOfOtherProduct
from yipan.goods.catalogue.events import OversellChanged
from yipan.goods.catalogue.models import Price, Sku
from yipan.goods.catalogue.queries import prices_at
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError
from yipan.kernel.events import announce
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

__all__ = ["CategoryStep", "LoadReport", "SkuRow", "load_skus"]

_AT_ONCE: Final = 5_000
_SKU_COLUMNS: Final = (
    "id", "tenant_id", "product_id", "code", "name", "specification", "oversell", "is_active",
    "on_sale", "category_path", "words", "list_price", "units_sold", "created_at",
)  # fmt: skip
_DESCRIBE: Final = """
UPDATE catalogue_sku s
   SET name = fresh.name, specification = fresh.specification::jsonb, oversell = fresh.oversell
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[])
       AS fresh(id, name, specification, oversell)
 WHERE s.tenant_id = %s AND s.id = fresh.id
"""


def load_skus(rows: Sequence[SkuRow], *, by: Actor, at: datetime | None = None) -> LoadReport:
    """Create or change many SKUs by code; each row is taken or has its fault.

    New SKUs come with what is missing of their category and product, and with prices from `at`
    (default: now) on. Of a SKU that is there already, name, specification, oversell and the given
    prices follow the row where they differ; its product stays as it is, see `change_product`. The
    same rows again change nothing. One transaction, some fifteen statements per 5,000 rows.
    """
    moment = at or clock.now()
    report = LoadReport()
    with unit_of_work():
        one_after_another()
        good = _checked(rows, report)
        numbers = list(good)
        for start in range(0, len(numbers), _AT_ONCE):
            some = {number: good[number] for number in numbers[start : start + _AT_ONCE]}
            _load(some, report=report, by=by, at=moment)
        report.faults.sort(key=lambda fault: fault.row)
        if report.created or report.changed:
            audit.record(
                action="catalogue.load_skus",
                subject_type="sku",
                subject_id=next(iter(report.ids.values())),
                by=by,
                after={"created": report.created, "changed": report.changed},
            )
    return report


def _checked(rows: Sequence[SkuRow], report: LoadReport) -> dict[int, SkuRow]:
    good: dict[int, SkuRow] = {}
    seen: dict[str, int] = {}
    for number, given in enumerate(rows):
        try:
            row = checked_row(given)
            if row.code in seen:
                raise CodeRepeated(value=row.code, first=seen[row.code])
        except DomainError as error:
            report.faults.append(RowFault(number, error))
        else:
            good[number] = row
            seen[row.code] = number
    return good


def _load(rows: Mapping[int, SkuRow], *, report: LoadReport, by: Actor, at: datetime) -> None:
    codes = [row.code for row in rows.values()]
    known = {sku.code: sku for sku in Sku.objects.filter(code__in=codes).select_related("product")}
    fresh = {number: row for number, row in rows.items() if row.code not in known}
    places = places_of(fresh, report=report, at=at)
    _create([row for row in fresh.values() if row.product_code in places], places, report, at)
    _change(
        {number: (row, known[row.code]) for number, row in rows.items() if row.code in known},
        report, by, at,
    )  # fmt: skip


def _create(
    rows: Sequence[SkuRow], places: Mapping[str, ProductPlace], report: LoadReport, at: datetime
) -> None:
    tenant_id = current_tenant_id()
    ids = dict(zip((row.code for row in rows), next_ids(len(rows)), strict=True))
    words: dict[int, str] = {}
    values = []
    prices: list[tuple[object, ...]] = []
    for row in rows:
        place = places[row.product_code]
        sku_id = ids[row.code]
        words[sku_id] = words_of_sku(
            code=row.code,
            name=row.name,
            specification=row.specification,
            product_code=place.code,
            product_name=place.name,
            tags=place.tags,
        )
        values.append((
            sku_id, tenant_id, place.id, row.code, row.name,
            json.dumps(dict(row.specification), ensure_ascii=False), row.oversell, True,
            place.is_active, place.category_path, words[sku_id],
            (row.list_price or 0) if at <= clock.now() else 0, 0, at,
        ))  # fmt: skip
        prices += [(sku_id, kind, amount) for kind, amount in row.prices().items()]
    sql.insert(Sku, _SKU_COLUMNS, values)
    enter_words(words)
    price_ids = next_ids(len(prices))
    sql.insert(
        Price,
        PRICE_COLUMNS,
        [
            (price_id, tenant_id, sku_id, None, kind, amount, at, None)
            for price_id, (sku_id, kind, amount) in zip(price_ids, prices, strict=True)
        ],
    )
    report.ids.update(ids)
    report.created += len(rows)


def _change(
    rows: Mapping[int, tuple[SkuRow, Sku]], report: LoadReport, by: Actor, at: datetime
) -> None:
    good: dict[int, tuple[SkuRow, Sku]] = {}
    for number, (row, sku) in rows.items():
        if row.product_code in {sku.product.code, row.code}:
            good[number] = (row, sku)
        else:
            other = SkuOfOtherProduct(sku=sku.code, product=sku.product.code)
            report.faults.append(RowFault(number, other))
    repriced, refused = _reprice(good, report, by, at)
    described = _describe([pair for number, pair in good.items() if number not in refused])
    for number, (row, sku) in good.items():
        if number in refused:
            continue
        report.ids[row.code] = sku.id
        if sku.id in described or sku.id in repriced:
            report.changed += 1
        else:
            report.unchanged += 1


def _describe(pairs: Sequence[tuple[SkuRow, Sku]]) -> set[int]:
    """Write name, specification and oversell where they differ; the SKUs concerned."""
    changed: list[Sku] = []
    switched: list[OversellChanged] = []
    for row, sku in pairs:
        wanted = (row.name, dict(row.specification), row.oversell)
        if (sku.name, sku.specification, sku.oversell) == wanted:
            continue
        if sku.oversell != row.oversell:
            switched.append(OversellChanged(sku_id=sku.id, oversell=row.oversell))
        sku.name, sku.specification, sku.oversell = wanted
        changed.append(sku)
    if changed:
        params = (
            [sku.id for sku in changed],
            [sku.name for sku in changed],
            [json.dumps(sku.specification, ensure_ascii=False) for sku in changed],
            [sku.oversell for sku in changed],
            current_tenant_id(),
        )
        sql.execute(_DESCRIBE, params)
        reindex(changed)
        announce(*switched)
    return {sku.id for sku in changed}


def _reprice(
    rows: Mapping[int, tuple[SkuRow, Sku]], report: LoadReport, by: Actor, at: datetime
) -> tuple[set[int], set[int]]:
    """Set the given prices that differ from those in force; the SKUs, and the refused rows."""
    given = {number: (row, sku) for number, (row, sku) in rows.items() if row.prices()}
    if not given:
        return set(), set()
    in_force = prices_at([sku.id for _row, sku in given.values()], (), at)
    numbers: list[int] = []
    wanted: list[PriceRow] = []
    for number, (row, sku) in given.items():
        for kind, amount in row.prices().items():
            if in_force[sku.id].of_kind(kind) != amount:
                numbers.append(number)
                wanted.append(PriceRow(sku.id, kind, amount, valid_from=at))
    if not wanted:
        return set(), set()
    _ids, faults = set_prices(wanted, by=by)
    report.faults += [RowFault(numbers[fault.row], fault.error) for fault in faults]
    return {row.sku_id for row in wanted}, {numbers[fault.row] for fault in faults}
