"""What waits for the reader: the open tasks of their roles, each with the way to its page.

One statement for each kind of task that the reader's permissions open; kinds with nothing in them
are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.models import EntryState
from yipan.distribution.distributors.queries import distributors_in, ending_soon
from yipan.distribution.pool.models import Upload, UploadState
from yipan.goods.stock.models import StockLevel
from yipan.group.organisations.queries import within
from yipan.group.people.columns import list_of
from yipan.group.people.scope import Scope
from yipan.kernel import clock
from yipan.kernel.modules import is_enabled
from yipan.payouts.settlement.queries import LATE
from yipan.payouts.withdrawals.models import (
    BankBreak,
    BankCard,
    BankFile,
    BankReturn,
    ReturnState,
    Withdrawal,
    WithdrawalState,
)
from yipan.payouts.withdrawals.providers.registry import filed_codes
from yipan.surfaces.webhooks.models import Delivery, DeliveryState
from yipan.trade.fulfilment.models import Fulfilment
from yipan.trade.fulfilment.rules import State
from yipan.trade.orders.models import RefundRequest, RequestState

RECENT: Final = timedelta(days=7)
"""Older failed deliveries are history, not a task."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the reader."""

    name: str
    """Stable, for tests."""
    title: str | Promise
    icon: str
    link: str
    count: int
    amount: int | None = None
    """Fen, where money waits."""
    since: datetime | None = None
    """How long the oldest one has waited."""
    urgent: bool = False


def tasks_of(scope: Scope) -> list[Task]:
    """The tasks of somebody, the most pressing first."""
    found = [task for kind in _KINDS for task in kind(scope) if task.count]
    return sorted(found, key=lambda task: not task.urgent)


def _link(model: Any, **parameters: str) -> str:
    address = list_of(model)
    return f"{address}?{urlencode(parameters)}" if address and parameters else address


def _withdrawals(scope: Scope) -> Iterator[Task]:
    """Two statements at most: who approves, who pays."""
    if not is_enabled("withdrawals"):
        return
    home = "distributor__organisation__path"
    if paths := scope.paths("withdrawals.approve"):
        mine = Withdrawal.objects.filter(
            within(paths, home), state=WithdrawalState.REQUESTED, needs_approval=True
        )
        told = mine.aggregate(count=Count("id"), amount=Sum("gross"), since=Min("requested_at"))
        title, link = _("Withdrawals to approve"), _link(Withdrawal, state="requested")
        yield Task("approve", title, "stamp", link, **told, urgent=True)
    if paths := scope.paths("withdrawals.write"):
        unknown, filed = (
            Q(state=WithdrawalState.UNKNOWN),
            Q(state=WithdrawalState.APPROVED, provider__in=filed_codes()),
        )
        rows = Withdrawal.objects.filter(unknown | filed, within(paths, "payer_id"))
        told = rows.aggregate(
            unknown=Count("id", filter=unknown), unknown_sum=Sum("net", filter=unknown),
            filed=Count("id", filter=filed), filed_sum=Sum("net", filter=filed),
        )  # fmt: skip
        title, link = _("Payouts of unknown outcome"), _link(Withdrawal, state="unknown")
        sums = told["unknown"], told["unknown_sum"]
        yield Task("unknown", title, "circle-help", link, *sums, urgent=True)
        title, link = _("Payouts that wait for a bank file"), _link(BankFile)
        yield Task("file", title, "banknote", link, told["filed"], told["filed_sum"])


def _bank(scope: Scope) -> Iterator[Task]:
    paths = scope.paths("withdrawals.write")
    if not paths or not is_enabled("withdrawals"):
        return
    waiting = BankReturn.objects.filter(within(paths, "payer_id"), state=ReturnState.PREVIEW)
    told = waiting.aggregate(count=Count("id"), since=Min("uploaded_at"))
    link = _link(BankReturn, state="preview")
    yield Task("returns", _("Return files to be applied"), "file-input", link, **told)
    open_ones = BankBreak.objects.filter(within(paths, "payer_id"), closed_at__isnull=True)
    told = open_ones.aggregate(count=Count("id"), amount=Sum("told"), since=Min("opened_at"))
    title, link = _("Differences with the bank"), _link(BankBreak, state="open")
    yield Task("breaks", title, "scale", link, **told, urgent=True)


def _cards(scope: Scope) -> Iterator[Task]:
    paths = scope.paths("withdrawals.approve")
    if not paths or not is_enabled("withdrawals"):
        return
    rows = BankCard.objects.filter(
        within(paths, "distributor__organisation__path"),
        verified_at__isnull=True,
        removed_at__isnull=True,
    )
    told = rows.aggregate(count=Count("id"), since=Min("created_at"))
    link = _link(BankCard, state="waiting")
    yield Task("cards", _("Bank cards to verify"), "credit-card", link, **told)


def _refunds(scope: Scope) -> Iterator[Task]:
    paths = scope.paths("orders.write")
    if not paths:
        return
    rows = RefundRequest.objects.filter(
        within(paths, "line__order__organisation__path"), state=RequestState.OPEN
    )
    told = rows.aggregate(count=Count("id"), amount=Sum("amount"), since=Min("opened_at"))
    title, link = _("Refund requests to answer"), _link(RefundRequest, state__exact="open")
    yield Task("refunds", title, "undo-2", link, **told, urgent=True)


def _parcels(scope: Scope) -> Iterator[Task]:
    paths = scope.paths("fulfilment.write")
    if not paths or not is_enabled("fulfilment"):
        return
    rows = Fulfilment.objects.filter(within(paths), state=State.WAITING.value)
    told = rows.aggregate(count=Count("id"), since=Min("created_at"))
    link = _link(Fulfilment, state__exact=State.WAITING.value)
    yield Task("parcels", _("Orders to pack"), "package", link, **told)


def _held(scope: Scope) -> Iterator[Task]:
    """Releases that are late, and what is held (index: entry_due)."""
    paths = scope.paths("settlement.write")
    if not paths or not is_enabled("settlement"):
        return
    late, held = Q(held=False, due_at__lte=clock.now() - LATE), Q(held=True)
    rows = EntryState.objects.filter(
        within(paths, "organisation_id"), late | held, released_at__isnull=True
    )
    told = rows.aggregate(
        late_ones=Count("id", filter=late), late_sum=Sum("remaining", filter=late),
        since=Min("due_at", filter=late), held_ones=Count("id", filter=held),
        held_sum=Sum("remaining", filter=held),
    )  # fmt: skip
    title, link = _("Releases that are late"), _link(EntryState, standing="due")
    sums = told["late_ones"], told["late_sum"], told["since"]
    yield Task("late", title, "clock-alert", link, *sums, urgent=True)
    title, link = _("Held by refund requests"), _link(EntryState, standing="held")
    yield Task("held", title, "lock", link, told["held_ones"], told["held_sum"])


def _deliveries(scope: Scope) -> Iterator[Task]:
    paths = scope.paths("webhooks.write")
    if not paths or not is_enabled("webhooks"):
        return
    rows: QuerySet[Delivery] = Delivery.objects.filter(
        within(paths, "endpoint__organisation__path"),
        state=DeliveryState.GIVEN_UP,
        ended_at__gte=clock.now() - RECENT,
    )
    told = rows.aggregate(count=Count("id"), since=Min("ended_at"))
    link = _link(Delivery, state="given_up")
    yield Task("deliveries", _("Webhook deliveries given up"), "webhook", link, **told)


def _stock(scope: Scope) -> Iterator[Task]:
    """Only for those who look after a part of the group: something is always sold out somewhere."""
    paths = scope.paths("stock.write")
    if not paths or not is_enabled("stock") or scope.allows_everywhere("stock.write"):
        return
    rows = StockLevel.objects.filter(
        within(paths, "location__organisation__path"), quantity__lte=0, oversell=False
    )
    link = _link(StockLevel, level="none")
    yield Task("stock", _("Sold out at your locations"), "package-x", link, rows.count())


def _uploads(scope: Scope) -> Iterator[Task]:
    """Files of offers that were looked at and not decided on."""
    paths = scope.paths("pool.write")
    if not paths or not is_enabled("pool"):
        return
    rows = Upload.objects.filter(within(paths), state=UploadState.CHECKED)
    told = rows.aggregate(count=Count("id"), since=Min("uploaded_at"))
    link = reverse("console-pool-imports")
    yield Task("uploads", _("Imports that wait for a decision"), "file-up", link, **told)


def _qualifications(scope: Scope) -> Iterator[Task]:
    """Distributors who soon may earn no more."""
    paths = scope.paths("distributors.write")
    if not paths:
        return
    rows = distributors_in(paths).filter(ending_soon(clock.now()))
    link = f"{reverse('console-distributors')}?qualification=ending"
    yield Task("qualifications", _("Qualifications that end soon"), "id-card", link, rows.count())


_KINDS: Final[tuple[Callable[[Scope], Iterator[Task]], ...]] = (
    _refunds, _withdrawals, _bank, _held, _parcels, _cards, _uploads, _qualifications, _deliveries,
    _stock,
)  # fmt: skip
