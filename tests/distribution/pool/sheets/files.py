"""Files of offers for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

HEADER = (
    "SKU编码",
    "机构编码",
    "规则编码",
    "每件佣金(元)",
    "佣金比例(%)",
    "生效日期",
    "失效日期",
    "状态",
)


def csv_file(
    rows: Sequence[Sequence[Any]],
    *,
    header: Sequence[str] = HEADER,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return text.getvalue().encode(encoding)


def xlsx_file(
    rows: Sequence[Sequence[Any]],
    *,
    header: Sequence[str] = HEADER,
    formats: dict[str, str] | None = None,
) -> bytes:
    """A workbook; `formats` are number formats by cell, such as {"E2": "0%"}."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
