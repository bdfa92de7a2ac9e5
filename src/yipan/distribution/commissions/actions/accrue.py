"""What paid orders earn: computed, written down and booked in the transaction of the payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from yipan.distribution.attribution.queries import decisions_of
from yipan.distribution.attribution.rules import may_distribute
from yipan.distribution.commissions.accounts import EXPENSE, PENDING
from yipan.distribution.commissions.chains import Chain, Link, chains_at
from yipan.distribution.commissions.events import CommissionAccrued, EntryMade
from yipan.distribution.commissions.keys import accrual_key
from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind, EntryState
from yipan.distribution.commissions.ports import due_policy
from yipan.distribution.commissions.progress import ProgressKey, lock_progress, set_progress
from yipan.distribution.pool.queries import OfferTerms, PoolKey, terms_for
from yipan.distribution.pool.rules import LineFigures, PriceKind, Result, Share
from yipan.group.organisations.queries import Node, Tree, tree
from yipan.kernel import clock, sql
from yipan.kernel.events import announce, to_json
from yipan.kernel.ids import next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import month_of
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.trade.orders.events import LineSnapshot, OrderPaid, OrderSnapshot

ROLES: Final = (
    BeneficiaryRole.SELLER.value,
    BeneficiaryRole.UPLINE_1.value,
    BeneficiaryRole.UPLINE_2.value,
)
_KINDS: Final = {kind.value: kind for kind in PriceKind}
_ENTRY: Final = (
    "id", "tenant_id", "kind", "line_id", "order_id", "role", "sequence", "distributor_id",
    "organisation_id", "company_id", "sku_id", "offer_id", "rule_version_id", "amount",
    "currency", "paid_at", "recorded_at", "explanation",
)  # fmt: skip
_STATE: Final = (
    "id", "tenant_id", "line_id", "distributor_id", "organisation_id", "currency", "remaining",
    "due_at", "hold_days", "held",
)  # fmt: skip


@dataclass(slots=True)
class _Sale:
    """One credited line on its way to its entries."""

    order: OrderSnapshot
    line: LineSnapshot
    node: Node
    seller_id: int
    paid_at: datetime
    offer: OfferTerms
    chain: Chain
    progress_key: ProgressKey | None
    result: Result | None = None
    shares: Sequence[tuple[str, Link, Share]] = ()
    """(role, beneficiary, share): the seller always, an upline where there is one."""
    entry_ids: range = range(0)

    @property
    def company_id(self) -> int:
        """The legal company that bears the expense; headquarters where there is none above."""
        return self.node.company_id or self.node.lineage[-1]


def accrue(*, payments: Sequence[OrderPaid]) -> None:
    """Earn, for every credited line in the pool, what its rule says (commission.md).

    Any number of orders in a constant number of statements: decisions, offers, chains, progress
    where a rule is measured over the month, entries, ledger.
    """
    organisations = tree()
    sales = _sales(payments, organisations)
    if not sales:
        return
    _compute(sales)
    entries, states, journals = _entries(sales), _states(sales), _journals(sales)
    sql.execute(
        _statement(),
        [*sql.columnwise(Entry, _ENTRY, entries), *sql.columnwise(EntryState, _STATE, states)],
    )
    post(journals)
    _announce(payments, sales)


@lru_cache(maxsize=1)
def _statement() -> str:
    return (
        f"WITH e AS ({sql.insert_statement(Entry, _ENTRY)}) "
        f"{sql.insert_statement(EntryState, _STATE)}"
    )


def _sales(payments: Sequence[OrderPaid], organisations: Tree) -> list[_Sale]:
    credited = _credited(payments)
    if not credited:
        return []
    keys = []
    for order, line, _ in credited:
        lineage = organisations.node(order.organisation_id).lineage
        keys.append(PoolKey(line.sku_id, lineage, _paid_at(order)))
    offers = terms_for(keys)
    wanted = {
        (seller_id, _paid_at(order))
        for (order, _, seller_id), offer in zip(credited, offers, strict=True)
        if offer is not None
    }
    chains = chains_at(sorted(wanted), organisations)
    sales = []
    for (order, line, seller_id), offer in zip(credited, offers, strict=True):
        if offer is None:
            continue
        paid_at = _paid_at(order)
        chain = chains[seller_id, paid_at]
        if not _may_distribute(chain, offer, organisations):
            continue
        key = None
        if offer.compiled.needs_progress:
            key = ProgressKey(seller_id, offer.rule_id, month_of(paid_at))
        node = organisations.node(order.organisation_id)
        sales.append(_Sale(order, line, node, seller_id, paid_at, offer, chain, key))
    return sales


def _credited(payments: Sequence[OrderPaid]) -> list[tuple[OrderSnapshot, LineSnapshot, int]]:
    """Every line with the distributor credited with it, in the order of payments and lines."""
    decisions = decisions_of([payment.order.id for payment in payments])
    credited = []
    for payment in payments:
        seller_of = {
            line_id: decision.distributor_id
            for decision in decisions.get(payment.order.id, ())
            if decision.distributor_id is not None
            for line_id in decision.line_ids
        }
        credited += [
            (payment.order, line, seller_of[line.id])
            for line in payment.order.lines
            if line.id in seller_of
        ]
    return credited


def _paid_at(order: OrderSnapshot) -> datetime:
    if order.paid_at is None:
        message = f"order {order.id} is not paid"
        raise ValueError(message)
    return order.paid_at


def _may_distribute(chain: Chain, offer: OfferTerms, organisations: Tree) -> bool:
    home = organisations.node(chain.seller.organisation_id).path
    granted = [organisations.node(id_).path for id_ in chain.granted]
    return may_distribute(home, organisations.node(offer.offer_organisation_id).path, granted)


def _compute(sales: Sequence[_Sale]) -> None:
    """Compute line after line; lines of one distributor under one rule see each other."""
    progress = lock_progress([sale.progress_key for sale in sales if sale.progress_key])
    for sale in sales:
        line = sale.line
        figures = LineFigures(line.quantity, line.net_amount, _KINDS[line.price_kind])
        earning = [link.earns for link in sale.chain.uplines]
        key = sale.progress_key
        before = None if key is None else progress[key]
        result = sale.result = sale.offer.compiled.compute(figures, before, earning)
        links, shares = (sale.chain.seller, *sale.chain.uplines), (result.seller, *result.uplines)
        sale.shares = list(zip(ROLES, links, shares, strict=False))
        if key is not None and before is not None and result.counts_for_progress:
            progress[key] = before.after(figures)
    set_progress(progress)


def _entries(sales: Sequence[_Sale]) -> list[tuple[object, ...]]:
    tenant_id, now = current_tenant_id(), clock.now()
    rows: list[tuple[object, ...]] = []
    for sale in sales:
        order, line, node, offer = sale.order, sale.line, sale.node, sale.offer
        explanation = to_json(sale.result.explanation if sale.result else {})
        sale.entry_ids = next_ids(len(sale.shares))
        for id_, (role, link, share) in zip(sale.entry_ids, sale.shares, strict=True):
            what = (id_, tenant_id, EntryKind.ACCRUAL.value, line.id, order.id, role, 0, link.id)
            where = (node.id, sale.company_id, line.sku_id, offer.offer_id, offer.rule_version_id)
            how = (share.amount, order.currency, sale.paid_at, now, explanation)
            rows.append((*what, *where, *how))
    return rows


def _states(sales: Sequence[_Sale]) -> list[tuple[object, ...]]:
    tenant_id = current_tenant_id()
    rows: list[tuple[object, ...]] = []
    for sale in sales:
        due = due_policy(sale.node.lineage, sale.paid_at)
        due_at, hold_days = (due.due_at, due.hold_days) if due else (None, 0)
        place, currency = sale.node.id, sale.order.currency
        for id_, (_, link, share) in zip(sale.entry_ids, sale.shares, strict=True):
            if share.amount:
                whose = (id_, tenant_id, sale.line.id, link.id, place, currency)
                rows.append((*whose, share.amount, due_at, hold_days, False))
    return rows


def _journals(sales: Sequence[_Sale]) -> list[JournalDraft]:
    journals = []
    for sale in sales:
        currency = sale.order.currency
        for role, link, share in sale.shares:
            if share.amount:
                postings = (
                    PostingDraft(EXPENSE.name, sale.company_id, share.amount, currency),
                    PostingDraft(PENDING.name, link.id, -share.amount, currency),
                )
                key = accrual_key(sale.line.id, role)
                journals.append(JournalDraft(key, "accrual", sale.paid_at, postings))
    return journals


def _announce(payments: Sequence[OrderPaid], sales: Sequence[_Sale]) -> None:
    made: dict[int, list[EntryMade]] = {}
    for sale in sales:
        for id_, (role, link, share) in zip(sale.entry_ids, sale.shares, strict=True):
            reason = share.reason.value if share.reason else ""
            entry = EntryMade(
                id_, sale.line, role, link.id, link.organisation_id, share.amount, reason
            )
            made.setdefault(sale.order.id, []).append(entry)
    announce(
        *[
            CommissionAccrued(payment.order, _paid_at(payment.order), tuple(made[payment.order.id]))
            for payment in payments
            if payment.order.id in made
        ]
    )
