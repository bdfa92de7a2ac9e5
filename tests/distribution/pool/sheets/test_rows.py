"""Rows become values, or every fault of theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.distribution.pool.sheets.files import HEADER
from yipan.distribution.pool.faults import SENTENCES, Fault
from yipan.distribution.pool.sheets.columns import layout_of
from yipan.distribution.pool.sheets.export import faults_csv, harmless
from yipan.distribution.pool.sheets.rows import RowReader, SheetRow, moment_of
from yipan.distribution.pool.sheets.table import Cell

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAIVE = datetime(2026, 6, 1, 8, 30)  # noqa: DTZ001 - as workbooks have them
CELLS = st.one_of(
    st.none(),
    st.text(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.decimals(allow_nan=False, allow_infinity=False),
)


def read(
    *,
    sku: Cell = "A",
    organisation: Cell = "R1",
    rule: Cell = "",
    amount: Cell = "",
    rate: Cell = "",
    start: Cell = "",
    end: Cell = "",
    state: Cell = "",
) -> tuple[SheetRow | None, list[Fault]]:
    cells = [sku, organisation, rule, amount, rate, start, end, state]
    return RowReader(layout_of(HEADER), SHANGHAI).read(7, cells)


def row(**cells: Any) -> SheetRow:
    found, faults = read(**cells)
    assert not faults
    assert found
    return found


def codes(**cells: Any) -> list[tuple[str, str]]:
    found, faults = read(**cells)
    assert found is None
    assert all(fault.number == 7 for fault in faults)
    return [(fault.field, fault.code) for fault in faults]


def test_a_row_with_a_rule_needs_no_more() -> None:
    found = row(rule="RULE")
    assert found == SheetRow(7, "A", "R1", "RULE", None, True, None, None)


@pytest.mark.parametrize("amount", ["3.50", "3.5", "¥3.50", "￥ 3.50元", Decimal("3.5"), "3.50 "])
def test_a_bare_amount_is_in_yuan(amount: Cell) -> None:
    bare = row(amount=amount).bare
    assert bare
    assert (bare.key, bare.terms.amount_per_unit) == ("fixed-350", 350)


@pytest.mark.parametrize("rate", ["5%", "5", 5, "5.0", Decimal("5.0"), "５％", "5.00 %"])
def test_a_bare_rate_is_in_percent(rate: Cell) -> None:
    bare = row(rate=rate).bare
    assert bare
    assert (bare.key, str(bare.terms.tiers[0].rate)) == ("rate-0.05", "0.05")


@settings(deadline=None)
@given(st.integers(0, 1_000_000))
def test_every_rate_of_at_most_four_decimals_of_a_percent_is_taken_exactly(ppm: int) -> None:
    percent = Decimal(ppm).scaleb(-4)
    bare = row(rate=str(percent)).bare
    assert bare
    assert bare.terms.tiers[0].rate == Decimal(ppm).scaleb(-6)
    assert "E" not in bare.key


@settings(deadline=None)
@given(st.integers(0, 10**12))
def test_every_amount_in_fen_is_taken_exactly(fen: int) -> None:
    bare = row(amount=f"{fen // 100}.{fen % 100:02d}").bare
    assert bare
    assert bare.terms.amount_per_unit == fen


@pytest.mark.parametrize(
    "amount", ["3.505", "-1", "abc", "NaN", "Infinity", True, "1e30", "1,5元5"]
)
def test_what_is_no_amount_is_refused(amount: Cell) -> None:
    assert codes(amount=amount) == [("amount", "not_an_amount")]


@pytest.mark.parametrize("rate", ["100.1", "-1", "abc", "0.00001", True, date(2026, 1, 1)])
def test_what_is_no_rate_is_refused(rate: Cell) -> None:
    assert codes(rate=rate) == [("rate", "not_a_rate")]


@pytest.mark.parametrize(
    "cells", [{}, {"rule": "R", "amount": 1}, {"amount": 1, "rate": 1}, {"rule": "R", "rate": 0}]
)
def test_exactly_one_of_rule_amount_and_rate_is_given(cells: dict[str, Any]) -> None:
    assert codes(**cells) == [("rule", "not_one_way")]


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-01",
        "2026/6/1",
        "2026.06.01",
        "2026年6月1日",
        "20260601",
        20260601,
        date(2026, 6, 1),
        "２０２６-０６-０１",
    ],
)
def test_a_day_is_of_the_tenants_zone_and_as_an_end_counts_as_a_whole(written: Cell) -> None:
    found = row(rule="R", start=written, end=written)
    assert found.valid_from == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert found.valid_until == datetime(2026, 6, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-06-01 08:30", datetime(2026, 6, 1, 0, 30, tzinfo=UTC)),
        ("2026/6/1 8:30:15", datetime(2026, 6, 1, 0, 30, 15, tzinfo=UTC)),
        ("2026-06-01T08:30:00Z", datetime(2026, 6, 1, 8, 30, tzinfo=UTC)),
        ("2026-06-01T08:30:00+02:00", datetime(2026, 6, 1, 6, 30, tzinfo=UTC)),
        (NAIVE, datetime(2026, 6, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_taken_as_it_is(written: Cell, moment: datetime) -> None:
    assert row(rule="R", start=written).valid_from == moment
    assert row(rule="R", end=written).valid_until == moment


@pytest.mark.parametrize(
    "written", ["2026-02-30", "tomorrow", "2026", "26-06-01", "2026-13-01", "2026-06-01 25:00", 5]
)
def test_what_is_no_date_is_refused(written: Cell) -> None:
    assert codes(rule="R", start=written, end=written) == [
        ("valid_from", "not_a_date"),
        ("valid_until", "not_a_date"),
    ]


@pytest.mark.parametrize("written", ["2026-11-29 23:59", "2026-11-29 23:59:59", "2026-11-29"])
def test_the_last_minute_of_a_day_as_an_end_is_the_whole_day(written: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert moment_of(written, zone, is_end=True) == datetime(2026, 11, 29, 16, tzinfo=UTC)
    exact = moment_of("2026-11-29T23:59:00+08:00", zone, is_end=True)
    assert exact == datetime(2026, 11, 29, 15, 59, tzinfo=UTC)
    start = moment_of("2026-11-29 23:59", zone, is_end=False)
    assert start == datetime(2026, 11, 29, 15, 59, tzinfo=UTC)


def test_the_end_comes_after_the_start() -> None:
    assert codes(rule="R", start="2026-06-02", end="2026-06-01") == [
        ("valid_until", "until_not_after_from")
    ]
    row(rule="R", start="2026-06-01", end="2026-06-01")


@pytest.mark.parametrize(
    ("word", "is_on"),
    [("", True), (None, True), ("上架", True), ("ON", True), (1, True), (True, True), ("是", True),
     ("下架", False), ("off", False), (0, False), (False, False), ("否", False)],
)  # fmt: skip
def test_a_state_is_on_or_off(word: Cell, is_on: bool) -> None:
    assert row(rule="R", state=word).is_on is is_on


def test_codes_may_be_numbers() -> None:
    found = row(sku=10023, organisation=7, rule=5)
    assert (found.sku, found.organisation, found.rule) == ("10023", "7", "5")


def test_every_fault_of_a_row_is_found() -> None:
    found = codes(
        sku="", organisation="x" * 41, amount="a", rate="", start="b", end="c", state="maybe"
    )
    assert found == [
        ("organisation", "too_long"),
        ("sku", "missing"),
        ("amount", "not_an_amount"),
        ("on", "not_on_or_off"),
        ("valid_from", "not_a_date"),
        ("valid_until", "not_a_date"),
    ]


def test_an_error_of_the_spreadsheet_is_not_taken_for_a_code() -> None:
    assert codes(sku="#N/A", rule="#REF!") == [("sku", "error_value"), ("rule", "error_value")]


def test_a_short_row_has_empty_cells() -> None:
    reader = RowReader(layout_of(["SKU", "规则", "状态"]), SHANGHAI)
    found, faults = reader.read(2, ["A", "R"])
    assert not faults
    assert found
    assert found.organisation == ""


@settings(deadline=None)
@given(st.lists(CELLS, max_size=9))
def test_no_row_whatever_is_in_it_breaks_the_reader(cells: list[Cell]) -> None:
    found, faults = RowReader(layout_of(HEADER), SHANGHAI).read(2, cells)
    assert (found is None) == bool(faults)
    for fault in faults:
        assert fault.sentence("en")
        assert fault.sentence("zh-hans")


def test_every_sentence_uses_the_same_figures_in_both_languages() -> None:
    figures = {"value": "v", "limit": 1, "row": 1, "english": "e", "chinese": "c"}
    for english, chinese in SENTENCES.values():
        assert english.format(**figures)
        assert chinese.format(**figures)


@pytest.mark.parametrize("start", [*"=+-@＝＋－＠\t\r\n"])
def test_no_cell_of_the_faults_file_is_a_formula(start: str) -> None:
    value = f"{start}cmd|' /C calc'!A0"
    assert harmless(value) == f"'{value}"
    written = faults_csv([Fault(2, "sku", "unknown_sku", {"value": value})])
    assert written.startswith(b"\xef\xbb\xbf")
    line = written.decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.startswith(("2,sku,'", "2,sku,\"'"))
