"""导入: a file is handed in, looked at, and loaded in whole, in part or not at all; and 导出."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.distribution.pool.actions import Choice
from yipan.distribution.pool.actions.uploads import (
    begin_again,
    decide,
    faults_of,
    faulty_rows,
    hand_in,
)
from yipan.distribution.pool.errors import UploadNotReady
from yipan.distribution.pool.filtering import filters_to_data
from yipan.distribution.pool.jobs import EXPORT, FAULTS
from yipan.distribution.pool.models import ImportRun, Upload, UploadState
from yipan.distribution.pool.queries.grid import count_matching
from yipan.distribution.pool.queries.imports import Listed, listed_imports
from yipan.distribution.pool.sheets.table import MOST_BYTES, MOST_ROWS
from yipan.distribution.pool.sheets.workbooks import (
    XLSX,
    names,
    template,
)
from yipan.group.organisations.queries import tree, within
from yipan.kernel import long_work
from yipan.kernel.errors import NotFound
from yipan.kernel.models import LongWork
from yipan.kernel.text import whole
from yipan.surfaces.console.page import ConsoleRequest, console_page, console_view
from yipan.surfaces.console.views.pool_grid import READ, WRITE
from yipan.surfaces.console.views.pool_query import GridQuery, home_of, organisation_choices
from yipan.surfaces.design.toasts import toast

PER_PAGE: Final = 30
AT_ONCE_BYTES: Final = 256 * 2**10
"""Files as small as this are looked at and loaded while the person waits."""
AT_ONCE_ROWS: Final = 3_000
"""As many are exported at once."""
TONES: Final = {
    UploadState.CHECKING: "info",
    UploadState.CHECKED: "warn",
    UploadState.UNREADABLE: "bad",
    UploadState.LOADING: "info",
    UploadState.LOADED: "good",
    UploadState.DISCARDED: "neutral",
}


@require_http_methods(["GET", "POST"])
@console_view(READ)
def imports(request: ConsoleRequest) -> HttpResponse:
    """The files that were handed in; sent with one, it is taken in."""
    fault = ""
    if request.method == "POST":
        taken = _take_in(request)
        if isinstance(taken, HttpResponse):
            return taken
        fault = taken
    cursor = request.GET.get("cursor") or None
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    state = state if state in UploadState else ""
    page = listed_imports(
        request.scope.paths(READ), text=text, state=state, cursor=cursor, limit=PER_PAGE
    )
    write_paths = request.scope.paths(WRITE)
    return console_page(
        request,
        "console/pool/imports.html",
        title=_("Imports"),
        crumbs=[(_("Distribution pool"), reverse("console-pool"))],
        status=422 if fault else 200,
        imports=[(each, _tone(each)) for each in page.items],
        next_cursor=page.next_cursor,
        first_page=not cursor,
        asked={"q": text, "state": state},
        is_narrow=bool(text or state),
        states=UploadState.choices,
        fault=fault,
        may_write=bool(write_paths),
        organisations=organisation_choices(write_paths),
        home=home_of(write_paths) if write_paths else None,
        columns=list(names().values()),
        most_rows=f"{MOST_ROWS:,}",
        most_megabytes=MOST_BYTES // 2**20,
    )


def _tone(each: Listed) -> str:
    return TONES[UploadState(each.state)]


def _take_in(request: ConsoleRequest) -> HttpResponse | str:
    """Hand the file in; what is wrong with it otherwise."""
    write_paths = request.scope.paths(WRITE)
    if not write_paths:
        raise NotFound(kind="page", ref="import")
    file = request.FILES.get("file")
    if file is None:
        return _("Choose a file.")
    if (file.size or 0) > MOST_BYTES:
        limit = MOST_BYTES // 2**20
        return _("The file is larger than {limit} MB.").format(limit=limit)
    given = request.POST.get("organisation", "")
    node = tree().by_id.get(whole(given) or 0) if given else home_of(write_paths)
    if node is None or not node.path.startswith(write_paths):
        raise NotFound(kind="organisation", ref=given)
    content: Any = file
    upload = hand_in(
        file=content,
        file_name=file.name or "",
        organisation_id=node.id,
        by=request.actor,
        page=_page,
    )
    if upload.size <= AT_ONCE_BYTES:
        long_work.do(upload.work_id)
    return HttpResponseRedirect(_page(upload.id))


@require_GET
@console_view(READ)
def one_import(request: ConsoleRequest, upload_id: int) -> HttpResponse:
    """One file: how far it is, what it would do, its faults, and the decision."""
    upload = _upload(request, upload_id, READ)
    context = _shown(request, upload)
    if request.headers.get("HX-Request"):
        return render(request, "console/pool/import_body.html", context)
    return console_page(
        request,
        "console/pool/import.html",
        title=upload.file_name,
        crumbs=[
            (_("Distribution pool"), reverse("console-pool")),
            (_("Imports"), reverse("console-pool-imports")),
        ],
        **context,
    )


@require_POST
@console_view(WRITE)
def decide_import(request: ConsoleRequest, upload_id: int) -> HttpResponse:
    """Load all, the good rows, or none."""
    upload = _upload(request, upload_id, WRITE)
    chosen = request.POST.get("choice", "")
    choice = Choice(chosen) if chosen in set(Choice) else None
    if choice is None and chosen not in {"none", "again"}:
        raise NotFound(kind="choice", ref=chosen)
    text, link = "", _page(upload.id)
    try:
        if chosen == "again":
            upload = begin_again(upload=upload, by=request.actor, link=link)
        else:
            upload = decide(upload=upload, choice=choice, by=request.actor, link=link)
        if chosen != "none" and upload.size <= AT_ONCE_BYTES:
            long_work.do(upload.load_work_id)
    except UploadNotReady as error:
        text = str(error)
    upload.refresh_from_db()
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(_page(upload_id))
    answer = render(request, "console/pool/import_body.html", _shown(request, upload))
    return toast(answer, text, "info") if text else answer


@require_http_methods(["GET", "POST"])
@console_view(READ)
def import_faults(request: ConsoleRequest, upload_id: int) -> HttpResponse:
    """The faulty rows as they stand in the file, with the reasons beside them.

    Of a small file at once; of a large one (POST) by a task.
    """
    upload = _upload(request, upload_id, READ)
    if upload.size <= AT_ONCE_BYTES:
        sheet = faulty_rows(upload)
        return _download(sheet.content, sheet.name, sheet.content_type)
    if request.method != "POST":
        return HttpResponseRedirect(_page(upload.id))
    work = long_work.ask(
        FAULTS,
        title=_("Faulty rows of {file}").format(file=upload.file_name),
        by=request.actor,
        arguments={"upload_id": upload.id},
        organisation_id=upload.organisation_id,
        permission=READ,
        link=_page(upload.id),
    )
    return HttpResponseRedirect(reverse("console-work-one", args=(work.id,)))


@require_GET
@console_view(READ)
def import_template(request: ConsoleRequest) -> HttpResponse:  # noqa: ARG001 - asked by anybody
    """An empty sheet to be filled in."""
    return _download(template(), f"{_('Pool template')}.xlsx", XLSX)


@require_POST
@console_view(READ)
def export(request: ConsoleRequest) -> HttpResponse:
    """The pool as filtered, as a file that can be loaded again."""
    paths = request.scope.paths(READ)
    asked = GridQuery.of(request.POST)
    filters = asked.filters(paths)
    file_format = "csv" if request.POST.get("format") == "csv" else "xlsx"
    home = home_of(paths)
    work = long_work.ask(
        EXPORT,
        title=_("Export of the pool"),
        by=request.actor,
        arguments={
            "filters": filters_to_data(filters),
            "paths": paths,
            "format": file_format,
            "home_id": home.id,
        },
        organisation_id=home.id if len(paths) == 1 else None,
        permission=READ,
    )
    if count_matching(paths, filters) <= AT_ONCE_ROWS:
        long_work.do(work.id)
    return HttpResponseRedirect(reverse("console-work-one", args=(work.id,)))


def _page(upload_id: int) -> str:
    return reverse("console-pool-import", args=(upload_id,))


def _upload(request: ConsoleRequest, upload_id: int, permission: str) -> Upload:
    paths = request.scope.paths(permission)
    rows = Upload.objects.filter(within(paths)).select_related("run")
    found: Upload | None = rows.filter(id=upload_id).first()
    if found is None:
        raise NotFound(kind="import", ref=upload_id)
    return found


def _shown(request: ConsoleRequest, upload: Upload) -> dict[str, Any]:
    state = UploadState(upload.state)
    busy = state in {UploadState.CHECKING, UploadState.LOADING}
    works = {}
    if busy or state is UploadState.LOADED:
        ids = [upload.work_id, upload.load_work_id]
        works = {work.id: work for work in LongWork.objects.filter(id__in=ids)}
    work = works.get(upload.load_work_id or upload.work_id)
    run: ImportRun | None = upload.run
    node = tree().node(upload.organisation_id)
    column_names = {column.value: name for column, name in names().items()}
    return {
        "upload": upload,
        "node": node,
        "tone": TONES[state],
        "busy": busy,
        "stuck": busy and work is not None and work.state not in long_work.OPEN,
        "work": work,
        "run": run,
        "faults": [
            (
                each.number,
                column_names.get(each.field, each.field),
                each.data.get("value", ""),
                each.reason,
            )
            for each in faults_of(upload)
        ],
        "good": upload.rows - upload.faulty,
        "is_large": upload.size > AT_ONCE_BYTES,
        "to_write": upload.created + upload.changed,
        "may_write": request.scope.allows(WRITE, node.path),
    }


def _download(body: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(body, content_type=content_type, headers=headers)
