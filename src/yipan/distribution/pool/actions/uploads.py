"""Files handed in on a page: kept, looked at, decided on, loaded once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from yipan.distribution.pool.actions.bare_rules import name_of
from yipan.distribution.pool.actions.imports import (
    KEPT_FAULTS,
    Choice,
    SheetReport,
    Tell,
    load_offers,
    preview_offers,
    silent,
)
from yipan.distribution.pool.actions.sheet_check import GoodRow
from yipan.distribution.pool.errors import (
    FileGone,
    PoolChangedMeanwhile,
    SheetHasFaults,
    SheetUnreadable,
    UploadNotReady,
)
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.models import Upload, UploadState
from yipan.distribution.pool.queries.books import rule_books
from yipan.distribution.pool.sheets.workbooks import (
    CSV,
    XLSX,
    by_row,
    with_reasons,
    written_end,
    written_start,
)
from yipan.goods.catalogue.queries import cards
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, long_work
from yipan.kernel.actor import Actor
from yipan.kernel.long_work_files import given_file
from yipan.kernel.models import LongWork
from yipan.kernel.uow import unit_of_work
from yipan.kernel.zones import zone

CHECK: Final = "pool.check_upload"
LOAD: Final = "pool.load_upload"
WRITE: Final = "pool.write"
_PART: Final = 2**20


def hand_in(
    *,
    file: BinaryIO,
    file_name: str,
    organisation_id: int,
    by: Actor,
    page: Callable[[int], str] = lambda _id: "",
) -> Upload:
    """Keep a file of offers and have it looked at by a worker; nothing of the pool changes.

    `page` gives the address at which an upload is shown, for the list of tasks.
    """
    digest, size = hashlib.sha256(), 0
    for part in iter(lambda: file.read(_PART), b""):
        digest.update(part)
        size += len(part)
    file.seek(0)
    with unit_of_work():
        upload: Upload = Upload.objects.create(
            organisation_id=organisation_id,
            file_name=file_name[:200],
            digest=digest.hexdigest(),
            size=size,
            uploaded_at=clock.now(),
            uploaded_by=str(by),
        )
        work = long_work.ask(
            CHECK,
            title=_("Check {file}").format(file=upload.file_name),
            by=by,
            arguments={"upload_id": upload.id},
            organisation_id=organisation_id,
            permission=WRITE,
            file=file,
            link=page(upload.id),
        )
        upload.work_id = work.id
        upload.save(update_fields=["work_id"])
    return upload


def look_at(upload_id: int, *, tell: Tell = silent) -> Upload:
    """Check the file of an upload and keep what it would do. Raises FileGone."""
    upload: Upload = Upload.objects.get(id=upload_id)
    try:
        report = preview_offers(
            content=content_of(upload), organisation_id=upload.organisation_id, tell=tell
        )
    except SheetUnreadable as error:
        _become(upload, UploadState.UNREADABLE, problem=str(error))
        return upload
    _become(upload, UploadState.CHECKED, **_found(report), problem="")
    return upload


def decide(*, upload: Upload, choice: Choice | None, by: Actor, link: str = "") -> Upload:
    """Load a file that was looked at (all its rows, or the good ones), or load none of it.

    What is loaded is loaded by a worker. Raises UploadNotReady, as for a second click.
    """
    state = UploadState.DISCARDED if choice is None else UploadState.LOADING
    waiting = Upload.objects.filter(id=upload.id, state=UploadState.CHECKED)
    with unit_of_work():
        if not waiting.update(state=state):
            raise UploadNotReady
        if choice is not None:
            work = long_work.ask(
                LOAD,
                title=_("Load {file}").format(file=upload.file_name),
                by=by,
                arguments={"upload_id": upload.id, "choice": choice.value},
                organisation_id=upload.organisation_id,
                permission=WRITE,
                link=link,
            )
            Upload.objects.filter(id=upload.id).update(load_work_id=work.id)
        else:
            audit.record(
                action="pool.discard_upload",
                subject_type="pool_upload",
                subject_id=upload.id,
                organisation_id=upload.organisation_id,
                after={"file_name": upload.file_name, "digest": upload.digest},
                by=by,
            )
    upload.refresh_from_db()
    return upload


def begin_again(*, upload: Upload, by: Actor, link: str = "") -> Upload:
    """After a check or load that failed: have the file looked at anew. Raises UploadNotReady."""
    busy = (UploadState.CHECKING, UploadState.LOADING)
    work_ids = (upload.work_id, upload.load_work_id)
    with unit_of_work():
        if LongWork.objects.filter(id__in=work_ids, state__in=long_work.OPEN).exists():
            raise UploadNotReady
        stuck = Upload.objects.filter(id=upload.id, state__in=busy)
        if not stuck.update(state=UploadState.CHECKING):
            raise UploadNotReady
        work = long_work.ask(
            CHECK,
            title=_("Check {file}").format(file=upload.file_name),
            by=by,
            arguments={"upload_id": upload.id},
            organisation_id=upload.organisation_id,
            permission=WRITE,
            link=link,
        )
        Upload.objects.filter(id=upload.id).update(load_work_id=work.id)
    upload.refresh_from_db()
    return upload


def load(upload_id: int, choice: Choice, task: long_work.Task) -> long_work.Outcome:
    """Load an upload as decided; outcome and effect are kept together.

    Where the pool changed since the preview so that something else would come of it, nothing is
    loaded: the file is looked at again and waits for a new decision. Raises FileGone,
    PoolChangedMeanwhile, SheetHasFaults.
    """
    upload: Upload = Upload.objects.get(id=upload_id)
    task.expect(upload.rows)
    outcome = long_work.Outcome()

    def end(report: SheetReport) -> None:
        nonlocal outcome
        outcome = long_work.Outcome(
            {"created": report.created, "changed": report.changed, "refused": report.faulty_rows}
        )
        _become(upload, UploadState.LOADED, run_id=report.run_id)
        task.end(outcome)

    try:
        load_offers(
            content=content_of(upload),
            file_name=upload.file_name,
            choice=choice,
            organisation_id=upload.organisation_id,
            by=task.by,
            expected=figures_of(upload),
            then=end,
            tell=task.advance,
        )
    except (PoolChangedMeanwhile, SheetHasFaults) as error:
        look_at(upload_id)
        Upload.objects.filter(id=upload_id).update(problem=str(PoolChangedMeanwhile()))
        raise PoolChangedMeanwhile from error
    except long_work.WorkCancelled:
        _become(upload, UploadState.CHECKED)
        raise
    return outcome


class Sheet(NamedTuple):
    """A file to hand out."""

    name: str
    content_type: str
    content: bytes


def faulty_rows(upload: Upload, *, tell: Tell = silent) -> Sheet:
    """The faulty rows as they stand in the file, with the reasons of today. Raises FileGone."""
    content = content_of(upload)
    as_csv = not content.startswith(b"PK")
    report = preview_offers(content=content, organisation_id=upload.organisation_id, tell=tell)
    body = with_reasons(content, by_row(report.faults), as_csv=as_csv)
    stem = upload.file_name.rsplit(".", 1)[0]
    name = f"{stem}-{_('faults')}.{'csv' if as_csv else 'xlsx'}"
    return Sheet(name, CSV if as_csv else XLSX, body)


def content_of(upload: Upload) -> bytes:
    """The file, the very one that was handed in. Raises FileGone."""
    content = given_file(upload.work_id)
    if hashlib.sha256(content).hexdigest() != upload.digest:
        raise FileGone
    return content


def figures_of(upload: Upload) -> tuple[int, ...]:
    """What the preview said, in numbers."""
    return upload.rows, upload.created, upload.changed, upload.unchanged, upload.faulty


def faults_of(upload: Upload) -> list[Fault]:
    """The faults that were found, the first thousand, in the reader's language when shown."""
    return [Fault(each["row"], each["field"], each["code"], each["data"]) for each in upload.faults]


def _become(upload: Upload, state: UploadState, **found: Any) -> None:
    upload.state = state
    for name, value in found.items():
        setattr(upload, name, value)
    upload.save(update_fields=["state", *found])


def _found(report: SheetReport) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "faulty": report.faulty_rows,
        "faults": [
            {"row": each.number, "field": each.field, "code": each.code, "data": each.data}
            for each in report.faults[:KEPT_FAULTS]
        ],
        "sample": _sample(report),
        "ignored": list(report.ignored_columns),
        "loaded_before": report.loaded_before,
    }


def _sample(report: SheetReport) -> list[dict[str, Any]]:
    """The sample as a page shows it, in two statements."""
    goods = cards([row.sku_id for row, _change in report.sample])
    ids = {change.before.state.rule_id for _row, change in report.sample if change.before}
    books = rule_books(ids)
    nodes, zone_info = tree(), ZoneInfo(zone())
    shown = []
    for row, change in report.sample:
        sku = goods.get(row.sku_id)
        before = change.before.state if change.before else None
        shown.append(
            {
                "row": row.row.number,
                "sku": row.row.sku,
                "name": sku.name if sku else "",
                "organisation": nodes.node(row.organisation_id).name,
                "rule": _rule(row),
                "before": books[before.rule_id].code if before else "",
                "on": change.after.is_on,
                "starts": written_start(change.after.valid_from, zone_info),
                "ends": written_end(change.after.valid_until, zone_info),
            }
        )
    return shown


def _rule(row: GoodRow) -> str:
    if row.book is not None:
        return row.book.code
    return name_of(row.row.bare.terms) if row.row.bare else ""
