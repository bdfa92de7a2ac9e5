"""Files to the bank, files from the bank, and where the two sides differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.group.organisations.queries import Node, tree
from yipan.group.people.list_filters import choice_filter, text_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.models import Person
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.group.people.sessions import proves_password
from yipan.kernel.errors import DomainError
from yipan.kernel.money import yuan
from yipan.kernel.text import whole
from yipan.payouts.withdrawals import actions
from yipan.payouts.withdrawals.actions import Shown
from yipan.payouts.withdrawals.actions.bank_out import MOST
from yipan.payouts.withdrawals.admin.words import FINDING_TONES, RETURN_TONES, TONES
from yipan.payouts.withdrawals.models import (
    BankFile,
    BankReturn,
    Finding,
    ReturnState,
    Withdrawal,
    WithdrawalState,
)
from yipan.payouts.withdrawals.providers.registry import filed_codes
from yipan.payouts.withdrawals.rules.bank_findings import BREAKING, MOVING
from yipan.payouts.withdrawals.rules.bank_layout import LAYOUTS, MOST_BYTES

_WRITE: Final = "withdrawals.write"
_LAYOUTS: Final = {
    "standard": _("UTF-8, amounts in yuan"),
    "gbk": _("GBK, amounts in yuan"),
    "gbk_fen": _("GBK, amounts in fen"),
}
_SHOWN: Final = 500
"""Rows of a file on its page."""


class OfPayer(ListPage):
    """Rows that are seen where their payer is."""

    permission = "withdrawals"
    organisation_lookup = "payer_id"


def payers_of(request: HttpRequest) -> list[Node]:
    """Organisations whose payouts the person handles."""
    scope = scope_of_request(request)
    return [node for node in tree().by_id.values() if scope.allows(_WRITE, node.path)]


@admin.register(BankFile)
class BankFileAdmin(OfPayer):
    """Batches handed to the bank, newest first."""

    change_form_template = "console/bank/file.html"
    columns = (
        Column(_("made at")), Column(_("number")), Column(_("payer")), Column(_("payouts"), "end"),
        Column(_("total"), "end"), Column(_("outcome")), Column(_("made by")),
    )  # fmt: skip
    rows_template = "console/list/rows/bank_file.html"
    head_template = "console/bank/file_head.html"
    lead = _(
        "Approved withdrawals go to the bank in a file, each of them once. The bank's answer comes "
        "back as a return file."
    )
    empty_text = _("Make the first one as soon as approved withdrawals wait for it.")
    list_filter = (text_filter("number", _("number"), lambda word: Q(number__iexact=word)),)
    ordering = ("-made_at", "-id")
    fields = ("number",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("make/", self.make, "make"),
            self.route("<int:row_id>/download/", self.download, "download"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        ended = Q(withdrawals__state=WithdrawalState.SUCCEEDED)
        failed = Q(withdrawals__state=WithdrawalState.FAILED)
        counted: QuerySet[Any] = rows.annotate(
            paid=Count("withdrawals", filter=ended), failed=Count("withdrawals", filter=failed)
        )
        return counted

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        waiting = _waiting(payers_of(request)) if payers_of(request) else []
        return {"waiting": sum(each["count"] for each in waiting)}

    def row_title(self, row: BankFile) -> str:
        """For the head of its page."""
        return row.number

    def page_context(self, request: HttpRequest, row: BankFile) -> dict[str, Any]:
        payouts = row.withdrawals.select_related("distributor", "card").order_by("id")
        return {
            "payouts": list(payouts[:_SHOWN]),
            "more": max(0, row.count - _SHOWN),
            "layout": _LAYOUTS.get(row.layout, row.layout),
            "may_write": self.may_write(request, row),
            "asks_password": _has_password(request),
            "tones": TONES,
        }

    def make(self, request: HttpRequest) -> HttpResponse:
        """Shows what waits for a file, by payer; makes one of what was shown."""
        payers = payers_of(request)
        if not payers:
            raise Http404
        if request.method == "POST":
            return self._made(request, payers)
        batches = _waiting(payers)
        payer_id = whole(request.GET.get("payer", ""))
        batch = next((each for each in batches if each["payer_id"] == payer_id), None)
        batch = batch or (batches[0] if batches else None)
        rows = list(_of_payer(batch["payer_id"])[:MOST]) if batch else []
        return self.beside(
            request,
            "console/bank/make.html",
            title=_now("Make a bank file"),
            batches=batches,
            batch=batch,
            rows=rows[:_SHOWN],
            more=max(0, len(rows) - _SHOWN),
            ids=[each.id for each in rows],
            count=len(rows),
            total=sum(each.net for each in rows),
            layouts=[(code, str(name)) for code, name in _LAYOUTS.items() if code in LAYOUTS],
        )

    def _made(self, request: HttpRequest, payers: Sequence[Node]) -> HttpResponse:
        given = request.POST
        payer_id, count, total = (
            whole(given.get(name, "")) for name in ("payer", "count", "total")
        )
        if payer_id is None or count is None or total is None:
            raise Http404
        if payer_id not in {node.id for node in payers}:
            raise Http404
        ids = [id_ for each in given.get("ids", "").split(",") if (id_ := whole(each)) is not None]
        try:
            file = actions.make_bank_file(
                payer_id=payer_id,
                withdrawal_ids=ids,
                layout=given.get("layout", ""),
                shown=Shown(count, total),
                by=actor_of(request),
            )
        except DomainError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:withdrawals_bankfile_make"))
        told = _now("{number} is made: {count} payouts, {sum}. Take it to the bank.")
        messages.success(
            request, told.format(number=file.number, count=file.count, sum=yuan(file.total))
        )
        return self.page_of(file.id)

    def download(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """The file itself, with card numbers: asks for the password again, and is audited."""
        file = self.posted(request, row_id)
        try:
            is_confirmed = _confirmed(request)
        except DomainError as error:
            messages.error(request, str(error))
            return self.page_of(file.id)
        if not is_confirmed:
            messages.error(request, _now("This is not your password."))
            return self.page_of(file.id)
        content = actions.bytes_of(file=file, by=actor_of(request))
        answer = HttpResponse(content, content_type="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.number}.csv"'
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _has_password(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and request.user.has_usable_password()


def _confirmed(request: HttpRequest) -> bool:
    """People without a password were let in by a code moments ago, or by an outside account.

    Raises TooManyAttempts.
    """
    person = request.user
    if not isinstance(person, Person) or not person.has_usable_password():
        return isinstance(person, Person)
    return proves_password(person, request.POST.get("password", ""))


def _of_payer(payer_id: int) -> QuerySet[Withdrawal]:
    """Approved payouts of a payer that wait for a file, oldest first."""
    waiting: QuerySet[Withdrawal] = Withdrawal.objects.filter(
        state=WithdrawalState.APPROVED, provider__in=filed_codes(), payer_id=payer_id
    )
    return waiting.select_related("distributor", "card").order_by("requested_at", "id")


def _waiting(payers: Sequence[Node]) -> list[dict[str, Any]]:
    """Payers with payouts that wait for a file: `payer_id`, `count`, `total`; one statement."""
    rows = Withdrawal.objects.filter(
        state=WithdrawalState.APPROVED,
        provider__in=filed_codes(),
        payer_id__in=[node.id for node in payers],
    )
    found = rows.order_by("payer_id").values("payer_id")
    return list(found.annotate(count=Count("id"), total=Sum("net")))


@admin.register(BankReturn)
class BankReturnAdmin(OfPayer):
    """The bank's answers, newest first."""

    change_form_template = "console/bank/return.html"
    columns = (
        Column(_("loaded at")), Column(_("file")), Column(_("payer")), Column(_("lines"), "end"),
        Column(_("state")), Column(_("loaded by")),
    )  # fmt: skip
    rows_template = "console/list/rows/bank_return.html"
    head_template = "console/bank/return_head.html"
    lead = _(
        "Load the bank's answer, look at what each line would do, then apply it. The same file "
        "changes nothing a second time."
    )
    empty_text = _("Load the bank's return file here once it has answered.")
    list_filter = (choice_filter("state", _("state"), lambda: ReturnState.choices, tabs=True),)
    ordering = ("-uploaded_at", "-id")
    fields = ("file_name",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("load/", self.load, "load"),
            self.route("<int:row_id>/apply/", self.apply, "apply"),
            self.route("<int:row_id>/drop/", self.drop, "drop"),
            *super().get_urls(),
        ]

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        return {"tones": RETURN_TONES, "may_write": bool(payers_of(request))}

    def page_context(self, request: HttpRequest, row: BankReturn) -> dict[str, Any]:
        lines = list(row.lines.select_related("withdrawal__distributor").order_by("line_no"))
        found = Counter(line.finding for line in lines)
        sums = dict.fromkeys(found, 0)
        for line in lines:
            sums[line.finding] += line.amount or 0
        lines.sort(key=lambda line: (line.finding in MOVING, line.finding, line.line_no))
        return {
            "lines": lines[:_SHOWN],
            "more": max(0, len(lines) - _SHOWN),
            "found": [
                (Finding(name).label, found[name], sums[name], _finding_tone(name))
                for name in Finding.values
                if name in found
            ],
            "moving": sum(found[name] for name in MOVING),
            "paying": sums.get(Finding.PAYS, 0),
            "breaking": sum(found[name] for name in BREAKING),
            "may_write": self.may_write(request, row),
            "tones": RETURN_TONES,
            "finding_tones": {name: _finding_tone(name) for name in Finding.values},
        }

    def load(self, request: HttpRequest) -> HttpResponse:
        """Asks for the file; reads it."""
        payers = payers_of(request)
        if not payers:
            raise Http404
        if request.method == "POST":
            return self._loaded(request, payers)
        used = set(BankFile.objects.order_by().values_list("payer_id", flat=True).distinct())
        options = [(str(node.id), node.name) for node in payers if node.id in used]
        return self.beside(
            request, "console/bank/load.html", title=_now("Load a return file"), payers=options
        )

    def _loaded(self, request: HttpRequest, payers: Sequence[Node]) -> HttpResponse:
        payer_id, file = whole(request.POST.get("payer", "")) or 0, request.FILES.get("file")
        if payer_id not in {node.id for node in payers}:
            raise Http404
        again = HttpResponseRedirect(reverse("admin:withdrawals_bankreturn_load"))
        if file is None:
            messages.error(request, _now("Choose a file first."))
            return again
        try:
            loaded = actions.load_return(
                payer_id=payer_id,
                file_name=file.name or "-",
                content=file.read(MOST_BYTES + 1),
                by=actor_of(request),
            )
        except DomainError as error:
            messages.error(request, str(error))
            return again
        return self.page_of(loaded.id)

    def apply(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Let the file have its consequences."""
        row = self.posted(request, row_id)
        return self.done(
            request,
            row,
            lambda: actions.apply_return(return_id=row.id, by=actor_of(request)),
            _now("The file is applied."),
        )

    def drop(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Do nothing with the file."""
        row = self.posted(request, row_id)
        return self.done(
            request, row, lambda: actions.drop_return(return_id=row.id, by=actor_of(request))
        )


def _finding_tone(name: str) -> str:
    return FINDING_TONES.get(Finding(name), "bad")
