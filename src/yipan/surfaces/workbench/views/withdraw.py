"""提现: how much, to which card, what arrives, and what became of each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.distribution.commissions.queries import Balances, balances_of
from yipan.kernel import clock
from yipan.kernel.errors import DomainError
from yipan.kernel.money import yuan
from yipan.kernel.pagination import paginate
from yipan.payouts.withdrawals.actions import (
    Quote,
    cancel_withdrawal,
    quote_withdrawal,
    request_withdrawal,
)
from yipan.payouts.withdrawals.models import BankCard, Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.queries import (
    last_withdrawal_id,
    own_cards,
    own_withdrawal,
    own_withdrawals,
    policy_for,
    requested_today,
    steps_of,
    verified_name,
)
from yipan.payouts.withdrawals.rules.policy import WithdrawalPolicy
from yipan.surfaces.design.once import sent_once
from yipan.surfaces.design.refusals import sent_to
from yipan.surfaces.design.toasts import toast
from yipan.surfaces.workbench.entry import Seller, SellerRequest, signed_in
from yipan.surfaces.workbench.forms import AmountForm
from yipan.surfaces.workbench.progress import progress_of
from yipan.surfaces.workbench.views.parts import page, show, wants_part
from yipan.surfaces.workbench.words import WITHDRAWAL, plainly

PAGE = 20
CANCELLABLE = frozenset({WithdrawalState.REQUESTED, WithdrawalState.APPROVED})


@dataclass(frozen=True, slots=True)
class Till:
    """All that the page of withdrawals says before anything is typed."""

    balances: Balances
    policy: WithdrawalPolicy
    left_today: int
    cards: Sequence[BankCard]
    """That money can go to."""
    waiting: int
    """Cards that somebody has yet to verify."""
    real_name: str
    """Verified; empty: not yet."""

    @property
    def most(self) -> int:
        """Fen that one request could be for now."""
        return min(self.balances["available"], self.policy.maximum)

    @property
    def is_closed(self) -> bool:
        """Whether no request can be made now."""
        return not self.cards or self.left_today <= 0 or self.most < self.policy.minimum


def till_of(seller: Seller) -> Till:
    """Of the reader, now; five statements."""
    distributor = seller.distributor
    policy = policy_for(seller.node.lineage, clock.now())
    cards = list(own_cards(distributor))
    usable = [card for card in cards if card.verified_at is not None]
    return Till(
        balances=balances_of([distributor.id])[distributor.id],
        policy=policy,
        left_today=max(0, policy.per_day - requested_today(distributor.id)),
        cards=usable,
        waiting=len(cards) - len(usable),
        real_name=verified_name(distributor),
    )


@signed_in
@require_safe
def withdraw(request: SellerRequest) -> HttpResponse:
    """The page."""
    if wants_part(request) and request.GET.get("cursor"):
        return render(request, "workbench/withdrawal_rows.html", _rows(request))
    return _page(request)


def _page(
    request: SellerRequest, *, amount: str = "", card_id: int | None = None, error: str = ""
) -> HttpResponse:
    till = till_of(request.seller)
    context: dict[str, object] = {
        "title": _("Withdraw"),
        "back_url": reverse("workbench-home"),
        "seller": request.seller,
        "till": till,
        "cards": [(card.id, _named(card)) for card in till.cards],
        "card_id": card_id or (till.cards[0].id if till.cards else ""),
        "amount": amount,
        "error": error,
        **_rows(request),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return show(request, "workbench/withdraw.html", context, tab="home", status=status)


def _rows(request: SellerRequest) -> dict[str, object]:
    rows = own_withdrawals(request.seller.distributor)
    cursor = request.GET.get("cursor") or None
    found = paginate(rows, cursor=cursor, limit=PAGE, order=("-requested_at", "-id"))
    return {
        "rows": [(each, WITHDRAWAL[WithdrawalState(each.state)]) for each in found.items],
        "next_cursor": found.next_cursor or "",
    }


@signed_in
@require_safe
def recent(request: SellerRequest) -> HttpResponse:
    """The list of withdrawals and the balances, fetched again when one of them moved."""
    distributor_id = request.seller.distributor.id
    balances = balances_of([distributor_id])[distributor_id]
    context = {"balances": balances, **_rows(request)}
    return render(request, "workbench/withdrawal_recent.html", context)


@signed_in
@require_safe
def amount_field(request: SellerRequest) -> HttpResponse:
    """The field of the amount with all that can be withdrawn in it."""
    till = till_of(request.seller)
    context = {"till": till, "amount": _typed(till.most), **_estimate(request, till.most)}
    return render(request, "workbench/amount.html", context)


@signed_in
@require_safe
def estimate(request: SellerRequest) -> HttpResponse:
    """What is withheld of the amount being typed, and what arrives; changes nothing."""
    form = AmountForm(request.GET, cards=own_cards(request.seller.distributor))
    form.is_valid()
    amount = form.cleaned_data.get("amount")
    context: dict[str, object] = {}
    if amount is not None:
        context = _estimate(request, amount)
    elif request.GET.get("amount", "").strip():
        context = {"problem": form.errors["amount"][0]}
    return render(request, "workbench/estimate.html", context)


def _estimate(request: SellerRequest, amount: int) -> dict[str, object]:
    try:
        quote = _affordable(request.seller, amount)
    except DomainError as error:
        return {"problem": plainly(error)}
    return {"quote": quote}


def _affordable(seller: Seller, amount: int) -> Quote:
    """The quote of an amount that is there. Raises what a request of it would."""
    distributor = seller.distributor
    quote = quote_withdrawal(distributor=distributor, amount=amount)
    available = balances_of([distributor.id])[distributor.id]["available"]
    if amount > available:
        raise MoreThanAvailable(available=available)
    return quote


class MoreThanAvailable(DomainError):
    """Asked for more than there is; the request itself would say so too."""

    code = "workbench.more_than_available"
    status = HTTPStatus.CONFLICT

    def __str__(self) -> str:
        available = self.data["available"]
        shown = yuan(available) if isinstance(available, int) else ""
        return _("You can withdraw at most {amount}.").format(amount=shown)


@signed_in
@require_safe
def confirm(request: SellerRequest) -> HttpResponse:
    """What is about to be asked for, to be looked at once more."""
    form = AmountForm(request.GET, cards=own_cards(request.seller.distributor))
    amount, card, problem = None, None, ""
    if form.is_valid():
        amount, card = form.cleaned_data["amount"], form.cleaned_data["card"]
    else:
        problem = str(next(iter(form.errors.values()))[0])
    context: dict[str, object] = {
        **_confirming(request),
        "card": card,
        "problem": problem,
    }
    if amount is not None:
        context |= {
            "amount": _typed(amount),
            "once_key": _next_key(request.seller),
            **_estimate(request, amount),
        }
    return page(request, "workbench/confirm_page.html", "workbench/confirm_sheet.html", context)


def _next_key(seller: Seller) -> str:
    """One and the same key until the next withdrawal is asked for.

    So two pages that are open at once ask for one withdrawal and not for two.
    """
    return f"withdrawal-after-{last_withdrawal_id(seller.distributor)}"


def _confirming(request: SellerRequest) -> dict[str, object]:
    return {
        "title": _("Confirm the withdrawal"),
        "back_url": reverse("workbench-withdraw"),
        "seller": request.seller,
    }


def _refused(request: SellerRequest, error: DomainError, **_more: object) -> HttpResponse:
    """The page again with the reason; for the sheet, the reason in it."""
    if wants_part(request):
        context = {**_confirming(request), "problem": plainly(error)}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "workbench/confirm.html", context, status=status)
    return _page(request, amount=request.POST.get("amount", ""), error=plainly(error))


@signed_in
@require_POST
@sent_once(refused=_refused)
def submit(request: SellerRequest) -> HttpResponse:
    """Ask for a payout, once. Raises what `request_withdrawal` raises."""
    form = AmountForm(request.POST, cards=own_cards(request.seller.distributor))
    if not form.is_valid():
        context = {**_confirming(request), "problem": str(next(iter(form.errors.values()))[0])}
        whole, part = "workbench/confirm_page.html", "workbench/confirm.html"
        return page(request, whole, part, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    made = request_withdrawal(
        distributor=request.seller.distributor,
        card=form.cleaned_data["card"],
        amount=form.cleaned_data["amount"],
        by=request.seller.person.actor,
    )
    return sent_to(request, reverse("workbench-withdrawal", args=[made.id]))


@signed_in
@require_safe
def withdrawal(request: SellerRequest, withdrawal_id: int) -> HttpResponse:
    """One withdrawal: its amounts and how far it has come."""
    return _one(request, own_withdrawal(request.seller.distributor, withdrawal_id))


def _one(request: SellerRequest, found: Withdrawal) -> HttpResponse:
    context: dict[str, object] = {
        "title": _("Withdrawal details"),
        "back_url": reverse("workbench-withdraw"),
        "seller": request.seller,
        "withdrawal": found,
        "card_name": _named(found.card),
        "words": WITHDRAWAL[WithdrawalState(found.state)],
        "progress": progress_of(found, list(steps_of(found))),
        "may_cancel": found.state in CANCELLABLE,
    }
    return page(request, "workbench/withdrawal.html", "workbench/withdrawal_part.html", context)


@signed_in
@require_http_methods(["POST"])
@sent_once
def cancel(request: SellerRequest, withdrawal_id: int) -> HttpResponse:
    """Take a request back. Raises NotFound, WrongState."""
    found = own_withdrawal(request.seller.distributor, withdrawal_id)
    cancel_withdrawal(withdrawal_id=found.id, by=request.seller.person.actor)
    if not wants_part(request):
        return HttpResponseRedirect(reverse("workbench-withdrawal", args=[found.id]))
    answer = _one(request, own_withdrawal(request.seller.distributor, withdrawal_id))
    return toast(answer, _("Request cancelled; the money is back in your balance."))


def _named(card: BankCard) -> str:
    return f"{card.bank} ({card.last_four})"


def _typed(fen: int) -> str:
    """Fen as one types an amount."""
    return yuan(fen).lstrip("¥").replace(",", "") if fen > 0 else ""
