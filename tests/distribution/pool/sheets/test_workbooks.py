"""Sheets that are handed out: safe to open, and read again as they were meant."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.distribution.pool.sheets.files import csv_file
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.sheets.columns import Column, layout_of
from yipan.distribution.pool.sheets.rows import moment_of
from yipan.distribution.pool.sheets.table import read_table
from yipan.distribution.pool.sheets.workbooks import (
    SheetWriter,
    names,
    template,
    with_reasons,
    written_end,
    written_start,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(st.integers(946_684_800, 4_070_908_800).map(lambda each: datetime.fromtimestamp(each, UTC)))
def test_moments_are_read_as_they_were_written(moment: datetime) -> None:
    assert moment_of(written_start(moment, SHANGHAI), SHANGHAI, is_end=False) == moment
    assert moment_of(written_end(moment, SHANGHAI), SHANGHAI, is_end=True) == moment


def test_a_whole_day_is_written_as_a_day() -> None:
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert written_start(midnight, SHANGHAI) == "2026-12-01"
    assert written_end(midnight, SHANGHAI) == "2026-11-30"
    assert written_end(None, SHANGHAI) == ""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_has_the_columns_that_an_import_knows(language: str) -> None:
    with translation.override(language):
        table = read_table(template())
        assert set(layout_of(table.header).places) == set(Column)
        assert list(table.header) == list(names().values())


@pytest.mark.parametrize("as_csv", [True, False])
def test_no_cell_becomes_a_formula(as_csv: bool) -> None:
    writer = SheetWriter(as_csv=as_csv, header=["a"])
    writer.add(["=1+1"])
    writer.add(["@x"], marked=True)
    out = BytesIO()
    writer.write(out)
    rows = [cells[0] for _number, cells in read_table(out.getvalue()).rows]
    assert rows == ["'=1+1", "'@x"]


def test_faulty_rows_stand_as_they_were_with_all_their_reasons() -> None:
    content = csv_file([["A", "", "R"], ["B", "", "R"]])
    faults = [Fault(3, "sku", "unknown_sku", {"value": "B"}), Fault(3, "rule", "missing", {})]
    sheet = load_workbook(BytesIO(with_reasons(content, {3: faults}, as_csv=False))).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 2
    assert rows[1][0] == "B"
    assert rows[1][-2:] == [3, "SKU编码: there is no SKU B; 规则编码: is required"]
