"""The rows of a file, whatever made it: csv of any usual kind, or an xlsx workbook."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from yipan.distribution.pool.errors import SheetUnreadable
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.sheets.columns import recognised

MOST_BYTES: Final = 32 * 2**20
MOST_UNPACKED: Final = 256 * 2**20
MOST_TIMES: Final = 100
"""So many times its size a workbook may be unpacked; honest ones have ten to thirty."""
MOST_ROWS: Final = 200_000
_LAST_ROW: Final = 2**20
"""Of any workbook; a row further down would be reached over millions of empty ones."""
_MOST_COLUMNS: Final = 512
_SMALL: Final = 2**20
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_ZIP: Final = b"PK\x03\x04"
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)

# What the readers of archives, of XML (SyntaxError) and of workbooks make of files that lie.
_DAMAGES: Final = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)

Cell = str | int | bool | Decimal | date | datetime | None
Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows below it, each with its number in the file (the header's is 1)."""

    header: tuple[str, ...]
    rows: Iterator[Row]


def read_table(content: bytes) -> Table:
    """The first sheet of an xlsx workbook, or a csv text in UTF-8, UTF-16 or GB18030.

    Numbers come exactly as they are shown, a percentage as text such as "5%", a date without a
    time of day as a date. Raises SheetUnreadable.
    """
    if len(content) > MOST_BYTES:
        raise unreadable("too_large", limit=MOST_BYTES // 2**20)
    lines = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    numbered = _filled(lines)
    first = next(numbered, None)
    if first is None:
        raise unreadable("no_rows")
    return Table(tuple("" if cell is None else str(cell).strip() for cell in first[1]), numbered)


def unreadable(code: str, **data: str | int) -> SheetUnreadable:
    """The error for a fault of the file as a whole."""
    return SheetUnreadable(Fault(0, "", code, dict(data)))


def _filled(lines: Iterable[Row]) -> Iterator[Row]:
    """The lines with something in them, up to the limit."""
    count = 0
    for number, cells in lines:
        if any(cell is not None and cell != "" for cell in cells):
            count += 1
            if count > MOST_ROWS + 1:
                raise unreadable("too_many_rows", limit=MOST_ROWS)
            yield number, cells


def _csv(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    delimiter = None
    if said := _SEPARATOR_LINE.match(text):
        delimiter, text = said[1], text[said.end() :]
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
    offset = 1 if said else 0
    try:
        for cells in reader:
            # Rows are counted, as a spreadsheet does, and not lines: a cell may span some.
            offset += 1
            yield offset, [cell.strip() for cell in cells]
    except csv.Error:
        raise unreadable("unknown_format") from None


def _decoded(content: bytes) -> str:
    named = next((codec for mark, codec in _MARKS if content.startswith(mark)), None)
    for codec in (named,) if named else ("utf-8", "gb18030"):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise unreadable("unknown_format")
        return text
    raise unreadable("encoding")


def _delimiter(text: str) -> str:
    """The one by which the header falls into most columns that we know."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(
        _DELIMITERS,
        key=lambda each: sum(
            recognised(name) is not None for name in next(csv.reader([header], delimiter=each), [])
        ),
    )


def _xlsx(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {entry.filename for entry in archive.infolist()}
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except _DAMAGES:
        raise unreadable("damaged") from None
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise unreadable("unknown_format")
    if unpacked > min(MOST_UNPACKED, _SMALL + MOST_TIMES * len(content)):
        raise unreadable("too_large", limit=MOST_UNPACKED // 2**20)
    return _sheet_rows(content)


def _sheet_rows(content: bytes) -> Iterator[Row]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that we do not read anyway
            book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # the stated size is often wrong
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                if number > _LAST_ROW:
                    raise unreadable("too_many_rows", limit=MOST_ROWS)
                if len(cells) > _MOST_COLUMNS:
                    raise unreadable("too_many_columns", limit=_MOST_COLUMNS)
                yield number, [_cell(cell) for cell in cells]
    except _DAMAGES:
        raise unreadable("damaged") from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime):
        return value if "h" in cell.number_format.lower() else value.date()
    if isinstance(value, int | float):
        exact = Decimal(repr(value))
        if "%" in cell.number_format:
            return f"{(exact * 100).normalize():f}%"
        whole = exact.to_integral_value()
        return int(whole) if exact == whole else exact
    if isinstance(value, time | timedelta):
        return str(value)
    return value  # type: ignore[no-any-return]
