"""Lists stay quick: a constant number of statements, and well under 200 ms on ten thousand rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.console.builders import SCREENS, furnished_shop
from tests.trade.orders.builders import PAID, Shop, open_shop
from yipan.distribution.commissions.models import Entry, EntryState
from yipan.group.people.models import Role
from yipan.group.people.paging import MOST
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.orders.models import Order

STATEMENTS = 9
"""Session, tenant, person, roles, count, rows, first row of the bar of years, and two spare."""


def multiply(model: type[Model], times: int, **fresh: str) -> None:
    """Copy one row of a table many times, with SQL for what has to differ; `n` counts."""
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields if field.column != "xact"]
    values = [fresh.get(column, column) for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM (SELECT * FROM {table} WHERE tenant_id = %s ORDER BY id LIMIT 1) AS one "
            "CROSS JOIN generate_series(1, %s) AS n",
            (current_tenant_id(), times),
        )


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


def console_of(shop: Shop, code: str = "HQ") -> Console:
    return Console.of(make_person(f"boss-{code}", shop.tree[code], Role.ADMINISTRATOR))


def with_many_orders(shop: Shop, times: int) -> None:
    shop.sell(shop.line("LINE"))
    minutes = "placed_at - n * interval '1 minute'"
    multiply(Order, times, id="-n", number="'X-' || n", placed_at=minutes)
    multiply(Entry, times, id="-n", line_id="-n", order_id="-n")
    multiply(EntryState, times, id="-n", line_id="-n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, commissions_entry, commissions_entrystate")


LISTS = ("orders/order/", "commissions/entry/", "commissions/entrystate/")


def test_every_list_has_a_constant_number_of_statements(tenant: Tenant) -> None:
    console = console_of(furnished_shop())
    console.get("")
    for address in SCREENS:
        with CaptureQueriesContext(connection) as captured:
            assert console.get(address).status_code == 200
        assert len(captured) <= STATEMENTS, (address, [row["sql"] for row in captured])


@pytest.mark.parametrize("address", LISTS)
def test_long_lists_take_no_more_statements_than_short_ones(shop: Shop, address: str) -> None:
    console = console_of(shop)
    console.get("")  # the tree is read once in a process
    counts = []
    for times, grow in ((3, with_many_orders), (60, with_more_orders)):
        grow(shop, times)
        with CaptureQueriesContext(connection) as captured:
            console.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def with_more_orders(shop: Shop, times: int) -> None:
    multiply(Order, times, id="-1000 - n", number="'Y-' || n")
    multiply(Entry, times, id="-1000 - n", line_id="-1000 - n", order_id="-1000 - n")
    multiply(EntryState, times, id="-1000 - n", line_id="-1000 - n")


def test_rows_are_counted_to_a_limit_only(shop: Shop) -> None:
    with_many_orders(shop, MOST + 5)
    answer = console_of(shop).get("orders/order/")
    assert answer.context["cl"].result_count == MOST
    assert "10,000+" in answer.content.decode()


def test_years_and_months_lead_back_to_the_first_row(shop: Shop) -> None:
    shop.sell(shop.line("NONE"))
    console = console_of(shop)

    def spans(address: str) -> list[tuple[str, bool]]:
        context: Any = console.get(address).context
        found = [context.get(name) or [] for name in ("years", "months", "days")]
        return [(span.title, span.chosen) for spans in found for span in spans]

    year = PAID.year
    assert spans("orders/order/")[:2] == [("Any time", True), (str(year), False)]
    month = spans(f"orders/order/?placed_at__year={year}&placed_at__month=3")
    assert (str(year), True) in month
    assert ("8", False) in month
    assert ("7", False) not in month
    day = console.get(
        f"orders/order/?placed_at__year={year}&placed_at__month=3&placed_at__day=8"
    ).context["cl"]
    assert day.result_count == 1
    other = console.get(
        f"orders/order/?placed_at__year={year}&placed_at__month=3&placed_at__day=9"
    ).context["cl"]
    assert other.result_count == 0


def test_an_impossible_date_is_no_error(shop: Shop) -> None:
    shop.sell(shop.line("NONE"))
    console = console_of(shop)
    for date in (
        "placed_at__year=0",
        "placed_at__year=2026&placed_at__month=13",
        "placed_at__year=x",
    ):
        assert console.get(f"orders/order/?placed_at__{date}").status_code in {200, 302}


@pytest.mark.parametrize(
    ("address", "word", "found"),
    [
        ("orders/order/", "T-", 1),
        ("orders/order/", "GUIDE", 1),
        ("orders/order/", "nothing", 0),
        ("commissions/entry/", "GUIDE", 1),
        ("commissions/entry/", "LEADER", 1),
        ("commissions/entry/", "nothing", 0),
        ("ledger/account/", "GUIDE", 1),
        ("ledger/account/", "R1", 1),
        ("kernel/auditentry/", "pool.", 8),
        ("kernel/outboxevent/", "order.paid", 1),
        ("payments/payment/", "nothing", 0),
    ],
)
def test_search_finds(shop: Shop, address: str, word: str, found: int) -> None:
    shop.sell(shop.line("LINE"))
    answer = console_of(shop).get(f"{address}?q={word}")
    count = answer.context["cl"].result_count
    assert (count > 0) is (found > 0), (address, word, count)


def test_lists_are_narrowed_to_an_organisation_and_what_is_below(shop: Shop) -> None:
    shop.sell(shop.line("LINE"))
    console = console_of(shop)
    addresses = ("orders/order/", "commissions/entry/", "ledger/journal/", "payments/payment/")
    for address in addresses:
        counts = {
            code: console.get(f"{address}?organisation={shop.tree[code].id}")
            .context["cl"]
            .result_count
            for code in ("R1", "F1")
        }
        assert counts["R1"] > 0, address
        assert counts["F1"] == 0, address


def test_a_filter_reaches_no_further_than_its_reader(shop: Shop) -> None:
    shop.sell(shop.line("LINE"))
    console = console_of(shop, "F1")
    answer = console.get(f"orders/order/?organisation={shop.tree['R1'].id}")
    assert answer.context["cl"].result_count == 0
    text = answer.content.decode()
    assert "食品公司" in text
    assert "华东公司" not in text
