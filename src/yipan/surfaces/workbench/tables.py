"""Tables to take away: csv and xlsx, with amounts as numbers of yuan to the fen."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Final
from urllib.parse import quote

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from yipan.distribution.pool.sheets.export import harmless
from yipan.kernel.errors import NotFound
from yipan.kernel.money import MINOR_UNITS

Cell = str | int | Decimal
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MARK: Final = b"\xef\xbb\xbf"
_WIDEST: Final = 40


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds."""

    name: str
    """Of the file, without its ending."""
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def in_yuan(fen: int) -> Decimal:
    """The cell of an amount: exact, two decimals."""
    return (Decimal(fen) / MINOR_UNITS).quantize(Decimal("0.01"))


def sent(table: Table, ending: str) -> HttpResponse:
    """A table as a file to be saved, `csv` or `xlsx`. Raises NotFound for another ending."""
    if ending == "csv":
        response = HttpResponse(_csv(table), content_type="text/csv; charset=utf-8")
    elif ending == "xlsx":
        response = HttpResponse(_xlsx(table), content_type=XLSX)
    else:
        raise NotFound(kind="file", ref=ending)
    name = quote(f"{table.name}.{ending}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store"
    return response


def _csv(table: Table) -> bytes:
    """UTF-8 with a mark, so that Excel knows it."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.head)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return _MARK + text.getvalue().encode()


def _xlsx(table: Table) -> bytes:
    book = Workbook(write_only=False)
    sheet = book.active
    if sheet is None:
        message = "a new workbook has a sheet"
        raise RuntimeError(message)
    sheet.append(list(table.head))
    for row in table.rows:
        sheet.append([_harmless(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, title in enumerate(table.head, start=1):
        texts = [str(title), *(str(row[number - 1]) for row in table.rows)]
        widest = max(sum(1 if char.isascii() else 2 for char in text) for text in texts)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest + 2, _WIDEST)
    for column in sheet.iter_cols(min_row=2):
        for cell in column:
            if isinstance(cell.value, Decimal):
                cell.number_format = "#,##0.00"
    sheet.freeze_panes = "A2"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _harmless(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell
