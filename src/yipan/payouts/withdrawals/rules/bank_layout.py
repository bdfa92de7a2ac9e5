"""Files to the bank (代发 batches) and files back from it: what stands where. Pure text work.

Out: one line per payout under a head line, a last line with the number of payouts and their sum.
Back: any order of columns, found by their head; UTF-8 or GBK; amounts in yuan or, if the head of
the column says so, in fen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yipan.kernel.money import MINOR_UNITS, fen_from_yuan
from yipan.payouts.withdrawals.errors import LayoutUnknown, ReturnFileRefused

MOST_BYTES: Final = 5_000_000
MOST_LINES: Final = 20_000
_MOST_FEN: Final = 10**15
_MOST_REASON: Final = 200
_MOST_REFERENCE: Final = 64
_TOTAL: Final = "合计"
_TOTALS: Final = frozenset({_TOTAL, "total", "sum"})
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Payment:
    """One payout as the bank is told of it. Personal data never shows in its repr."""

    reference: str
    amount: int
    """Fen."""
    holder: str = field(repr=False)
    number: str = field(repr=False)
    bank: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file to the bank is written."""

    code: str
    encoding: str
    in_fen: bool
    """Amounts in whole fen; else in yuan with two decimals."""
    columns: tuple[str, ...]
    """Names of `_HEADS`, in order."""


_HEADS: Final[Mapping[str, str]] = {
    "line": "序号",
    "reference": "业务流水号",
    "holder": "收款人姓名",
    "number": "收款账号",
    "bank": "开户银行",
    "amount": "金额(元)",
    "purpose": "用途",
}
_IN_FEN: Final = "金额(分)"
_PURPOSE: Final = "分销佣金"
_ALL: Final = tuple(_HEADS)

LAYOUTS: Final[Mapping[str, Layout]] = {
    layout.code: layout
    for layout in (
        Layout("standard", "utf-8-sig", in_fen=False, columns=_ALL),
        Layout("gbk", "gb18030", in_fen=False, columns=_ALL),
        Layout("gbk_fen", "gb18030", in_fen=True, columns=_ALL),
    )
}


def layout_named(code: str) -> Layout:
    """Raises LayoutUnknown."""
    if code not in LAYOUTS:
        raise LayoutUnknown(allowed=", ".join(LAYOUTS))
    return LAYOUTS[code]


def written(layout: Layout, payments: Sequence[Payment]) -> bytes:
    """The file for the bank; the same payments always give the same bytes."""
    text = io.StringIO(newline="")
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow([_head(name, layout) for name in layout.columns])
    for line, payment in enumerate(payments, start=1):
        cells = _cells(line, payment, layout)
        sheet.writerow([cells[name] for name in layout.columns])
    total = {"amount": _amount(sum(each.amount for each in payments), layout)}
    last = [total.get(name, "") for name in layout.columns]
    last[:2] = [_TOTAL, str(len(payments))]
    sheet.writerow(last)
    return text.getvalue().encode(layout.encoding)


def _head(name: str, layout: Layout) -> str:
    return _IN_FEN if name == "amount" and layout.in_fen else _HEADS[name]


def _cells(line: int, payment: Payment, layout: Layout) -> dict[str, str]:
    return {
        "line": str(line),
        "reference": payment.reference,
        "holder": _harmless(payment.holder),
        "number": payment.number,
        "bank": _harmless(payment.bank),
        "amount": _amount(payment.amount, layout),
        "purpose": _PURPOSE,
    }


def _harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _amount(fen: int, layout: Layout) -> str:
    if layout.in_fen:
        return str(fen)
    whole, rest = divmod(fen, MINOR_UNITS)
    return f"{whole}.{rest:02d}"


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """What the bank says of one payout."""

    line_no: int
    reference: str
    amount: int | None
    """Fen; None: cannot be read."""
    is_paid: bool | None
    """None: cannot be read."""
    reason: str
    """The bank's words."""


_NAMES: Final[Mapping[str, frozenset[str]]] = {
    "reference": frozenset({"业务流水号", "商户流水号", "流水号", "reference", "reference no"}),
    "amount": frozenset(
        {"金额", "金额(元)", "金额(分)", "amount", "amount (yuan)", "amount (fen)"}
    ),
    "state": frozenset({"状态", "处理状态", "交易状态", "处理结果", "status", "state", "result"}),
    "reason": frozenset({"原因", "失败原因", "备注", "摘要", "reason", "message", "remark"}),
}
_PAID: Final = frozenset({"成功", "交易成功", "处理成功", "已付", "paid", "success", "succeeded"})
_NOT_PAID: Final = frozenset(
    {"失败", "交易失败", "处理失败", "退票", "已退回", "failed", "failure", "refused", "returned"}
)


def read(content: bytes) -> list[ReturnRow]:
    """The lines of a return file. Raises ReturnFileRefused where it is none of those we know.

    A line that cannot be read stays in the list, with what could not be read as None.
    """
    if len(content) > MOST_BYTES:
        raise ReturnFileRefused(fault="too_big")
    lines = _lines(_text(content))
    head = next(lines, [])
    places = _places(head)
    in_fen = "分" in head[places["amount"]] or "fen" in head[places["amount"]].casefold()
    rows: list[ReturnRow] = []
    for line_no, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        if cells[0].casefold() in _TOTALS:
            _check_totals(cells, places, rows, in_fen=in_fen)
            continue
        if len(rows) >= MOST_LINES:
            raise ReturnFileRefused(fault="too_many_lines")
        rows.append(_row(line_no, cells, places, in_fen=in_fen))
    if not rows:
        raise ReturnFileRefused(fault="empty")
    return rows


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReturnFileRefused(fault="encoding")


def _lines(text: str) -> Iterator[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",", "\t", ";", "|", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_shown(cell).strip().lstrip("'") for cell in cells]
    except csv.Error:
        raise ReturnFileRefused(fault="not_csv") from None


def _shown(cell: str) -> str:
    return "".join(each if each.isprintable() else " " for each in cell)


def _places(head: Sequence[str]) -> dict[str, int]:
    plain = [cell.replace("（", "(").replace("）", ")").casefold() for cell in head]
    places = {
        name: place
        for name, known in _NAMES.items()
        for place, cell in enumerate(plain)
        if cell in known
    }
    for name in ("reference", "amount", "state"):
        if name not in places:
            raise ReturnFileRefused(fault="column", column=max(_NAMES[name]))
    return places


def _row(
    line_no: int, cells: Sequence[str], places: Mapping[str, int], *, in_fen: bool
) -> ReturnRow:
    def cell(name: str) -> str:
        place = places.get(name, len(cells))
        return cells[place] if place < len(cells) else ""

    state = cell("state").casefold()
    return ReturnRow(
        line_no=line_no,
        reference=cell("reference")[:_MOST_REFERENCE],
        amount=_fen(cell("amount"), in_fen=in_fen),
        is_paid=True if state in _PAID else False if state in _NOT_PAID else None,
        reason=cell("reason")[:_MOST_REASON],
    )


def _fen(text: str, *, in_fen: bool) -> int | None:
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        return None
    if in_fen:
        fen, part = divmod(fen, MINOR_UNITS)
        if part:
            return None
    return fen if 0 < fen <= _MOST_FEN else None


def _check_totals(
    cells: Sequence[str],
    places: Mapping[str, int],
    rows: Sequence[ReturnRow],
    *,
    in_fen: bool,
) -> None:
    """A last line with control totals must agree with the lines above it."""
    count = cells[1] if len(cells) > 1 else ""
    if count.isdecimal() and int(count) != len(rows):
        raise ReturnFileRefused(fault="count")
    place = places["amount"]
    told = _fen(cells[place], in_fen=in_fen) if place < len(cells) else None
    if told is not None and told != sum(row.amount or 0 for row in rows):
        raise ReturnFileRefused(fault="total")
