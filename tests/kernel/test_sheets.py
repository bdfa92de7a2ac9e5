"""Tables as files: exact amounts, no formulas, the same cells in both kinds."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.sheets import harmless, write, yuan_cell


@given(st.integers(-(10**15), 10**15))
def test_an_amount_is_written_to_the_fen(fen: int) -> None:
    cell = yuan_cell(fen)
    assert cell is not None
    assert cell * 100 == fen
    assert cell.as_tuple().exponent == -2


def test_no_amount_is_an_empty_cell() -> None:
    assert yuan_cell(None) is None


@given(st.text())
def test_no_text_is_a_formula(text: str) -> None:
    shown = harmless(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert all(each.isprintable() or each in "\n\t" for each in shown)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read_back(kind: str) -> None:
    out = io.BytesIO()
    rows = [("一", Decimal("1.50"), 3, None), ("=1+1", Decimal("-0.05"), 4, 'x,"y"')]
    write(out, kind, ["a", "b", "c", "d"], rows)
    if kind == "csv":
        text = out.getvalue().decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(text)))[1:] == [
            ["一", "1.50", "3", ""],
            ["'=1+1", "-0.05", "4", 'x,"y"'],
        ]
        return
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0]
    found = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
    assert found == [("一", 1.5, 3, None), ("'=1+1", -0.05, 4, 'x,"y"')]
