"""Loading offers from a file: look first, then load all rows or the good ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from yipan.distribution.pool.actions.bare_rules import bare_rules, known_bare_rules
from yipan.distribution.pool.actions.offer_changes import write_changes
from yipan.distribution.pool.actions.sheet_check import CheckedSheet, GoodRow, check_rows
from yipan.distribution.pool.actions.turn import take_turn
from yipan.distribution.pool.errors import PoolChangedMeanwhile, SheetHasFaults
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.models import ImportRun
from yipan.distribution.pool.offering import Change, OfferWish, wished_changes
from yipan.distribution.pool.sheets.columns import NAMES, Column, layout_of
from yipan.distribution.pool.sheets.rows import RowReader, SheetRow
from yipan.distribution.pool.sheets.table import read_table, unreadable
from yipan.kernel import audit, clock
from yipan.kernel.actor import Actor
from yipan.kernel.uow import unit_of_work
from yipan.kernel.zones import zone

KEPT_FAULTS: Final = 1000
SAMPLE: Final = 12
TOLD_EVERY: Final = 500

Tell = Callable[[int], None]
"""Called with a number of rows that were read meanwhile."""


def silent(_rows: int) -> None:
    """Tells nobody."""


class Choice(StrEnum):
    """What to load of a file with faulty rows."""

    ALL = "all"  # all rows, or none where one is faulty
    GOOD_ROWS = "good_rows"


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What a file would do, or did."""

    digest: str
    """SHA-256 of the file."""
    rows: int
    """Rows with something in them, without the header."""
    created: int
    """Offers that are new."""
    changed: int
    unchanged: int
    faulty_rows: int
    faults: tuple[Fault, ...]
    """Every fault of every row, in the order of rows."""
    ignored_columns: tuple[str, ...]
    """Names in the header that mean nothing here."""
    loaded: bool
    """False: this was a look at what loading would do."""
    loaded_before: datetime | None
    """When this same file was loaded last, if it was."""
    sample: tuple[tuple[GoodRow, Change], ...] = ()
    """The first rows that change something, and what."""
    run_id: int = 0
    """Of the ImportRun, where it was loaded."""

    @property
    def figures(self) -> tuple[int, int, int, int, int]:
        """What loading would do, in numbers: two reports that agree in them would do the same."""
        return self.rows, self.created, self.changed, self.unchanged, self.faulty_rows


@dataclass(frozen=True, slots=True)
class _Sheet:
    digest: str
    rows: list[SheetRow]
    faults: list[Fault]
    total: int
    ignored: tuple[str, ...]


def preview_offers(*, content: bytes, organisation_id: int, tell: Tell = silent) -> SheetReport:
    """What a csv or xlsx file of offers would do for an organisation and those below it.

    Changes nothing. Faults are found of every row, and all of each. Columns, dates and bare
    amounts: docs/algorithms/pool.md. Raises SheetUnreadable.
    """
    sheet = _read(content, tell)
    checked = check_rows(sheet.rows, organisation_id)
    changes = _changes(checked, known_bare_rules(organisation_id, checked.bare))
    return _report(sheet, checked, changes, loaded=False)


def load_offers(
    *,
    content: bytes,
    file_name: str,
    choice: Choice,
    organisation_id: int,
    by: Actor,
    expected: tuple[int, ...] | None = None,
    then: Callable[[SheetReport], None] = lambda _report: None,
    tell: Tell = silent,
) -> SheetReport:
    """Put on the offers of a file, for an organisation and those below it.

    With `Choice.ALL` one faulty row refuses the file; with `Choice.GOOD_ROWS` faulty rows are left
    out. Offers that are already as the file says stay untouched, so that the same file again
    changes nothing. A number of statements that does not grow with the rows.

    `expected`: the `figures` of the preview that was agreed to; where the pool or the goods
    changed meanwhile so that others come out, nothing is loaded. `then` is called with what was
    done, inside the same transaction.

    Raises SheetUnreadable, SheetHasFaults, PoolChangedMeanwhile.
    """
    sheet = _read(content, tell)
    with unit_of_work():
        take_turn()
        checked = check_rows(sheet.rows, organisation_id)
        if choice is Choice.ALL and (sheet.faults or checked.faults):
            faults = _in_order(sheet.faults, checked.faults)
            raise SheetHasFaults(faulty_rows=_rows_in(faults), faults=faults)
        known = known_bare_rules(organisation_id, checked.bare)
        report = _report(sheet, checked, _changes(checked, known), loaded=True)
        if expected is not None and report.figures != tuple(expected):
            raise PoolChangedMeanwhile
        rule_ids = bare_rules(organisation_id=organisation_id, wanted=checked.bare, by=by)
        changes = _changes(checked, rule_ids)
        # The rows were checked in this very turn, each fault named by its row.
        write_changes(
            changes, by=by, reason=file_name[:200], action="pool.import_offer", check=False
        )
        run = _keep(report, file_name[:200], choice, organisation_id, by)
        report = replace(report, run_id=run.id)
        then(report)
    return report


def _read(content: bytes, tell: Tell) -> _Sheet:
    table = read_table(content)
    layout = layout_of(table.header)
    if layout.repeated:
        raise unreadable("column_twice", value=layout.repeated[0])
    if Column.SKU not in layout.places:
        raise unreadable("no_column", value=NAMES[Column.SKU][0])
    if layout.places.keys().isdisjoint({Column.RULE, Column.AMOUNT, Column.RATE}):
        raise unreadable("no_column", value=NAMES[Column.RULE][0])
    reader = RowReader(layout, ZoneInfo(zone()))
    rows: list[SheetRow] = []
    faults: list[Fault] = []
    total = 0
    for number, cells in table.rows:
        total += 1
        if total % TOLD_EVERY == 0:
            tell(TOLD_EVERY)
        row, found = reader.read(number, cells)
        faults += found
        if row is not None:
            rows.append(row)
    if not total:
        raise unreadable("no_rows")
    tell(total % TOLD_EVERY)
    return _Sheet(hashlib.sha256(content).hexdigest(), rows, faults, total, layout.ignored)


def _changes(checked: CheckedSheet, bare_rule_ids: Mapping[str, int]) -> list[Change]:
    """What the good rows change; a bare amount without a rule yet is a change in any case."""
    wishes = [
        OfferWish(
            sku_id=each.sku_id,
            organisation_id=each.organisation_id,
            rule_id=each.book.rule_id if each.book else _bare_rule_id(each, bare_rule_ids),
            is_on=each.row.is_on,
            valid_from=each.row.valid_from,
            valid_until=each.row.valid_until,
        )
        for each in checked.good
    ]
    return wished_changes(wishes, checked.standing, clock.now())


def _bare_rule_id(each: GoodRow, known: Mapping[str, int]) -> int:
    return 0 if each.row.bare is None else known.get(each.row.bare.key, 0)


def _report(
    sheet: _Sheet, checked: CheckedSheet, changes: list[Change], *, loaded: bool
) -> SheetReport:
    faults = _in_order(sheet.faults, checked.faults)
    created = sum(1 for change in changes if change.before is None)
    before = ImportRun.objects.filter(digest=sheet.digest).order_by("-imported_at").first()
    return SheetReport(
        digest=sheet.digest,
        rows=sheet.total,
        created=created,
        changed=len(changes) - created,
        unchanged=len(checked.good) - len(changes),
        faulty_rows=_rows_in(faults),
        faults=faults,
        ignored_columns=sheet.ignored,
        loaded=loaded,
        loaded_before=before.imported_at if before else None,
        sample=_sample(checked, changes),
    )


def _sample(checked: CheckedSheet, changes: Iterable[Change]) -> tuple[tuple[GoodRow, Change], ...]:
    """The first changes with their rows: a change's number is its row's place among the good."""
    return tuple((checked.good[each.number], each) for each in islice(changes, SAMPLE))


def _in_order(*found: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted((fault for faults in found for fault in faults), key=lambda f: f.number))


def _rows_in(faults: Iterable[Fault]) -> int:
    return len({fault.number for fault in faults})


def _keep(
    report: SheetReport, file_name: str, choice: Choice, organisation_id: int, by: Actor
) -> ImportRun:
    run: ImportRun = ImportRun.objects.create(
        organisation_id=organisation_id,
        digest=report.digest,
        file_name=file_name,
        choice=choice.value,
        rows=report.rows,
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
        faulty=report.faulty_rows,
        faults=[fault.as_data() for fault in report.faults[:KEPT_FAULTS]],
        imported_at=clock.now(),
        imported_by=str(by),
    )
    audit.record(
        action="pool.import_offers",
        subject_type="pool_import",
        subject_id=run.id,
        organisation_id=organisation_id,
        after={
            "file_name": file_name,
            "digest": report.digest,
            "choice": choice.value,
            "rows": report.rows,
            "created": report.created,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "faulty": report.faulty_rows,
        },
        by=by,
    )
    return run
