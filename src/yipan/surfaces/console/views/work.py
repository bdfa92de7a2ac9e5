"""任务: long work of one's own and of others whose work one may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yipan.group.organisations.queries import within
from yipan.group.people.scope import Scope
from yipan.kernel import audit, clock, long_work
from yipan.kernel.actor import Actor
from yipan.kernel.long_work_files import result_file
from yipan.kernel.models import LongWork, LongWorkState
from yipan.kernel.pagination import paginate
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.design.toasts import toast

PER_PAGE: Final = 30
RECENT: Final = 6
FRESH: Final = timedelta(hours=1)
"""So long a failure is told by the bell."""
TONES: Final = {
    LongWorkState.WAITING.value: "neutral",
    LongWorkState.RUNNING.value: "info",
    LongWorkState.DONE.value: "good",
    LongWorkState.FAILED.value: "bad",
    LongWorkState.CANCELLED.value: "warn",
}


def visible(actor: Actor, scope: Scope) -> QuerySet[LongWork]:
    """The works that somebody may see: their own, and those of organisations they may look into."""
    wanted = Q(owner=long_work.owner_of(actor))
    by_paths: dict[tuple[str, ...], list[str]] = {}
    for permission, paths in scope.granted.items():
        by_paths.setdefault(paths, []).append(permission)
    for paths, permissions in by_paths.items():
        wanted |= Q(permission__in=permissions) & within(paths, "organisation_id")
    found: QuerySet[LongWork] = LongWork.objects.filter(wanted)
    return found


def mine(actor: Actor) -> QuerySet[LongWork]:
    """One's own works (index: long_work_own)."""
    found: QuerySet[LongWork] = LongWork.objects.filter(owner=long_work.owner_of(actor))
    return found


def shown(work: LongWork) -> tuple[LongWork, str, str]:
    """A task with who asked for it and the tone of its state."""
    return work, long_work.actor_of(work).label, TONES[work.state]


@require_GET
@console_view()
def works(request: ConsoleRequest) -> HttpResponse:
    """The list of tasks, newest first."""
    whose = "all" if request.GET.get("whose") == "all" else ""
    rows = visible(request.actor, request.scope) if whose else mine(request.actor)
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    state = state if state in LongWorkState else ""
    page = paginate(
        _narrowed(rows, text, state).defer("arguments", "position"),
        cursor=request.GET.get("cursor") or None,
        limit=PER_PAGE,
        order=("-id",),
    )
    return console_page(
        request,
        "console/work/list.html",
        title=_("Tasks"),
        works=[shown(each) for each in page.items],
        next_cursor=page.next_cursor,
        whose=whose,
        is_mine=not whose,
        is_all=bool(whose),
        mine_query=urlencode({"q": text, "state": state}),
        all_query=urlencode({"whose": "all", "q": text, "state": state}),
        asked={"q": text, "state": state},
        is_narrow=bool(text or state),
        states=LongWorkState.choices,
        open=any(each.state in long_work.OPEN for each in page.items),
    )


def _narrowed(rows: QuerySet[LongWork], text: str, state: str) -> QuerySet[LongWork]:
    """Those with the text in their title or in the name of their file, in the state."""
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(file_name__icontains=text))
    return rows.filter(state=state) if state else rows


@require_GET
@console_view()
def bell(request: ConsoleRequest) -> HttpResponse:
    """What is under the bell: what runs, and what ended last."""
    rows = mine(request.actor).defer("arguments", "position").order_by("-id")
    works = [shown(each) for each in rows[:RECENT]]
    open_ones = rows.filter(state__in=long_work.OPEN).count()
    since = clock.now() - FRESH
    failed = rows.filter(state=LongWorkState.FAILED, ended_at__gte=since).exists()
    context = {"works": works, "open": open_ones, "failed": failed}
    return render(request, "console/work/bell.html", context)


@require_GET
@console_view()
def work(request: ConsoleRequest, work_id: int) -> HttpResponse:
    """One task; asked for by htmx, its panel alone."""
    found = _found(request, work_id)
    if request.headers.get("HX-Request"):
        answer = render(request, "console/work/panel.html", {"work": found})
        if found.state not in long_work.OPEN:
            answer["HX-Trigger"] = "work-ended"
        return answer
    return console_page(
        request,
        "console/work/one.html",
        title=found.title,
        crumbs=[(_("Tasks"), reverse("console-work"))],
        work=found,
        who=long_work.actor_of(found).label,
    )


@require_GET
@console_view()
def work_file(request: ConsoleRequest, work_id: int) -> StreamingHttpResponse:
    """The file that a task made; who took it is written down."""
    found = _found(request, work_id)
    if found.state != "done" or not found.file_name:
        raise Http404
    with unit_of_work():
        audit.record(
            action="work.take_file",
            subject_type="work",
            subject_id=found.id,
            organisation_id=found.organisation_id,
            after={"title": found.title, "file": found.file_name, "size": found.file_size},
            by=request.actor,
        )
    headers = {
        "Content-Disposition": content_disposition_header(True, found.file_name) or "",
        "Content-Length": str(found.file_size),
    }
    return StreamingHttpResponse(result_file(found), content_type=found.file_type, headers=headers)


@require_POST
@console_view()
def cancel_work(request: ConsoleRequest, work_id: int) -> HttpResponse:
    """Give a task up; only its owner may."""
    found = _found(request, work_id)
    if found.owner != long_work.owner_of(request.actor):
        raise Http404
    stopped = long_work.cancel(work_id)
    found.refresh_from_db()
    text = _("It stops at its next step.") if stopped else _("It was over already.")
    if request.headers.get("HX-Request"):
        return toast(render(request, "console/work/panel.html", {"work": found}), text, "info")
    return HttpResponseRedirect(reverse("console-work-one", args=(work_id,)))


def _found(request: ConsoleRequest, work_id: int) -> Any:
    found = visible(request.actor, request.scope).filter(id=work_id).first()
    if found is None:
        raise Http404
    return found
