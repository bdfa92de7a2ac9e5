"""Files to the bank and back: what stands in them, what is read out of them, what is refused."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.payouts.withdrawals.errors import LayoutUnknown, ReturnFileRefused
from yipan.payouts.withdrawals.rules.bank_findings import Booked, findings
from yipan.payouts.withdrawals.rules.bank_layout import (
    LAYOUTS,
    Payment,
    ReturnRow,
    layout_named,
    read,
    written,
)

HEAD = "业务流水号,金额(元),状态,原因\n"
references = st.text("ABCDEF0123456789", min_size=4, max_size=32)
payments = st.lists(
    st.builds(
        Payment,
        reference=references,
        amount=st.integers(1, 10**12),
        holder=st.text("王小明·ABC=@+", min_size=1, max_size=20),
        number=st.text("0123456789", min_size=12, max_size=19),
        bank=st.sampled_from(["工商银行", '有,逗号"的银行', "=cmd()"]),
    ),
    min_size=1,
    max_size=20,
)


def refused(content: bytes) -> str:
    with pytest.raises(ReturnFileRefused) as caught:
        read(content)
    return str(caught.value)


@given(payments, st.sampled_from(sorted(LAYOUTS)))
def test_a_file_has_every_payout_to_the_fen_and_its_control_totals(
    given_payments: list[Payment], code: str
) -> None:
    layout = layout_named(code)
    text = written(layout, given_payments).decode(layout.encoding)
    head, *rows, last = csv.reader(io.StringIO(text, newline=""))
    assert len(rows) == len(given_payments)
    place = layout.columns.index("amount")
    shift = 1 if layout.in_fen else 100
    amounts = [int(row[place].replace(".", "")) for row in rows]
    assert amounts == [each.amount for each in given_payments]
    assert ("分" in head[place]) is (shift == 1)
    assert (last[0], last[1]) == ("合计", str(len(rows)))
    assert int(last[place].replace(".", "")) == sum(amounts)
    assert written(layout, given_payments) == written(layout, given_payments)


@given(payments)
def test_no_cell_of_a_file_is_a_formula(given_payments: list[Payment]) -> None:
    text = written(layout_named("standard"), given_payments).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


@given(st.dictionaries(references, st.tuples(st.integers(1, 10**12), st.booleans()), min_size=1))
def test_what_the_bank_says_is_read_to_the_fen(told: dict[str, tuple[int, bool]]) -> None:
    lines = [
        f"{reference},{amount // 100}.{amount % 100:02d},{'成功' if paid else '失败'},x"
        for reference, (amount, paid) in told.items()
    ]
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        rows = read((HEAD + "\n".join(lines)).encode(encoding))
        assert {row.reference: (row.amount, row.is_paid) for row in rows} == told


def test_columns_are_found_by_their_head_in_any_order_and_language() -> None:
    (row,) = read(b"Status;Amount (fen);Reference;Message\nfailed;1250;W1;account closed\n")
    assert row == ReturnRow(2, "W1", 1250, is_paid=False, reason="account closed")
    (row,) = read("状态\t金额（元）\t流水号\n成功\t1,234.50\t'W2\n".encode("gbk"))
    assert row == ReturnRow(2, "W2", 123_450, is_paid=True, reason="")


@pytest.mark.parametrize("amount", ["", "x", "0", "-1.00", "1.005", "1e99", "nan"])
def test_an_amount_that_is_none_is_read_as_none(amount: str) -> None:
    (row,) = read((HEAD + f"W1,{amount},成功,\n").encode())
    assert row.amount is None


def test_a_state_that_nobody_knows_is_read_as_none() -> None:
    (row,) = read((HEAD + "W1,1.00,处理中,\n").encode())
    assert row.is_paid is None


def test_control_totals_must_agree() -> None:
    line = "W1,1.00,成功,\n"
    assert len(read((HEAD + line + "合计,1,,\n").encode())) == 1
    assert "counts other lines" in refused((HEAD + line + "合计,2,,\n").encode())
    wrong = "业务流水号,状态,金额(元)\nW1,成功,1.00\n合计,1,1.01\n"
    assert "sums up other amounts" in refused(wrong.encode())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "lacks the column"),
        (b"a,b,c\n1,2,3\n", "lacks the column"),
        (HEAD.encode(), "has no lines"),
        (b"\xff\xff\xff", "neither UTF-8 nor GBK"),
        (b"x" * 5_000_001, "5 MB"),
    ],
)
def test_what_is_no_return_file_is_refused(content: bytes, why: str) -> None:
    assert why in refused(content)


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(LayoutUnknown):
        layout_named("fax")


def row(reference: str, amount: int | None = 100, *, paid: bool | None = True) -> ReturnRow:
    return ReturnRow(2, reference, amount, paid, "")


@pytest.mark.parametrize(
    ("line", "booked", "finding"),
    [
        (row("W"), Booked(1, "submitted", 100), "pays"),
        (row("W"), Booked(1, "unknown", 100), "pays"),
        (row("W", paid=False), Booked(1, "submitted", 100), "fails"),
        (row("W"), Booked(1, "succeeded", 100), "known"),
        (row("W", paid=False), Booked(1, "failed", 100), "known"),
        (row("W"), Booked(1, "failed", 100), "other_outcome"),
        (row("W", paid=False), Booked(1, "succeeded", 100), "other_outcome"),
        (row("W"), Booked(1, "cancelled", 100), "not_handed_over"),
        (row("W", 99), Booked(1, "submitted", 100), "amount_differs"),
        (row("W"), None, "unknown"),
        (row("W", None), Booked(1, "submitted", 100), "unreadable"),
        (row("W", paid=None), Booked(1, "submitted", 100), "unreadable"),
        (row(""), None, "unreadable"),
    ],
)
def test_each_line_is_told_what_it_means(
    line: ReturnRow, booked: Booked | None, finding: str
) -> None:
    assert findings([line], {"W": booked} if booked else {}) == [finding]


def test_a_reference_that_occurs_twice_is_never_acted_on() -> None:
    lines = [row("W"), row("W", paid=False), row("V")]
    books = {"W": Booked(1, "submitted", 100), "V": Booked(2, "submitted", 100)}
    assert findings(lines, books) == ["twice", "twice", "pays"]
