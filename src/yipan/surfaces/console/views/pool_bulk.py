"""One change for many rows of the pool: form, preview, and doing it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from yipan.distribution.pool.actions.bulk import Act, BulkOrder, BulkPlan, digest_of, plan_bulk
from yipan.distribution.pool.actions.offers import KEEP, OfferChange
from yipan.distribution.pool.jobs import BULK
from yipan.distribution.pool.offering import Change, OfferState, Pair
from yipan.distribution.pool.queries import rule_books
from yipan.distribution.pool.queries.grid import MOST_SELECTED, matching_pairs, pair_of
from yipan.distribution.pool.sheets.workbooks import written_end, written_start
from yipan.goods.catalogue.queries import cards
from yipan.group.organisations.queries import tree
from yipan.kernel import long_work
from yipan.kernel.errors import InvalidField
from yipan.kernel.text import whole
from yipan.kernel.zones import zone
from yipan.surfaces.console.page import ConsoleRequest, console_view
from yipan.surfaces.console.views.pool_grid import READ, WRITE, moment_given
from yipan.surfaces.console.views.pool_query import (
    GridQuery,
    home_of,
    organisation_choices,
    rule_choices,
)

AT_ONCE: Final = 500
"""So many rows are changed while the person waits; more by a worker."""
EXAMPLES: Final = 8
REFUSALS: Final = 50

TITLES: Final[dict[Act, str | Promise]] = {
    Act.PUT_ON: gettext_lazy("Put into the pool"),
    Act.CHANGE: gettext_lazy("Change rule or dates"),
    Act.SWITCH_ON: gettext_lazy("Switch on"),
    Act.SWITCH_OFF: gettext_lazy("Switch off"),
    Act.TAKE_OFF: gettext_lazy("Take off"),
}
TEXTS: Final[dict[Act, str | Promise]] = {
    Act.PUT_ON: gettext_lazy("The SKUs earn commission by the rule that you choose."),
    Act.CHANGE: gettext_lazy("What you leave empty stays as it is."),
    Act.SWITCH_ON: gettext_lazy("The offers earn again, between their dates."),
    Act.SWITCH_OFF: gettext_lazy(
        "The SKUs earn nothing there, whatever an organisation above offers."
    ),
    Act.TAKE_OFF: gettext_lazy(
        "The offers end now; from now on an organisation above decides on the SKUs."
    ),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One row before and after."""

    code: str
    name: str
    organisation: str
    before: str
    after: str
    estimate_before: int | None
    estimate_after: int


@dataclass(frozen=True, slots=True)
class NotDone:
    """One row that stays as it is."""

    code: str
    name: str
    organisation: str
    reasons: list[str]


@require_POST
@console_view(WRITE)
def bulk_form(request: ConsoleRequest) -> HttpResponse:
    """What is to be said about one change for the chosen rows."""
    act = _act(request.POST)
    write_paths = request.scope.paths(WRITE)
    home = home_of(write_paths)
    context = {
        "act": act,
        "title": TITLES[act],
        "text": TEXTS[act],
        "danger": act in {Act.SWITCH_OFF, Act.TAKE_OFF},
        "keys": ",".join(request.POST.getlist("row"))[:400_000],
        "all": request.POST.get("all", ""),
        "query": request.POST.get("query", ""),
        "once": get_random_string(20),
        "rules": rule_choices(write_paths),
        "organisations": organisation_choices(write_paths),
        "home": home,
    }
    return render(request, "console/pool/bulk.html", context)


@require_POST
@console_view(WRITE)
def bulk_preview(request: ConsoleRequest) -> HttpResponse:
    """What the change would do, and to which rows it cannot be done."""
    return _preview(request)


@require_POST
@console_view(WRITE)
def bulk_apply(request: ConsoleRequest) -> HttpResponse:
    """Do it, if it is still what the preview said."""
    given = request.POST
    reason = given.get("reason", "").strip()
    if not reason:
        return _preview(request, fault=_("Say why: the reason is kept in the audit trail."))
    rows = _rows(request)
    order = _order(given)
    write_paths = request.scope.paths(WRITE)
    if digest_of(rows, order) != given.get("digest", ""):
        return _preview(
            request, fault=_("The pool changed while you looked. This is what would happen now.")
        )
    count = len(order.pairs(rows))
    work = long_work.ask(
        BULK,
        title=_("{act}: {count} rows").format(act=TITLES[order.act], count=f"{count:,}"),
        by=request.actor,
        arguments={"order": order.to_data(), "reason": reason[:500], "within": write_paths},
        organisation_id=home_of(write_paths).id,
        permission=WRITE,
        file=BytesIO(json.dumps(order.pairs(rows)).encode()),
        once=f"bulk:{given.get('once', '')}"[:80],
    )
    if count <= AT_ONCE:
        long_work.do(work.id)
        work.refresh_from_db()
    answer = render(request, "console/pool/bulk_done.html", {"work": work})
    answer["HX-Trigger"] = "pool-changed"
    return answer


def _preview(request: ConsoleRequest, fault: str = "") -> HttpResponse:
    try:
        order = _order(request.POST)
    except InvalidField as error:
        context = {"missing": str(error.data["reason"]), "fault": fault}
        return render(request, "console/pool/bulk_preview.html", context)
    rows = _rows(request)
    plan = plan_bulk(rows, order, request.scope.paths(WRITE))
    return render(
        request,
        "console/pool/bulk_preview.html",
        {
            "plan": plan,
            "act": order.act,
            "count": len(order.pairs(rows)),
            "capped": len(rows) >= MOST_SELECTED,
            "examples": _examples(plan),
            "refusals": _refusals(plan),
            "more_refusals": max(0, len(plan.refused) - REFUSALS),
            "average_before": _average(plan.estimate_before, plan.changed),
            "average_after": _average(plan.estimate_after, len(plan.changes)),
            "fault": fault,
        },
    )


def _average(total: int, count: int) -> int | None:
    return total // count if count else None


def _act(given: QueryDict) -> Act:
    act = given.get("act", "")
    if act not in set(Act):
        raise InvalidField(field="act", reason=_("is not known"))
    return Act(act)


def _rows(request: ConsoleRequest) -> list[Pair]:
    """The chosen rows: those named, or everything that the filters match."""
    given = request.POST
    if given.get("all"):
        paths = request.scope.paths(READ)
        asked = GridQuery.of(QueryDict(given.get("query", "")))
        return matching_pairs(paths, asked.filters(paths))
    keys = [key for key in given.get("keys", "").split(",") if key]
    return [pair_of(key) for key in keys[:MOST_SELECTED]]


def _order(given: QueryDict) -> BulkOrder:
    """What the form says. Raises InvalidField."""
    act = _act(given)
    if act not in {Act.PUT_ON, Act.CHANGE}:
        return BulkOrder(act)
    rule = given.get("rule", "")
    starts = moment_given(given.get("starts", ""), is_end=False)
    ends = moment_given(given.get("ends", ""), is_end=True)
    rule_id = whole(rule)
    if act is Act.PUT_ON:
        if rule_id is None:
            raise InvalidField(field="rule", reason=_("Choose a rule."))
        where = given.get("where", "")
        place = whole(where)
        return BulkOrder(act, OfferChange(rule_id, starts, ends), place)
    until = ends if ends is not None else (None if given.get("no_end") else KEEP)
    if rule_id is None and starts is None and until is KEEP:
        raise InvalidField(field="rule", reason=_("Choose a rule or a date to change."))
    return BulkOrder(act, OfferChange(rule_id, starts, until))


def _examples(plan: BulkPlan) -> list[Example]:
    """The first changes, in two statements."""
    chosen = list(zip(plan.changes[:EXAMPLES], plan.estimates, strict=False))
    names = _names([(each.sku_id, each.organisation_id) for each, _estimate in chosen])
    ids = {each.after.rule_id for each, _estimate in chosen}
    ids |= {each.before.state.rule_id for each, _estimate in chosen if each.before}
    books = rule_books(ids)
    codes = {rule_id: book.code for rule_id, book in books.items()}
    return [_example(each, estimate, names, codes) for each, estimate in chosen]


def _example(
    each: Change, estimate: int, names: dict[Pair, tuple[str, str, str]], codes: dict[int, str]
) -> Example:
    code, name, place = names[each.sku_id, each.organisation_id]
    before = each.before
    return Example(
        code,
        name,
        place,
        state_words(before.state, codes) if before else _("Not in the pool"),
        state_words(each.after, codes),
        before.estimate if before else None,
        estimate,
    )


def state_words(state: OfferState, codes: dict[int, str]) -> str:
    """What an offer says, in a line."""
    zone_info = ZoneInfo(zone())
    dates = f"{written_start(state.valid_from, zone_info)} – "
    dates += written_end(state.valid_until, zone_info) or _("no end")
    if state.valid_until is not None and state.valid_until <= state.valid_from:
        dates = pgettext("offer dates", "never")
    return " · ".join(
        (
            codes.get(state.rule_id, "?"),
            dates,
            pgettext("offer state", "On") if state.is_on else pgettext("offer state", "Off"),
        )
    )


def _refusals(plan: BulkPlan) -> list[NotDone]:
    refused = plan.refused[:REFUSALS]
    names = _names([each.pair for each in refused])
    return [
        NotDone(*names[each.pair], reasons=[fault.reason for fault in each.faults])
        for each in refused
    ]


def _names(pairs: Sequence[Pair]) -> dict[Pair, tuple[str, str, str]]:
    """Code and name of the SKU, name of the organisation; one statement."""
    goods: dict[int, Any] = cards([sku_id for sku_id, _place in pairs])
    nodes = tree().by_id
    return {
        (sku_id, place): (
            goods[sku_id].code if sku_id in goods else str(sku_id),
            goods[sku_id].name if sku_id in goods else "",
            nodes[place].name if place in nodes else str(place),
        )
        for sku_id, place in pairs
    }
