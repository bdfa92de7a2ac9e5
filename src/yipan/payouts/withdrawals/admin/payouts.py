"""Withdrawals in the console: every state, one page each, decisions by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yipan.distribution.commissions.queries import balances_of
from yipan.group.people.columns import badge
from yipan.group.people.list_filters import (
    StoreFilter,
    choice_filter,
    span_filter,
    text_filter,
)
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.kernel.actor import Actor
from yipan.kernel.errors import DomainError
from yipan.kernel.money import yuan
from yipan.kernel.text import whole
from yipan.ledger.models import Journal
from yipan.ledger.queries import with_moved
from yipan.payouts.withdrawals import actions
from yipan.payouts.withdrawals.actions import Shown, steps
from yipan.payouts.withdrawals.actions.steps import check_second
from yipan.payouts.withdrawals.admin.words import OLD_TONES, TONES
from yipan.payouts.withdrawals.errors import NotASecondPerson
from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.providers.registry import provider_named
from yipan.payouts.withdrawals.queries import steps_of

NEEDS: Final = {
    "approve": "withdrawals.approve",
    "reject": "withdrawals.approve",
    "cancel": "withdrawals.write",
}
"""What is decided → the permission it needs at the distributor's home."""
_FROM: Final = {
    "approve": frozenset({WithdrawalState.REQUESTED}),
    "reject": frozenset({WithdrawalState.REQUESTED, WithdrawalState.APPROVED}),
    "cancel": frozenset({WithdrawalState.REQUESTED, WithdrawalState.APPROVED}),
}
MOST: Final = 200
"""Withdrawals on one page of decision."""


def by_distributor(word: str) -> Q:
    """A code as a whole, or a part of a name."""
    return Q(distributor__code=word.upper()) | Q(distributor__name__contains=word)


@admin.register(Withdrawal)
class WithdrawalAdmin(ListPage):
    """Payouts, newest first."""

    permission = "withdrawals"
    organisation_lookup = "distributor__organisation__path"
    change_form_template = "console/withdrawal/page.html"
    columns = (
        Column(_("requested at")), Column(_("distributor")),
        Column(_("gross"), "end"), Column(_("net"), "end"), Column(_("card")), Column(_("state")),
    )  # fmt: skip
    rows_template = "console/list/rows/withdrawal.html"
    head_template = "console/withdrawal/head.html"
    sums_template = "console/withdrawal/sums.html"
    selects = True
    select_template = "console/withdrawal/chosen.html"
    lead = _(
        "What distributors ask to be paid. The money is reserved from the request on; above the "
        "limit a second person approves it."
    )
    empty_text = _("Requests appear once a distributor withdraws available commission.")
    list_filter = (
        choice_filter("state", _("state"), lambda: WithdrawalState.choices, tabs=True),
        StoreFilter,
        text_filter("distributor", _("distributor"), by_distributor),
        span_filter("requested", _("requested at"), "requested_at"),
    )
    open_lookups = ("state__in", "needs_approval__exact", "state__exact")
    list_select_related = ("distributor__organisation", "card")
    search_fields = ("reference__startswith", "card__last_four__exact")
    search_help_text = _("reference, or the card's last four digits")
    ordering = ("-requested_at", "id")
    fields = ("reference",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [self.route("decide/", self.decide, "decide"), *super().get_urls()]

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        """One statement for the numbers on the tabs, one for the sums of what is filtered."""
        scope = scope_of_request(request)
        by_state = self.get_queryset(request).order_by().values_list("state")
        rows: QuerySet[Any] = changes.queryset.order_by()
        return {
            "counts": dict(by_state.annotate(count=Count("id"))),
            "sums": rows.aggregate(
                count=Count("id"),
                gross=Coalesce(Sum("gross"), 0),
                tax=Coalesce(Sum("tax"), 0),
                net=Coalesce(Sum("net"), 0),
            ),
            "select_action": reverse("admin:withdrawals_withdrawal_decide"),
            "may_approve": scope.holds("withdrawals.approve"),
            "may_file": scope.holds("withdrawals.write"),
            "tones": TONES,
        }

    def row_title(self, withdrawal: Withdrawal) -> str:
        """For the head of its page."""
        return withdrawal.reference

    def page_context(self, request: HttpRequest, row: Withdrawal) -> dict[str, Any]:
        scope = scope_of_request(request)
        home = row.distributor.organisation.path
        keys = [steps.request_key(row), steps.outcome_key(row)]
        may_see_books = scope.allows("ledger.read", home)
        allowed = {
            decision
            for decision, states in _FROM.items()
            if row.state in states and scope.allows(NEEDS[decision], home)
        }
        return {
            "steps": list(steps_of(row)),
            "journals": with_moved(Journal.objects.filter(key__in=keys)).order_by("id")
            if may_see_books
            else [],
            "breaks": list(row.breaks.select_related("line").order_by("opened_at")),
            "balances": balances_of([row.distributor_id], row.currency)[row.distributor_id],
            "provider": _provider(row.provider),
            "is_second": _is_second(row, actor_of(request)),
            "allowed": allowed,
            "tones": TONES,
            "decide": reverse("admin:withdrawals_withdrawal_decide"),
        }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("distributor__organisation", "card", "bank_file")

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, withdrawal: Withdrawal) -> SafeString:
        """For other pages."""
        tone = TONES.get(WithdrawalState(withdrawal.state), "neutral")
        return badge(withdrawal.get_state_display(), OLD_TONES[tone])

    # Deciding

    def decide(self, request: HttpRequest) -> HttpResponse:
        """Asks with the sum shown, then does it: approve, reject or cancel one or several."""
        given = request.POST if request.method == "POST" else request.GET
        decision = given.get("do", "")
        ids = [number for each in given.getlist("id")[:MOST] if (number := whole(each)) is not None]
        if decision not in _FROM:
            raise Http404
        chosen = self._chosen(request, decision, ids)
        if request.method == "POST":
            return self._decided(request, decision, chosen)
        if not chosen:
            messages.info(request, _now("Choose at least one withdrawal first."))
            return HttpResponseRedirect(_list_address())
        return self._asked(request, decision, chosen)

    def _chosen(self, request: HttpRequest, decision: str, ids: Sequence[int]) -> list[Withdrawal]:
        """The withdrawals by id. Raises Http404 for one that is not the person's to decide on."""
        scope = scope_of_request(request)
        found = list(self.get_queryset(request).filter(id__in=ids).order_by("id"))
        known = {each.id for each in found}
        may = NEEDS[decision]
        if known != set(ids) or not all(
            scope.allows(may, each.distributor.organisation.path) for each in found
        ):
            raise Http404
        return found

    def _asked(
        self, request: HttpRequest, decision: str, chosen: Sequence[Withdrawal]
    ) -> HttpResponse:
        by = actor_of(request)
        ready = [each for each in chosen if _hindrance(each, decision, by) == ""]
        left = [(each, _hindrance(each, decision, by)) for each in chosen if each not in ready]
        return self.beside(
            request,
            "console/withdrawal/decide.html",
            title=_TITLES[decision],
            decision=decision,
            ready=ready,
            left=left,
            shown=_shown(ready),
            tax=sum(each.tax for each in ready),
            net=sum(each.net for each in ready),
            tones=TONES,
        )

    def _decided(
        self, request: HttpRequest, decision: str, chosen: Sequence[Withdrawal]
    ) -> HttpResponse:
        by, reason = actor_of(request), request.POST.get("reason", "")
        shown = _shown_in(request)
        ids = [each.id for each in chosen]
        try:
            if decision == "approve":
                actions.approve_withdrawals(withdrawal_ids=ids, shown=shown, by=by, reason=reason)
            elif decision == "reject":
                actions.reject_withdrawals(withdrawal_ids=ids, shown=shown, by=by, reason=reason)
            else:
                for id_ in ids[:1]:
                    actions.cancel_withdrawal(withdrawal_id=id_, by=by, reason=reason)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _done(decision, shown))
        if len(ids) == 1:
            return self.page_of(ids[0])
        return HttpResponseRedirect(f"{_list_address()}?state={WithdrawalState.REQUESTED}")


_TITLES: Final = {
    "approve": _("Approve withdrawals"),
    "reject": _("Reject withdrawals"),
    "cancel": _("Cancel a withdrawal"),
}


def _done(decision: str, shown: Shown) -> str:
    told = {
        "approve": ngettext(
            "{count} withdrawal approved: {sum}.", "{count} withdrawals approved: {sum}.",
            shown.count,
        ),
        "reject": ngettext(
            "{count} withdrawal rejected: {sum}.", "{count} withdrawals rejected: {sum}.",
            shown.count,
        ),
        "cancel": ngettext(
            "{count} withdrawal cancelled: {sum}.", "{count} withdrawals cancelled: {sum}.",
            shown.count,
        ),
    }  # fmt: skip
    return told[decision].format(count=shown.count, sum=yuan(shown.amount))


def _list_address() -> str:
    return reverse("admin:withdrawals_withdrawal_changelist")


def _shown(chosen: Sequence[Withdrawal]) -> Shown:
    return Shown(len(chosen), sum(each.gross for each in chosen))


def _shown_in(request: HttpRequest) -> Shown:
    count, amount = request.POST.get("count", ""), request.POST.get("amount", "")
    numbers = whole(count), whole(amount)
    if numbers[0] is None or numbers[1] is None:
        raise Http404
    return Shown(numbers[0], numbers[1])


def _hindrance(withdrawal: Withdrawal, decision: str, by: Actor) -> str:
    """Why it cannot be decided so; empty where it can."""
    if withdrawal.state not in _FROM[decision]:
        return _now("It is {state} already.").format(state=withdrawal.get_state_display())
    if decision != "cancel" and not _is_second(withdrawal, by):
        return _now("You asked for it or are paid by it: a second person must decide.")
    return ""


def _is_second(withdrawal: Withdrawal, by: Actor) -> bool:
    try:
        check_second(withdrawal, by)
    except NotASecondPerson:
        return False
    return True


def _provider(code: str) -> str:
    try:
        return str(provider_named(code).title)
    except LookupError:
        return code
