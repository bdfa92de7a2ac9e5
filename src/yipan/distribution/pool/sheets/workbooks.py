"""Workbooks and texts that the pool hands out: the template, the pool itself, faulty rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from io import BytesIO, StringIO
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.sheets.columns import NAMES, Column, layout_of
from yipan.distribution.pool.sheets.export import harmless
from yipan.distribution.pool.sheets.rows import REST_OF_DAY
from yipan.distribution.pool.sheets.table import Cell, read_table

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
_WIDTHS: Final = {Column.SKU: 24, Column.ORGANISATION: 16, Column.RULE: 22}
_EXAMPLES: Final = (
    ("SKU-0001", "", "", "3.50", "", "2026-11-01", "2026-11-30", "上架"),
    ("SKU-0002", "", "", "", "8", "2026-11-01", "", "上架"),
)


def names() -> dict[Column, str]:
    """The name of each column in the reader's language."""
    place = 0 if (get_language() or "").startswith("zh") else 1
    return {column: known[place] for column, known in NAMES.items()}


def template() -> bytes:
    """An empty sheet to be filled in, with a second one that says how."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("Offers")
    sheet.append(list(names().values()))
    for cell, column in zip(sheet[1], Column, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(column, 14)
    sheet.freeze_panes = "A2"
    told = book.create_sheet(_("How to fill in"))
    told.column_dimensions["A"].width = 24
    told.column_dimensions["B"].width = 90
    for name, words in _told():
        told.append([name, words])
    told.append([])
    told.append([_("Examples")])
    told.append(list(names().values()))
    for example in _EXAMPLES:
        told.append(list(example))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _told() -> list[tuple[str, str]]:
    said = {
        Column.SKU: _("Required."),
        Column.ORGANISATION: _("Empty: the organisation for which the file is loaded."),
        Column.RULE: _("Code of a commission rule. Give exactly one of rule, amount and rate."),
        Column.AMOUNT: _("Instead of a rule: so many yuan for each unit, such as 3.50."),
        Column.RATE: _("Instead of a rule: so many per cent of what is paid, such as 8."),
        Column.VALID_FROM: _("2026-11-01 or 2026-11-01 08:00. Empty: now, or as it is."),
        Column.VALID_UNTIL: _("The last day, or a moment. Empty: no end."),
        Column.STATE: _("on or off; empty: on."),
    }
    return [(names()[column], words) for column, words in said.items()]


class SheetWriter:
    """Rows written one after another to an xlsx workbook or a csv text, however many there are."""

    def __init__(self, *, as_csv: bool, header: Sequence[str]) -> None:
        self._csv = StringIO(newline="") if as_csv else None
        self._writer = csv.writer(self._csv) if self._csv is not None else None
        self._book: Any = None if as_csv else Workbook(write_only=True)
        self._sheet: Any = None
        if self._writer is not None:
            self._writer.writerow(header)
        else:
            self._sheet = self._book.create_sheet() if self._book else None
            self._sheet.freeze_panes = "A2"
            self._sheet.append([self._bold(name) for name in header])

    def add(self, cells: Sequence[object], *, marked: bool = False) -> None:
        """One row; `marked` ones stand out in a workbook."""
        if self._writer is not None:
            self._writer.writerow([_text(cell) for cell in cells])
        elif marked:
            self._sheet.append([self._marked(cell) for cell in cells])
        else:
            self._sheet.append([_plain(cell) for cell in cells])

    def write(self, out: IO[bytes]) -> None:
        """All of it; the writer is of no use afterwards."""
        if self._csv is not None:
            out.write(b"\xef\xbb\xbf" + self._csv.getvalue().encode())
        else:
            self._book.save(out)

    def _bold(self, name: str) -> Any:
        cell = WriteOnlyCell(self._sheet, value=name)
        cell.font = Font(bold=True)
        return cell

    def _marked(self, value: object) -> Any:
        cell = WriteOnlyCell(self._sheet, value=_plain(value))
        cell.fill = PatternFill("solid", fgColor="FDECEC")
        return cell


def _plain(cell: object) -> Any:
    return harmless(cell) if isinstance(cell, str) else cell


def _text(cell: object) -> str:
    return "" if cell is None else harmless(str(cell))


def with_reasons(content: bytes, faults: Mapping[int, Sequence[Fault]], *, as_csv: bool) -> bytes:
    """The rows of a file that have faults, as they stand there, with a column of reasons.

    To be mended and handed in again: the added columns mean nothing to an import.
    """
    table = read_table(content)
    writer = SheetWriter(as_csv=as_csv, header=[*table.header, _("Row in the file"), _("Reason")])
    shown = {column.value: name for column, name in names().items()}
    places = layout_of(table.header).places
    given = {column.value: table.header[place] for column, place in places.items()}
    for number, cells in table.rows:
        found = faults.get(number)
        if found:
            padded = [*cells, *[None] * (len(table.header) - len(cells))][: len(table.header)]
            words = "; ".join(
                f"{given.get(each.field, shown.get(each.field, each.field))}: {each.reason}"
                for each in found
            )
            writer.add([*map(_shown, padded), number, words])
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _shown(cell: Cell) -> object:
    return str(cell) if isinstance(cell, datetime) else cell


def written_start(moment: datetime, zone: ZoneInfo) -> str:
    """A start as a sheet has it: a day, or a moment to the second."""
    return _moment(moment.astimezone(zone))


def written_end(moment: datetime | None, zone: ZoneInfo) -> str:
    """An end as a sheet has it: the last whole day, or a moment; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    if local.time() == time():
        return (local - timedelta(days=1)).date().isoformat()
    if local.time() in REST_OF_DAY:  # would be read as the end of the day
        return local.isoformat()
    return _moment(local)


def _moment(local: datetime) -> str:
    if local.time() == time():
        return local.date().isoformat()
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def by_row(faults: Iterable[Fault]) -> dict[int, list[Fault]]:
    """Faults by the number of their row."""
    found: dict[int, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.number, []).append(fault)
    return found
