"""Reads of withdrawals and cards, scoped by the distributor's home organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.models import Level
from yipan.group.organisations.queries import Node, tree, within
from yipan.kernel import clock, policies, sql
from yipan.kernel.crypto import decrypt
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.zones import day_of, zone
from yipan.payouts.withdrawals.models import (
    BankCard,
    Payee,
    Withdrawal,
    WithdrawalState,
    WithdrawalStep,
)
from yipan.payouts.withdrawals.providers.registry import Transfer
from yipan.payouts.withdrawals.rules.policy import KIND, Payer, WithdrawalPolicy

OPEN_STATES = (
    WithdrawalState.REQUESTED,
    WithdrawalState.APPROVED,
    WithdrawalState.SUBMITTED,
    WithdrawalState.UNKNOWN,
)
"""While it stands here the money is reserved."""


def policy_for(lineage: Sequence[int], at: datetime) -> WithdrawalPolicy:
    """The policy in force for an organisation, given with its ancestors, nearest first."""
    policy = policies.policy_in_force(kind=KIND, organisation_ids=lineage, at=at)
    return WithdrawalPolicy.from_data(policy.data)


def payer_of(node: Node, policy: WithdrawalPolicy) -> int:
    """The organisation out of whose bank account a distributor at home in `node` is paid."""
    company = node.ancestor_at(Level.COMPANY, tree()) if policy.payer == Payer.COMPANY else None
    return company or node.lineage[-1]


def day_start(day: date, zone: str) -> datetime:
    """The first moment of a calendar day in a time zone, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def requested_today(distributor_id: int) -> int:
    """Requests of a distributor in the present business day (index: withdrawal_of_distributor)."""
    since = day_start(day_of(clock.now()), zone())
    requests = Withdrawal.objects.filter(distributor_id=distributor_id, requested_at__gte=since)
    return requests.count()


def withdrawals(
    scope_path: str,
    *,
    distributor: Distributor | None = None,
    states: Sequence[str] = (),
    requested_from: datetime | None = None,
    requested_until: datetime | None = None,
) -> QuerySet[Withdrawal]:
    """Withdrawals of the distributors at home in a subtree, with card and distributor.

    Times are a half-open span (indexes: withdrawal_newest, withdrawal_of_distributor).
    """
    found: QuerySet[Withdrawal] = Withdrawal.objects.select_related("distributor", "card")
    found = found.filter(within([scope_path], "distributor__organisation__path"))
    if distributor is not None:
        found = found.filter(distributor=distributor)
    if states:
        found = found.filter(state__in=states)
    if requested_from is not None:
        found = found.filter(requested_at__gte=requested_from)
    if requested_until is not None:
        found = found.filter(requested_at__lt=requested_until)
    return found


def withdrawal_within(scope_path: str, withdrawal_id: int) -> Withdrawal:
    """Raises NotFound."""
    found = withdrawals(scope_path).filter(id=withdrawal_id).first()
    if found is None:
        raise NotFound(kind="withdrawal", ref=withdrawal_id)
    return found


def steps_of(withdrawal: Withdrawal) -> QuerySet[WithdrawalStep]:
    """The transitions of a withdrawal, oldest first."""
    found: QuerySet[WithdrawalStep] = WithdrawalStep.objects.filter(withdrawal=withdrawal)
    return found.order_by("at", "id")


def cards(scope_path: str, *, distributor: Distributor | None = None) -> QuerySet[BankCard]:
    """Cards that were not removed, of the distributors at home in a subtree."""
    found: QuerySet[BankCard] = BankCard.objects.select_related("distributor")
    found = found.filter(
        within([scope_path], "distributor__organisation__path"), removed_at__isnull=True
    )
    return found if distributor is None else found.filter(distributor=distributor)


def card_within(scope_path: str, card_id: int) -> BankCard:
    """Raises NotFound."""
    found = cards(scope_path).filter(id=card_id).first()
    if found is None:
        raise NotFound(kind="card", ref=card_id)
    return found


def own_cards(distributor: Distributor) -> QuerySet[BankCard]:
    """The cards of this distributor that were not removed, the first added first."""
    found: QuerySet[BankCard] = BankCard.objects.filter(
        distributor=distributor, removed_at__isnull=True
    )
    return found.order_by("created_at", "id")


def own_card(distributor: Distributor, card_id: int) -> BankCard:
    """A card of this distributor that was not removed. Raises NotFound, also for another's."""
    found = own_cards(distributor).filter(id=card_id).first()
    if found is None:
        raise NotFound(kind="card", ref=card_id)
    return found


def own_withdrawals(distributor: Distributor) -> QuerySet[Withdrawal]:
    """The withdrawals of this distributor, with card; to be ordered by `-requested_at`, `-id`.

    Index: withdrawal_of_distributor.
    """
    found: QuerySet[Withdrawal] = Withdrawal.objects.select_related("card")
    return found.filter(distributor=distributor)


def last_withdrawal_id(distributor: Distributor) -> int:
    """The withdrawal that this distributor asked for last; 0 for none."""
    found = own_withdrawals(distributor).order_by("-requested_at", "-id")
    return found.values_list("id", flat=True).first() or 0


def own_withdrawal(distributor: Distributor, withdrawal_id: int) -> Withdrawal:
    """A withdrawal of this distributor. Raises NotFound, also for another's."""
    found = own_withdrawals(distributor).filter(id=withdrawal_id).first()
    if found is None:
        raise NotFound(kind="withdrawal", ref=withdrawal_id)
    return found


def verified_name(distributor: Distributor) -> str:
    """The distributor's verified real name in the clear, or empty: for the person's own eyes."""
    payee = Payee.objects.filter(distributor=distributor).first()
    if payee is None:
        return ""
    table = Payee._meta.db_table
    return decrypt(payee.name_sealed, table=table, column="name_sealed", row_id=payee.id)


def payee_of(distributor: Distributor) -> Payee:
    """The verified name of a distributor. Raises NotFound."""
    found: Payee | None = Payee.objects.filter(distributor=distributor).first()
    if found is None:
        raise NotFound(kind="payee", ref=distributor.code)
    return found


def transfer_of(withdrawal: Withdrawal) -> Transfer:
    """What a provider is told of a withdrawal, the card's number and holder in the clear."""
    card = withdrawal.card
    table = BankCard._meta.db_table
    return Transfer(
        reference=withdrawal.reference,
        amount=withdrawal.net,
        currency=withdrawal.currency,
        holder=decrypt(card.holder_sealed, table=table, column="holder_sealed", row_id=card.id),
        number=decrypt(card.number_sealed, table=table, column="number_sealed", row_id=card.id),
        bank=card.bank,
    )


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Payouts whose outcome is not known yet."""

    waiting: int
    """Handed over, no outcome yet."""
    unknown: int
    """In doubt."""
    oldest_submitted_at: datetime | None


_UNSETTLED = """
SELECT count(*) FILTER (WHERE state = 'submitted'), count(*) FILTER (WHERE state = 'unknown'),
       min(submitted_at)
  FROM withdrawals_withdrawal WHERE tenant_id = %s AND state IN ('submitted', 'unknown')
"""


def unsettled() -> Unsettled:
    """The gauge of payouts under way for the tenant (index: withdrawal_work)."""
    waiting, unknown, oldest = sql.fetch_one(_UNSETTLED, (current_tenant_id(),)) or (0, 0, None)
    return Unsettled(waiting=waiting, unknown=unknown, oldest_submitted_at=oldest)
