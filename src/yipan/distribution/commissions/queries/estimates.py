"""What a distributor would earn on one unit of a SKU, sold now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from yipan.distribution.pool.queries import OfferTerms, PoolKey, terms_for
from yipan.distribution.pool.rules import LineFigures, PriceKind, Progress, Result
from yipan.goods.catalogue.queries import prices_at
from yipan.goods.catalogue.rules import SkuPrices
from yipan.kernel import clock, sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import month_of

_PROGRESS: Final = """
SELECT rule_id, units, amount FROM commissions_periodprogress
 WHERE tenant_id = %s AND distributor_id = %s AND rule_id = ANY(%s::bigint[]) AND month = %s
"""


@dataclass(frozen=True, slots=True)
class SkuEstimate:
    """What one unit brings its seller, and from what that follows."""

    prices: SkuPrices
    price: int
    """Fen; what a buyer who is no member pays for one unit."""
    price_kind: PriceKind
    terms: OfferTerms | None
    """None: not in the pool here and now."""
    progress: Progress
    """Sold under the rule this month."""
    result: Result | None

    @property
    def amount(self) -> int:
        """Fen."""
        return self.result.seller.amount if self.result else 0

    def of_quantity(self, quantity: int) -> Result | None:
        """The same for several units at once."""
        if self.terms is None:
            return None
        line = LineFigures(quantity, self.price * quantity, self.price_kind)
        return self.terms.compiled.compute(line, self.progress)


def _anywhere(_organisation_id: int) -> bool:
    return True


def estimates_for(
    *,
    distributor_id: int,
    lineage: Sequence[int],
    sku_ids: Sequence[int],
    reaches: Callable[[int], bool] = _anywhere,
) -> dict[int, SkuEstimate]:
    """What the distributor would earn now on one unit of each SKU.

    `lineage` is the selling organisation and its ancestors, nearest first; `reaches` says of an
    organisation whether the distributor may sell what it offers. By the rules in force,
    what the distributor sold in the month (commission.md §5), and the promotion price where there
    is one, else the list price. At most three statements for any number of SKUs.
    """
    now = clock.now()
    wanted = list(dict.fromkeys(sku_ids))
    found = terms_for([PoolKey(sku_id, tuple(lineage), now) for sku_id in wanted])
    terms = [each if each and reaches(each.offer_organisation_id) else None for each in found]
    prices = prices_at(wanted, lineage, now)
    rules = {each.rule_id for each in terms if each and each.compiled.needs_progress}
    progress: dict[int, Progress] = {}
    if rules:
        params = (current_tenant_id(), distributor_id, sorted(rules), month_of(now))
        progress = {row[0]: Progress(*row[1:]) for row in sql.fetch(_PROGRESS, params)}
    return {
        sku_id: _estimate(its_terms, prices[sku_id], progress)
        for sku_id, its_terms in zip(wanted, terms, strict=True)
    }


def _estimate(
    terms: OfferTerms | None, prices: SkuPrices, progress: dict[int, Progress]
) -> SkuEstimate:
    is_promo = prices.promo_price is not None
    kind = PriceKind.PROMO if is_promo else PriceKind.LIST
    price = (prices.promo_price if is_promo else prices.list_price) or 0
    sold = Progress() if terms is None else progress.get(terms.rule_id, Progress())
    result = None
    if terms is not None:
        result = terms.compiled.compute(LineFigures(1, price, kind), sold)
    return SkuEstimate(prices, price, kind, terms, sold, result)
