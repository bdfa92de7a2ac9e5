"""Background tasks of the pool."""

from __future__ import annotations

import json
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yipan.distribution.pool.actions.bulk import PART, BulkDone, BulkOrder, BulkPlan, do_bulk_part
from yipan.distribution.pool.actions.estimates import refresh_estimates
from yipan.distribution.pool.actions.imports import Choice
from yipan.distribution.pool.actions.uploads import CHECK, LOAD, faulty_rows, load, look_at
from yipan.distribution.pool.filtering import filters_from_data
from yipan.distribution.pool.models import Upload
from yipan.distribution.pool.offering import Pair
from yipan.distribution.pool.queries.grid import matching_pairs
from yipan.distribution.pool.queries.sheet import sheet_rows
from yipan.distribution.pool.sheets.workbooks import CSV, XLSX, SheetWriter, names
from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.kernel.long_work import Outcome, Task, handles
from yipan.kernel.zones import zone

BULK: Final = "pool.bulk"
EXPORT: Final = "pool.export"
FAULTS: Final = "pool.faulty_rows"


@periodic("*/10 * * * *", name="pool.refresh_estimates")
def refresh_all_estimates() -> None:
    """Bring estimates up to the prices and rule versions in force."""
    in_each_tenant(refresh_estimates)


@handles(CHECK, repeatable=True)
def check_upload(task: Task) -> Outcome:
    """Look what a file of offers would do."""
    upload = look_at(task.arguments["upload_id"], tell=task.advance)
    return Outcome({"rows": upload.rows, "faulty": upload.faulty})


@handles(FAULTS, repeatable=True)
def write_faults(task: Task) -> Outcome:
    """Write the faulty rows of a file as a sheet, with the reasons beside them."""
    upload: Upload = Upload.objects.get(id=task.arguments["upload_id"])
    task.expect(upload.rows)
    sheet = faulty_rows(upload, tell=task.advance)
    with task.result(sheet.name, sheet.content_type) as out:
        out.write(sheet.content)
    return Outcome({"rows": upload.faulty})


# What it does twice changes nothing, and its outcome is kept with its effect.
@handles(LOAD, repeatable=True)
def load_upload(task: Task) -> Outcome:
    """Load a file of offers."""
    return load(task.arguments["upload_id"], Choice(task.arguments["choice"]), task)


@handles(BULK, repeatable=True)
def change_many(task: Task) -> Outcome:
    """Do one change to many rows, a thousand in each transaction."""
    rows: list[Pair] = [(sku_id, place) for sku_id, place in json.loads(task.file())]
    order = BulkOrder.from_data(task.arguments["order"])
    at = int(task.position.get("next", 0))
    done = BulkDone(*task.position.get("done", ()))
    task.expect(len(rows), done=at)
    while at < len(rows):
        part = rows[at : at + PART]

        def keep(plan: BulkPlan, so_far: BulkDone = done, end: int = at + len(part)) -> None:
            task.keep_position(next=end, done=list(so_far.plus(plan)))

        plan = do_bulk_part(
            part,
            order,
            by=task.by,
            reason=task.arguments["reason"],
            within=task.arguments["within"],
            then=keep,
        )
        at, done = at + len(part), done.plus(plan)
        task.advance(len(part))
    return Outcome(done._asdict())


@handles(EXPORT, repeatable=True)
def export_pool(task: Task) -> Outcome:
    """Write the pool as a file that can be loaded again."""
    given = task.arguments
    pairs = matching_pairs(given["paths"], filters_from_data(given["filters"]))
    task.expect(len(pairs))
    as_csv = given["format"] == "csv"
    writer = SheetWriter(as_csv=as_csv, header=list(names().values()))
    parts = sheet_rows(
        pairs,
        ZoneInfo(zone()),
        home_id=given["home_id"],
        on=pgettext("offer state", "on"),
        off=pgettext("offer state", "off"),
    )
    for part in parts:
        for row in part:
            writer.add(row)
        task.advance(len(part))
    name = f"{_('Distribution pool')}.{'csv' if as_csv else 'xlsx'}"
    with task.result(name, CSV if as_csv else XLSX) as out:
        writer.write(out)
    return Outcome({"rows": len(pairs)})
