"""Every row of a file is accounted for, whatever it holds."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.goods.stock.builders import quantity_of
from tests.trade.orders.builders import Shop, open_shop
from yipan.distribution.commissions.models import Entry
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.trade.orders.imports import Mapping, MappingRefused, Outcome, import_orders
from yipan.trade.orders.models import Order, OrderLine, Refund

HEADER = ("小票号", "时间", "商品", "数量", "单价", "门店", "会员", "导购", "原单")
COLUMNS: dict[str, Any] = {
    "number": "小票号",
    "placed_at": "时间",
    "sku": "商品",
    "quantity": "数量",
    "unit_price": "单价",
    "organisation": "门店",
    "buyer": "会员",
    "distributor_code": "导购",
}
Row = tuple[str, ...]
Import = Callable[..., Outcome]


def row(  # noqa: PLR0917 - a row has as many columns
    number: str,
    day: str,
    sku: str = "FIXED",
    quantity: str = "1",
    price: str = "100.00",
    member: str = "M-1",
    of: str = "",
) -> Row:
    return (number, f"2026-03-{day} 10:00:00", sku, quantity, price, "R1-A", member, "GUIDE", of)


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


@pytest.fixture
def load(shop: Shop, tmp_path: Path) -> Import:
    """Write rows to a csv file and import it."""

    def run(rows: Sequence[Row], *, encoding: str = "utf-8", **more: Any) -> Outcome:
        path = tmp_path / "orders.csv"
        with path.open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows([HEADER, *rows])
        columns = {**COLUMNS, **more.pop("columns", {})}
        data = {"channel": "till", "completed": "at_payment", "columns": columns, **more}
        outcome = import_orders(path=path, mapping=Mapping.from_data(data), by=SYSTEM)
        assert outcome.adds_up
        return outcome

    return run


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.imported, outcome.refunded, outcome.unchanged, outcome.rejected


def test_rows_with_one_number_are_one_order_credited_and_completed(load: Import) -> None:
    outcome = load([row("A", "01", "FIXED", "2"), row("A", "01", "LINE"), row("B", "02")])
    assert counts(outcome) == (3, 0, 0, 0)
    order = Order.objects.get(number="A")
    assert (order.net_amount, order.state) == (30_000, "completed")
    assert order.placed_at.isoformat() == "2026-03-01T02:00:00+00:00"
    assert Entry.objects.filter(order_id=order.id, role="seller").count() == 2


def test_a_file_in_gb18030_with_its_own_dates_is_read(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    line = ("甲-1", "01/03/2026 09:30", "FIXED", "1", "99.5", "R1-A", "会员一", "GUIDE", "")
    text = "\n".join([",".join(HEADER), ",".join(line)])
    path.write_bytes(text.encode("gb18030"))
    data = {"channel": "till", "encoding": "gb18030", "date_format": "%d/%m/%Y %H:%M"}
    mapping = Mapping.from_data({**data, "columns": COLUMNS})
    assert counts(import_orders(path=path, mapping=mapping, by=SYSTEM)) == (1, 0, 0, 0)
    order = Order.objects.get(number="甲-1")
    assert (order.net_amount, order.placed_at.isoformat()) == (9_950, "2026-03-01T01:30:00+00:00")


def test_the_same_file_again_changes_nothing(load: Import, shop: Shop) -> None:
    rows = [row("A", "01", quantity="3"), row("C1", "02", quantity="-1"), row("X", "03", "NO-SKU")]
    first, again = load(rows), load(rows)
    assert counts(first) == (1, 1, 0, 1)
    assert counts(again) == (0, 0, 2, 1)
    assert quantity_of(shop.location, shop.skus["FIXED"]) == 998
    assert shop.balances()["pending"] == 700


def test_a_cancellation_takes_back_the_line_of_its_own_quantity_first(load: Import) -> None:
    rows = [
        row("A", "01", quantity="2"),
        row("B", "02", quantity="5"),
        row("C1", "03", quantity="-2"),
        row("C2", "04", quantity="-4"),
    ]
    assert counts(load(rows)) == (2, 2, 0, 0)
    taken = {
        line.order.number: line.refunded_quantity
        for line in OrderLine.objects.select_related("order")
    }
    assert taken == {"A": 2, "B": 4}


def test_a_cancellation_may_take_from_several_sales_newest_first(load: Import) -> None:
    rows = [
        row("A", "01", quantity="2"),
        row("B", "02", quantity="2"),
        row("C", "03", quantity="-3"),
    ]
    assert counts(load(rows)) == (2, 1, 0, 0)
    found = Refund.objects.select_related("line__order").order_by("line__order__number")
    assert [(r.line.order.number, r.quantity) for r in found] == [("A", 1), ("B", 2)]


@pytest.mark.parametrize(
    ("refund", "field"),
    [
        (row("C", "03", quantity="-3"), "number"),
        (row("C", "03", quantity="-1", member="M-2"), "number"),
        (row("C", "03", quantity="-1", price="99.00"), "number"),
        (row("C", "01", quantity="-1"), "number"),
        (row("C", "03", quantity="-1", member=""), "buyer"),
        (row("C", "03", quantity="-1", price="0"), "unit_price"),
    ],
)
def test_what_cannot_be_found_is_listed_not_guessed(load: Import, refund: Row, field: str) -> None:
    outcome = load([row("A", "02", quantity="2"), refund])
    assert counts(outcome) == (1, 0, 0, 1)
    assert [(fault.row, fault.field) for fault in outcome.faults] == [(2, field)]


def test_refunds_may_name_the_order_they_take_back(load: Import) -> None:
    rows = [
        row("A", "01", quantity="2", member=""),
        row("R", "02", quantity="-1", member="", of="A"),
        row("S", "02", quantity="-1", member="", of="NONE"),
    ]
    outcome = load(rows, refunds="references", columns={"refund_of": "原单"})
    assert counts(outcome) == (1, 1, 0, 1)
    assert Refund.objects.get().amount == 10_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("A", "not a date", "FIXED", "1", "1", "R1-A", "", "", ""), "placed_at"),
        (("A", "2026-03-01", "FIXED", "1.5", "1", "R1-A", "", "", ""), "quantity"),
        (("A", "2026-03-01", "FIXED", "0", "1", "R1-A", "", "", ""), "quantity"),
        (("A", "2026-03-01", "FIXED", "1", "-1", "R1-A", "", "", ""), "unit_price"),
        (("A", "2026-03-01", "FIXED", "1", "NaN", "R1-A", "", "", ""), "unit_price"),
        (("A", "2026-03-01", "", "1", "1", "R1-A", "", "", ""), "sku"),
        (("A", "2026-03-01", "NO-SKU", "1", "1", "R1-A", "", "", ""), "sku"),
        (("A", "2026-03-01", "FIXED", "1", "1", "NOWHERE", "", "", ""), "organisation"),
        (("A", "2026-03-01", "FIXED", "5000", "1", "R1-A", "", "", ""), "lines"),
        (("", "2026-03-01", "FIXED", "1", "1", "R1-A", "", "", ""), "number"),
    ],
)
def test_a_faulty_row_is_rejected_by_the_name_of_its_field(
    load: Import, change: Row, field: str
) -> None:
    outcome = load([change, row("B", "02")])
    assert counts(outcome) == (1, 0, 0, 1)
    assert [(fault.row, fault.field) for fault in outcome.faults] == [(1, field)]


def test_a_faulty_line_may_refuse_its_whole_order(load: Import) -> None:
    rows = [row("A", "01"), row("A", "01", price="-1"), row("B", "02"), row("B", "02", "NO-SKU")]
    assert counts(load(rows, bad_lines="refuse_order")) == (0, 0, 0, 4)
    assert counts(load(rows)) == (2, 0, 0, 2)


def test_prices_are_rounded_half_up_to_the_fen(load: Import) -> None:
    load([row("A", "01", price="0.125"), row("B", "02", price="0.124")])
    prices = OrderLine.objects.order_by("order__number").values_list("unit_price", flat=True)
    assert list(prices) == [13, 12]


def test_parquet_is_read_with_its_types(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    duckdb.execute(
        "COPY (SELECT 'P-1' n, TIMESTAMP '2026-03-01 10:00' t, 'FIXED' s, 2::INTEGER q,"
        f" 2.55::DOUBLE p, 'R1-A' o, 17850.0::DOUBLE m) TO '{path}' (FORMAT parquet)"
    )
    names = {"number": "n", "placed_at": "t", "sku": "s", "quantity": "q", "unit_price": "p"}
    columns = {**names, "organisation": "o", "buyer": "m"}
    mapping = Mapping.from_data({"channel": "till", "columns": columns})
    outcome = import_orders(path=path, mapping=mapping, by=SYSTEM)
    assert counts(outcome) == (1, 0, 0, 0)
    assert OrderLine.objects.get().net_amount == 510


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": ""}, "channel"),
        ({"colums": {}}, "colums"),
        ({"amounts": "dollars"}, "amounts"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"refunds": "references"}, "columns.refund_of"),
        ({"columns": {**COLUMNS, "sku": {"column": "a", "constant": "b"}}}, "columns.sku"),
        ({"columns": {"number": "小票号"}}, "columns.placed_at"),
        ({"columns": {**COLUMNS, "colour": "c"}}, "columns.colour"),
    ],
)
def test_a_mapping_that_cannot_be_used_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(MappingRefused) as refused:
        Mapping.from_data({"channel": "till", "columns": COLUMNS, **change})
    assert refused.value.data["field"] == field


def test_a_column_that_is_not_there_is_told_before_anything_is_written(load: Import) -> None:
    with pytest.raises(MappingRefused, match="no column 'Preis'"):
        load([row("A", "01")], columns={"unit_price": "Preis"})
    assert Order.objects.count() == 0


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["A", "B", "C", ""]),
            st.sampled_from(["2026-03-01", "2026-03-02T08:00:00+08:00", "?"]),
            st.sampled_from(["FIXED", "LINE", "MONTH", "NO-SKU"]),
            st.sampled_from(["1", "2", "-1", "0", "x"]),
            st.sampled_from(["1", "0", "-1", "1.005"]),
            st.sampled_from(["R1-A", "R1-B", "NOWHERE"]),
            st.sampled_from(["M-1", ""]),
            st.sampled_from(["GUIDE", "NOBODY", ""]),
            st.just(""),
        ),
        max_size=12,
    )
)
def test_the_four_counts_always_add_up(load: Import, rows: list[Row]) -> None:
    outcome = load(rows)
    assert outcome.rows == len(rows)
