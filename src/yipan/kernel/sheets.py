"""Tables as files for spreadsheets: csv and xlsx, row by row in bounded memory.

No cell is ever taken for a formula, whatever stands in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Final

from openpyxl import Workbook

from yipan.kernel.money import MINOR_UNITS

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final = {"csv": CSV, "xlsx": XLSX}
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | Decimal | None


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula and every one can show."""
    shown = "".join(each for each in text if each.isprintable() or each in "\n\t")
    return f"'{shown}" if shown.startswith(_DANGEROUS) else shown


def yuan_cell(fen: int | None) -> Decimal | None:
    """An amount in fen as an exact number of yuan with two decimals.

    >>> yuan_cell(-5)
    Decimal('-0.05')
    """
    return None if fen is None else Decimal(fen).scaleb(-2).quantize(Decimal(1) / MINOR_UNITS)


def write(out: IO[bytes], kind: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table as `csv` (UTF-8 with a mark, so that Excel knows it) or `xlsx`."""
    (_write_xlsx if kind == "xlsx" else _write_csv)(out, head, rows)


def _write_csv(out: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    out.write(b"\xef\xbb\xbf")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(each) for each in head])
    for row in rows:
        writer.writerow([_cell(each) for each in row])
        if text.tell() > 1 << 16:
            _flush(text, out)
    _flush(text, out)


def _flush(text: io.StringIO, out: IO[bytes]) -> None:
    out.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()


def _write_xlsx(out: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([harmless(each) for each in head])
    for row in rows:
        sheet.append([_cell(each) for each in row])
    book.save(out)


def _cell(value: Cell) -> Cell:
    return harmless(value) if isinstance(value, str) else value
