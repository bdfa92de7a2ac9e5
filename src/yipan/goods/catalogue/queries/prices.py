"""Prices in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yipan.goods.catalogue.rules import PriceSpan, SkuPrices, resolve_prices
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """Which SKU's prices, for which organisation, at which moment."""

    sku_id: int
    lineage: tuple[int, ...]
    """Ids of the organisation and its ancestors, nearest first."""
    at: datetime


# Of the spans that hold, the one that started last per kind and organisation; `resolve_prices`
# then takes the nearest organisation.
_IN_FORCE = """
SELECT q.n, p.kind, p.amount, p.valid_from, p.valid_until, p.organisation_id
  FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::timestamptz[])
       AS q(n, sku_id, lineage, at)
 CROSS JOIN LATERAL (
    SELECT DISTINCT ON (kind, organisation_id)
           kind, amount, valid_from, valid_until, organisation_id
      FROM catalogue_price
     WHERE tenant_id = %s AND sku_id = q.sku_id AND valid_from <= q.at
       AND (valid_until IS NULL OR valid_until > q.at)
       AND (organisation_id IS NULL OR organisation_id = ANY(q.lineage::bigint[]))
     ORDER BY kind, organisation_id, valid_from DESC
 ) p
"""


def prices_for(questions: Sequence[PriceQuestion]) -> list[SkuPrices]:
    """The prices of each question, in order, in one statement (index: price_once).

    A SKU without a price of a kind has None there.
    """
    if not questions:
        return []
    params = (
        list(range(len(questions))),
        [question.sku_id for question in questions],
        [sql.array_text(question.lineage) for question in questions],
        [question.at for question in questions],
        current_tenant_id(),
    )
    spans: list[list[PriceSpan]] = [[] for _ in questions]
    for number, *span in sql.fetch(_IN_FORCE, params):
        spans[number].append(PriceSpan(*span))
    return [
        resolve_prices(found, lineage=question.lineage, at=question.at)
        for question, found in zip(questions, spans, strict=True)
    ]


def prices_at(sku_ids: Sequence[int], lineage: Sequence[int], at: datetime) -> dict[int, SkuPrices]:
    """The prices of SKUs for one organisation at one moment, in one statement.

    `lineage` is the organisation and its ancestors, nearest first; empty for group-wide prices.
    """
    wanted = list(dict.fromkeys(sku_ids))
    questions = [PriceQuestion(sku_id, tuple(lineage), at) for sku_id in wanted]
    return dict(zip(wanted, prices_for(questions), strict=True))
