"""The estimate on every offer: the seller's fen for one unit at list price, kept for sorting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from yipan.distribution.pool.actions.turn import take_turn
from yipan.distribution.pool.queries.books import RuleBook, Version, rule_books
from yipan.distribution.pool.queries.prices import PriceKey, list_prices
from yipan.distribution.pool.rules import LineFigures, Progress
from yipan.group.organisations.queries import Tree, tree
from yipan.kernel import clock, sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

BATCH: Final = 20_000
_NO_PROGRESS: Final = Progress()

_OFFERS = """
SELECT id, sku_id, organisation_id, rule_id, valid_from, estimate FROM pool_offer
"""
_OF_RULE = f"{_OFFERS} WHERE tenant_id = %s AND rule_id = %s ORDER BY id"
_AFTER = f"{_OFFERS} WHERE tenant_id = %s AND id > %s ORDER BY id LIMIT %s"
_UPDATE = """
UPDATE pool_offer o SET estimate = u.estimate
  FROM unnest(%s::bigint[], %s::bigint[]) AS u(id, estimate)
 WHERE o.tenant_id = %s AND o.id = u.id
"""


class EstimateKey(NamedTuple):
    """What the estimate of an offer follows from."""

    sku_id: int
    organisation_id: int
    rule_id: int
    valid_from: datetime


class _Row(NamedTuple):
    id: int
    sku_id: int
    organisation_id: int
    rule_id: int
    valid_from: datetime
    estimate: int

    @property
    def key(self) -> EstimateKey:
        return EstimateKey(self.sku_id, self.organisation_id, self.rule_id, self.valid_from)


def estimates_of(
    keys: Sequence[EstimateKey], books: Mapping[int, RuleBook], nodes: Tree
) -> list[int | None]:
    """Fen for each offer, in order; None where there is no such SKU. One statement.

    By the price and terms in force now, or at the start of an offer that has not started; for
    measures over the period at the month's beginning, with nothing sold before.
    """
    now = clock.now()
    moments = [max(now, key.valid_from) for key in keys]
    prices = list_prices(
        [
            PriceKey(key.sku_id, nodes.node(key.organisation_id).lineage, moment)
            for key, moment in zip(keys, moments, strict=True)
        ]
    )
    known: dict[tuple[int, int], int] = {}
    found: list[int | None] = []
    for key, moment, price in zip(keys, moments, prices, strict=True):
        if price is None:
            found.append(None)
            continue
        version = books[key.rule_id].at(moment)
        at = (0 if version is None else version.id, price)
        if at not in known:
            known[at] = estimate(version, price)
        found.append(known[at])
    return found


def estimate(version: Version | None, price: int) -> int:
    """Fen that the seller of one unit at a price earns under a version of a rule."""
    if version is None:
        return 0
    return version.compiled.compute(LineFigures(1, price), _NO_PROGRESS).seller.amount


def refresh_estimates_of(rule_id: int) -> int:
    """Compute the estimates of a rule's offers anew; how many changed. Inside a unit of work."""
    take_turn()
    return _refresh(sql.fetch(_OF_RULE, (current_tenant_id(), rule_id)))


def refresh_estimates() -> int:
    """Compute every estimate of the tenant anew, batch by batch; how many changed.

    Prices and versions that were scheduled come into force without anybody doing anything.
    """
    changed = 0
    last = 0
    while True:
        with unit_of_work():
            take_turn()
            rows = sql.fetch(_AFTER, (current_tenant_id(), last, BATCH))
            changed += _refresh(rows)
        if len(rows) < BATCH:
            return changed
        last = rows[-1][0]


def _refresh(found: Sequence[Sequence[object]]) -> int:
    rows = [_Row(*row) for row in found]  # type: ignore[arg-type]
    if not rows:
        return 0
    books = rule_books({row.rule_id for row in rows})
    fresh = estimates_of([row.key for row in rows], books, tree())
    stale = [
        (row.id, amount)
        for row, amount in zip(rows, fresh, strict=True)
        if amount is not None and amount != row.estimate
    ]
    if not stale:
        return 0
    ids, amounts = map(list, zip(*stale, strict=True))
    return sql.execute(_UPDATE, (ids, amounts, current_tenant_id()))
