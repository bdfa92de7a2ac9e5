"""The pool as rows of an offer file: what is exported can be loaded again and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from yipan.distribution.pool.offering import Pair
from yipan.distribution.pool.sheets.workbooks import written_end, written_start
from yipan.group.organisations.queries import tree
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

PART: Final = 2_000
_ROWS: Final = """
SELECT s.code, o.organisation_id, r.code,
       CASE WHEN r.organisation_id = %s THEN r.bare_terms ELSE '' END,
       o.valid_from, o.valid_until, o.is_on
  FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS w(sku_id, organisation_id, number)
  JOIN pool_offer o ON o.tenant_id = %s AND o.sku_id = w.sku_id
                   AND o.organisation_id = w.organisation_id
  JOIN catalogue_sku s ON s.id = o.sku_id
  JOIN pool_commissionrule r ON r.id = o.rule_id
 ORDER BY w.number
"""


def sheet_rows(
    pairs: Sequence[Pair], zone: ZoneInfo, *, home_id: int, on: str, off: str
) -> Iterator[list[list[str]]]:
    """Rows in the order of the columns of an offer file, some thousands at a time.

    Dates in the given zone; `on` and `off` are the words of the state. Rules for bare amounts are
    written as the amount only where `home_id`, which is to load the file again, keeps them. One
    statement a part.
    """
    nodes = tree()
    for start in range(0, len(pairs), PART):
        skus, organisations = zip(*pairs[start : start + PART], strict=True)
        found = sql.fetch(_ROWS, (home_id, list(skus), list(organisations), current_tenant_id()))
        yield [
            [
                sku,
                nodes.node(organisation_id).code,
                *_terms(rule, bare),
                written_start(valid_from, zone),
                written_end(valid_until, zone),
                on if is_on else off,
            ]
            for sku, organisation_id, rule, bare, valid_from, valid_until, is_on in found
        ]


def _terms(rule: str, bare: str) -> list[str]:
    """Rule, amount in yuan, rate in per cent: one of the three."""
    kind, _dash, figure = bare.partition("-")
    if kind == "fixed":
        return ["", f"{Decimal(figure) * Decimal('0.01'):.2f}", ""]
    if kind == "rate":
        percent = (Decimal(figure) * 100).normalize()
        return ["", "", f"{percent:f}"]
    return [rule, "", ""]
