"""Settlement in the console: what is due, what is held and why, releases with their journals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Self

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yipan.distribution.commissions.models import EntryState
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import tree, within
from yipan.group.people.columns import badge
from yipan.group.people.list_filters import NOTHING, StoreFilter, choice_filter, text_filter
from yipan.group.people.list_pages import Column, ListPage
from yipan.group.people.screens import actor_of, scope_of_request
from yipan.kernel import clock
from yipan.kernel.money import yuan
from yipan.ledger.models import Journal
from yipan.ledger.queries import with_moved
from yipan.payouts.settlement.actions import release_by_hand
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.settlement.queries import (
    ORDER,
    Part,
    Standing,
    lateness,
    parts_of,
    standing_of,
    with_distributor_code,
    would_release,
)
from yipan.trade.orders.models import OrderLine, RefundRequest, RequestState

_WORDS: Final = {
    Standing.HELD: _("held"),
    Standing.DUE: _("due"),
    Standing.WAITING: _("waiting for its due date"),
    Standing.UNDATED: _("no due date yet"),
    Standing.RELEASED: _("released"),
}
_TONES: Final = {Standing.HELD: "bad", Standing.RELEASED: "good", Standing.UNDATED: ""}
_SHOWN: Final = 200
"""Rows of a batch on its page."""


def by_standing(value: str) -> Q:
    """Where entries stand now (index: entry_due)."""
    waits = Q(released_at__isnull=True, due_at__isnull=False)
    now = clock.now()
    conditions: dict[str, Q] = {
        Standing.UNDATED: Q(released_at__isnull=True, due_at__isnull=True),
        Standing.HELD: waits & Q(held=True),
        Standing.WAITING: waits & Q(held=False, due_at__gt=now),
        Standing.DUE: waits & Q(held=False, due_at__lte=now),
        Standing.RELEASED: Q(released_at__isnull=False),
    }
    return conditions.get(value, NOTHING)


def by_distributor(word: str) -> Q:
    """A code as a whole, or a part of a name."""
    wanted = Q(code=word.upper()) | Q(name__contains=word)
    return Q(distributor_id__in=Distributor.objects.filter(wanted).values("id"))


@admin.register(EntryState)
class EntryStateAdmin(ListPage):
    """Where every accrual stands on its way to being available; what comes first comes first."""

    permission = "settlement"
    organisation_lookup = "organisation_id"
    columns = (
        Column(_("due at")), Column(_("order")), Column(_("distributor")),
        Column(_("amount"), "end"), Column(_("state")), Column(_("why")),
    )  # fmt: skip
    rows_template = "console/list/rows/standing.html"
    change_form_template = "console/settlement/standing.html"
    head_template = "console/settlement/head.html"
    sums_template = "console/settlement/sums.html"
    lead = _(
        "Commission waits until its line is completed and the days to return it are over; an open "
        "refund request holds it. What is due is released every minute."
    )
    empty_text = _("Entries appear once an order that earns commission is paid.")
    list_filter = (
        choice_filter(
            "standing", _("state"), _WORDS.items, by_standing, tabs=True,
            unchosen=(_("not released"), Q(released_at__isnull=True)),
        ),
        StoreFilter,
        text_filter("distributor", _("distributor"), by_distributor),
    )  # fmt: skip
    fields = ("id",)
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        return [self.route("release/", self.release, "release"), *super().get_urls()]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Of what is not released the soonest, of the rest the latest (see its indexes)."""
        chosen = request.GET.get("standing", "")
        return ORDER[Standing(chosen) if chosen in set(Standing) else Standing.DUE]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        open_requests = RefundRequest.objects.filter(
            line_id=OuterRef("line_id"), state=RequestState.OPEN
        )
        line = OrderLine.objects.filter(id=OuterRef("line_id"))
        distributor = Distributor.objects.filter(id=OuterRef("distributor_id"))
        rows: QuerySet[Any] = with_distributor_code(super().get_queryset(request))
        named: QuerySet[Any] = rows.annotate(
            distributor_name=Subquery(distributor.values("name")),
            order_id=Subquery(line.values("order_id")),
            order_number=Subquery(line.values("order__number")),
            request_id=Subquery(open_requests.values("id")[:1]),
            request_reason=Subquery(open_requests.values("reason")[:1]),
        )
        return named

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        """One statement: how much stands where, of what is not released and chosen."""
        paths = scope_of_request(request).paths("settlement.read")
        waiting: QuerySet[Any] = EntryState.objects.filter(
            within(paths, "organisation_id"), released_at__isnull=True
        )
        for spec in changes.filter_specs:
            if getattr(spec, "kind", "") != "tabs":
                narrowed = spec.queryset(request, waiting)
                waiting = waiting if narrowed is None else narrowed
        soon = by_standing(Standing.WAITING) & Q(due_at__lte=clock.now() + timedelta(days=7))
        parts = {each.value: by_standing(each) for each in _WORDS if each != Standing.RELEASED}
        sums = waiting.aggregate(
            **{f"{name}_count": Count("id", filter=part) for name, part in parts.items()},
            **{f"{name}_sum": _sum(part) for name, part in parts.items()},
            soon_sum=_sum(soon),
            all_count=Count("id"),
            all_sum=_sum(Q()),
        )
        return {
            "counts": {name: sums[f"{name}_count"] or "" for name in parts}
            | {"": sums["all_count"] or ""},
            "sums": sums,
            "now": clock.now(),
            "may_release": scope_of_request(request).allows_everywhere("settlement.write"),
        }

    def row_title(self, row: EntryState) -> str:
        """For the head of its page."""
        return str(getattr(row, "order_number", None) or row.pk)

    def page_context(self, request: HttpRequest, row: EntryState) -> dict[str, Any]:
        return {"now": clock.now()}

    @admin.display(description=_("state"))
    def state_badge(self, state: EntryState) -> SafeString:
        """For other pages."""
        standing = standing_of(state, clock.now())
        return badge(_WORDS[standing], _TONES.get(standing, "wait"))

    # Releasing by hand

    def release(self, request: HttpRequest) -> HttpResponse:
        """Shows what is due with its sum; releases exactly what was shown, or less."""
        if not scope_of_request(request).allows_everywhere("settlement.write"):
            raise Http404
        if request.method == "POST":
            return self._released(request)
        moment = clock.now()
        releases = would_release(scope_path=tree().root.path, until=moment)
        return self.beside(
            request,
            "console/settlement/release.html",
            title=_now("Release now"),
            until=moment.isoformat(),
            releases=releases[:_SHOWN],
            more=max(0, len(releases) - _SHOWN),
            entries=sum(each.entries for each in releases),
            amount=sum(each.amount for each in releases),
            offset=sum(each.offset for each in releases),
            lateness=lateness(tree().root.path),
        )

    def _released(self, request: HttpRequest) -> HttpResponse:
        try:
            until = datetime.fromisoformat(request.POST.get("until", ""))
        except ValueError:
            raise Http404 from None
        if until.tzinfo is None:
            raise Http404
        batches = release_by_hand(until=until, by=actor_of(request))
        if not batches:
            messages.info(request, _now("Nothing of it was left to release."))
            return HttpResponseRedirect(reverse("admin:settlement_releasebatch_changelist"))
        told = _now("{count} entries released: {sum}.").format(
            count=sum(batch.entries for batch in batches),
            sum=yuan(sum(batch.amount for batch in batches)),
        )
        messages.success(request, told)
        address = reverse("admin:settlement_releasebatch_change", args=[batches[-1].id])
        return HttpResponseRedirect(address)


def _sum(condition: Q) -> Coalesce:
    return Coalesce(Sum("remaining", filter=condition or None), 0)


@admin.register(ReleaseBatch)
class ReleaseBatchAdmin(ListPage):
    """Chunks of the release job; whoever is not at headquarters sees their own part of each."""

    permission = "settlement"
    organisation_lookup = "organisation_id"
    change_form_template = "console/settlement/batch.html"
    columns = (
        Column(_("released at")), Column(_("entries"), "end"), Column(_("released"), "end"),
        Column(_("taken for claw-back"), "end"),
    )  # fmt: skip
    rows_template = "console/list/rows/batch.html"
    lead = _("What became available, batch by batch.")
    empty_text = _("The first batch is made as soon as commission is due.")
    ordering = ("-released_at",)
    fields = ("released_at",)
    readonly_fields = fields

    def in_reach(self, rows: QuerySet[Any], paths: Sequence[str]) -> QuerySet[Any]:
        """Those with an entry of these subtrees (index: entry_released)."""
        if tree().root.path in paths:
            return rows
        return rows.filter(Exists(_entries_of(paths)))

    def paths_of(self, obj: Any) -> Sequence[str]:
        return (tree().root.path,)

    def list_context(self, request: HttpRequest, changes: ChangeList) -> dict[str, Any]:
        """What of each batch is the reader's, by its id; nothing where all of it is."""
        return {"own": self._own(request, changes.result_list)}

    def _own(self, request: HttpRequest, rows: Sequence[ReleaseBatch]) -> dict[int, Part]:
        paths = scope_of_request(request).paths("settlement.read")
        if tree().root.path in paths:
            return {}
        parts = parts_of([row.released_at for row in rows], paths=paths)
        return {row.id: parts.get(row.released_at, Part(0, 0, 0)) for row in rows}

    def row_title(self, row: ReleaseBatch) -> str:
        """For the head of its page."""
        moment = timezone.localtime(row.released_at)
        return _now("Release of {moment}").format(moment=f"{moment:%Y-%m-%d %H:%M}")

    def page_context(self, request: HttpRequest, row: ReleaseBatch) -> dict[str, Any]:
        """Its entries with their journals: five statements, however many."""
        scope = scope_of_request(request)
        screen = self.admin_site.get_model_admin(EntryState)
        rows = screen.get_queryset(request).filter(released_at=row.released_at).order_by("id")
        entries = list(rows[: _SHOWN + 1])
        keys = [key for each in entries for key in _keys(each)]
        journals = {each.key: each for each in with_moved(Journal.objects.filter(key__in=keys))}
        shown = [Booked.of(each, journals) for each in entries[:_SHOWN]]
        return {
            "entries": shown,
            "is_cut": len(entries) > _SHOWN,
            "part": self._own(request, [row]).get(row.id),
            "shows_journals": scope.holds("ledger.read"),
        }


class Booked(NamedTuple):
    """An entry of a batch as the release booked it. Amounts in fen."""

    entry: EntryState
    journals: list[Journal]
    amount: int
    """Became available; refunds since then are not in it."""
    offset: int

    @classmethod
    def of(cls, entry: EntryState, journals: Mapping[str, Any]) -> Self:
        """With those of the journals that are the entry's."""
        release, offset = (journals.get(key) for key in _keys(entry))
        return cls(
            entry,
            [each for each in (release, offset) if each is not None],
            release.moved if release is not None else 0,
            offset.moved if offset is not None else 0,
        )


def _keys(entry: EntryState) -> tuple[str, str]:
    return f"release:{entry.id}", f"offset:{entry.id}"


def _entries_of(paths: Sequence[str]) -> QuerySet[EntryState]:
    """Entries of these subtrees that were released with the batch of the outer row."""
    rows: QuerySet[EntryState] = EntryState.objects.filter(
        within(paths, "organisation_id"), released_at=OuterRef("released_at")
    )
    return rows
