"""Files become rows, whatever made them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.distribution.pool.sheets.files import HEADER, csv_file, xlsx_file
from yipan.distribution.pool.errors import SheetUnreadable
from yipan.distribution.pool.sheets import table
from yipan.distribution.pool.sheets.columns import NAMES, Column, layout_of, recognised
from yipan.distribution.pool.sheets.table import Cell, read_table


def rows_of(content: bytes) -> list[tuple[int, list[Cell]]]:
    return [(number, list(cells)) for number, cells in read_table(content).rows]


def refusal(content: bytes) -> str:
    with pytest.raises(SheetUnreadable) as refused:
        rows_of(content)
    return str(refused.value.data["fault"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_csv_is_read_in_every_usual_encoding_and_with_every_usual_delimiter(
    encoding: str, delimiter: str
) -> None:
    content = csv_file([["衬衫-红", "上海一店", "规则"]], encoding=encoding, delimiter=delimiter)
    found = read_table(content)
    assert found.header == HEADER
    assert [(number, list(cells)[:3]) for number, cells in found.rows] == [
        (2, ["衬衫-红", "上海一店", "规则"])
    ]


def test_a_line_that_names_the_delimiter_is_believed() -> None:
    content = b"sep=;\r\n" + csv_file([["A", "B"]], encoding="utf-8", delimiter=";")
    assert [(number, cells[:2]) for number, cells in rows_of(content)] == [(3, ["A", "B"])]


def test_a_cell_may_span_lines_and_hold_delimiters() -> None:
    content = csv_file([["A,1", "B\n2"], ["C", "D"]])
    assert [(number, cells[:2]) for number, cells in rows_of(content)] == [
        (2, ["A,1", "B\n2"]),
        (3, ["C", "D"]),
    ]


def test_empty_rows_count_but_are_left_out() -> None:
    filled: list[list[Any]] = [["A", "B"], [None, None], ["", ""], ["C", "D"]]
    for content in (csv_file(filled), xlsx_file(filled)):
        assert [(number, cells[0]) for number, cells in rows_of(content)] == [(2, "A"), (5, "C")]


def test_xlsx_cells_come_exactly_as_they_are_shown() -> None:
    day, moment = datetime(2026, 6, 1), datetime(2026, 6, 1, 8)  # noqa: DTZ001 - as in workbooks
    values = [10023, 3.1, 0.125, 2.0, 0.075, True, day, moment]
    content = xlsx_file(
        [values],
        formats={"E2": "0.0%", "G2": "yyyy-mm-dd", "H2": "yyyy-mm-dd hh:mm"},
    )
    ((_, cells),) = rows_of(content)
    assert cells == [
        10023,
        Decimal("3.1"),
        Decimal("0.125"),
        2,
        "7.5%",
        True,
        date(2026, 6, 1),
        moment,
    ]
    assert [type(cell) for cell in cells[:4]] == [int, Decimal, Decimal, int]


def test_files_that_are_no_tables_are_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert refusal(b"") == "no_rows"
    assert refusal(b"\n\n") == "no_rows"
    assert refusal(b"\xff\xfe\x00") == "encoding"
    assert refusal(b"SKU,rule\nA\x00,x") == "unknown_format"
    assert refusal(b"SKU,rule\n\xff\xff,x") == "encoding"
    assert refusal(b"PK\x03\x04 and so on") == "damaged"
    whole = xlsx_file([["A"]])
    assert refusal(whole[: len(whole) // 2]) == "damaged"
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(other.getvalue()) == "unknown_format"
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    assert refusal(csv_file([["A"]] * 3)) == "too_many_rows"
    assert len(rows_of(csv_file([["A"]] * 2))) == 2
    monkeypatch.setattr(table, "MOST_UNPACKED", 100)
    assert refusal(whole) == "too_large"
    monkeypatch.setattr(table, "MOST_BYTES", 10)
    assert refusal(b"x" * 11) == "too_large"


def changed(part: str, change: Any) -> bytes:
    """A workbook with one of its parts as `change` makes it."""
    source = zipfile.ZipFile(io.BytesIO(xlsx_file([["A", "B"]])))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, change(content) if name == part else content)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_rows(rows: str) -> bytes:
    return changed(
        SHEET, lambda sheet: sheet.replace(b"</sheetData>", f"{rows}</sheetData>".encode())
    )


def test_a_workbook_whose_sheet_is_broken_is_refused() -> None:
    assert refusal(changed(SHEET, lambda content: content[: len(content) // 2])) == "damaged"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b'<row r="', b'<row r="x'),
        ("[Content_Types].xml", b"PartName", b"PartNam"),
        ("[Content_Types].xml", b"sheet.main", b"sheet.mine"),
        ("xl/workbook.xml", b"visibility", b"visible"),
    ],
)
def test_a_workbook_that_no_program_wrote_is_refused(part: str, old: bytes, new: bytes) -> None:
    assert refusal(changed(part, lambda content: content.replace(old, new))) == "damaged"


def test_a_number_beyond_all_numbers_is_refused() -> None:
    assert refusal(with_rows('<row r="3"><c r="A3"><v>1e999</v></c></row>')) == "damaged"


def test_a_row_far_below_is_not_walked_to() -> None:
    far = 2_000_000_000
    assert refusal(with_rows(f'<row r="{far}"><c r="A{far}"><v>1</v></c></row>')) == "too_many_rows"


def test_a_row_as_wide_as_a_workbook_can_be_is_refused() -> None:
    assert refusal(with_rows('<row r="3"><c r="XFD3"><v>1</v></c></row>')) == "too_many_columns"


def test_a_small_file_that_swells_is_refused_before_it_is_unpacked() -> None:
    assert refusal(with_rows(" " * 20 * 2**20)) == "too_large"


def test_a_file_with_any_bit_wrong_is_read_or_refused() -> None:
    """Whatever the archive, the packing and the markup make of it."""
    whole = xlsx_file([["A", "B"]])
    for place in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        try:
            rows_of(bytes(flipped))
        except SheetUnreadable:
            continue


def test_entities_in_a_workbook_do_not_swell() -> None:
    """The billion laughs: the parser refuses to expand them."""
    bomb = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
        f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
    )
    head = (bomb + "]>").encode()
    made = changed(SHEET, lambda content: head + content.replace(b">A<", b">&a9;<"))
    assert refusal(made) == "damaged"


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("SKU编码", Column.SKU),
        (" sku_Code *", Column.SKU),
        ("ＳＫＵ", Column.SKU),
        ("机构 编码", Column.ORGANISATION),
        ("Organization-Code", Column.ORGANISATION),
        ("每件佣金（元）", Column.AMOUNT),
        ("佣金比例(%)", Column.RATE),
        ("VALID FROM", Column.VALID_FROM),
        ("截止日期", Column.VALID_UNTIL),
        ("On/Off", Column.STATE),
        ("商品名称", None),
        ("", None),
    ],
)
def test_columns_are_known_by_chinese_and_english_names(
    written: str, column: Column | None
) -> None:
    assert recognised(written) is column


def test_no_name_means_two_columns() -> None:
    names = [name for names in NAMES.values() for name in names]
    assert {recognised(name) for name in names} == set(Column)
    for column, names_ in NAMES.items():
        assert {recognised(name) for name in names_} == {column}


def test_columns_nobody_knows_are_told_and_repeated_ones_too() -> None:
    layout = layout_of(["商品名称", "SKU", "sku code", "", "规则"])
    assert layout.places == {Column.SKU: 1, Column.RULE: 4}
    assert layout.ignored == ("商品名称",)
    assert layout.repeated == ("sku code",)
