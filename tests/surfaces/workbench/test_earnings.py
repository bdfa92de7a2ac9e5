"""What one earned: numbers, the why of each, months, files and customers; of oneself alone."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from html import unescape
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.distribution.attribution.builders import bind, make_member, open_link
from tests.distribution.distributors.builders import make_distributor
from tests.payouts.settlement.builders import earn, refund
from tests.surfaces.workbench.builders import (
    Phone,
    count_of,
    hooks,
    opened_shop,
    text_of,
    with_money,
)
from tests.trade.orders.builders import Shop, give_back
from yipan.distribution.commissions.queries import earned
from yipan.kernel import clock
from yipan.kernel.models import Tenant
from yipan.payouts.settlement.actions import release_due
from yipan.payouts.withdrawals.actions import request_withdrawal
from yipan.trade.orders.actions import open_refund_request
from yipan.trade.orders.models import Order

Desk = tuple[Shop, Phone]


@pytest.fixture
def desk(tenant: Tenant) -> Desk:
    return opened_shop()


def sell_now(shop: Shop, rule: str = "LINE", quantity: int = 1) -> None:
    now = clock.now()
    shop.sell(shop.line(rule, quantity), placed_at=now, paid_at=now)


def test_the_first_page_tells_today_the_month_and_the_four_balances(desk: Desk) -> None:
    shop, phone = desk
    sell_now(shop, "LINE", 13)
    with_money(shop.guide, 123_450)
    answer = phone.get("")
    assert hooks(answer, "sales-today") == ["¥1,300.00"]
    assert hooks(answer, "commission-today") == ["¥101.00"]
    assert hooks(answer, "commission-month") == ["¥101.00"]
    assert hooks(answer, "balance-pending") == ["¥101.00"]
    assert hooks(answer, "balance-available") == ["¥1,234.50"]
    assert hooks(answer, "balance-in-withdrawal") == ["¥0.00"]
    assert hooks(answer, "balance-paid") == ["¥0.00"]
    assert hooks(phone.part("figures/"), "balance-pending") == ["¥101.00"]


def test_what_is_owed_back_is_said(desk: Desk) -> None:
    shop, phone = desk
    earnings = earn(shop.guide, 1_000)
    release_due()
    assert count_of(phone.get(""), "balance-owed") == 0
    card = with_money(shop.guide, 100)
    request_withdrawal(distributor=shop.guide, card=card, amount=1_100, by=phone.person.actor)
    refund(earnings, so_far=10_000)
    assert "¥10.00" in hooks(phone.get(""), "balance-owed")[0]


def test_an_entry_tells_its_amount_its_state_and_its_due_date(desk: Desk) -> None:
    shop, phone = desk
    (line,) = shop.sell(shop.line("LINE", 2))
    give_back(line, 1, 10_000)
    answer = phone.get("earnings/")
    assert hooks(answer, "entry-amount") == ["¥6.50"]
    assert hooks(answer, "entry-state") == ["Pending"]
    assert "¥13.00" in text_of(answer)
    assert "Due 2026-" in text_of(answer)
    assert line.order.number in text_of(answer)


def test_times_are_the_group_s_own(desk: Desk) -> None:
    shop, phone = desk
    shop.sell(shop.line("FIXED"))  # 02:00 UTC
    assert "03-08 10:00" in text_of(phone.get("earnings/"))


def test_the_why_is_a_sentence_in_the_reader_s_language(desk: Desk) -> None:
    shop, phone = desk
    (line,) = shop.sell(shop.line("LINE", 2))
    give_back(line, 1, 10_000)
    (entry,) = earned(shop.guide.id).items
    english = hooks(phone.part(f"earnings/{entry.id}/"), "why-sentence")
    assert english[0].startswith("Line amount ¥200.00, slice by slice")
    assert "takes back ¥6.50" in english[1]
    chinese = hooks(
        Phone.of(shop.guide, language="zh-hans").part(f"earnings/{entry.id}/"), "why-sentence"
    )
    assert chinese[0].startswith("行金额 ¥200.00")
    assert "冲" in chinese[1] or "退" in chinese[1]


def test_a_held_entry_says_for_what_it_waits(desk: Desk) -> None:
    shop, phone = desk
    (line,) = shop.sell(shop.line("LINE"))
    open_refund_request(line_id=line.id, quantity=1, amount=100, reason="色差")
    (entry,) = earned(shop.guide.id).items
    assert "asked for a refund" in text_of(phone.part(f"earnings/{entry.id}/"))


def test_the_list_is_narrowed_by_state_and_month(desk: Desk) -> None:
    shop, phone = desk
    shop.sell(shop.line("FIXED"))
    assert count_of(phone.part("earnings/", month="2026-03"), "entry-row") == 1
    assert count_of(phone.part("earnings/", month="2026-04"), "entry-row") == 0
    assert count_of(phone.part("earnings/", state="pending"), "entry-row") == 1
    assert count_of(phone.part("earnings/", state="released"), "entries-empty") == 1
    for query in ({"month": "x"}, {"state": "x"}, {"month": "2026-13"}):
        assert count_of(phone.part("earnings/", **query), "entry-row") == 1


def test_the_list_is_searched_and_its_file_is_what_the_list_shows(desk: Desk) -> None:
    shop, phone = desk
    shop.sell(shop.line("FIXED"))
    (line,) = shop.sell(shop.line("LINE"))
    order = Order.objects.get(pk=line.order_id)
    for wanted in (order.number, order.number.lower(), "line", f" {order.number} "):
        part = phone.part("earnings/", q=wanted)
        assert count_of(part, "entry-row") == 1, wanted
        assert f'data-order="{order.number}"' in part.content.decode()
    part = phone.part("earnings/", q="line").content.decode()
    (address,) = re.findall(r'href="([^"]+)"[^>]*data-test="entries-csv"', part)
    file = phone.client.get(unescape(address)).content.decode("utf-8-sig")
    assert [row["Order number"] for row in csv.DictReader(StringIO(file))] == [order.number]
    assert count_of(phone.part("earnings/", q="no such thing"), "entries-empty") == 1
    assert count_of(phone.part("earnings/", q="%"), "entries-empty") == 1


def test_an_entry_of_another_distributor_is_not_there(desk: Desk) -> None:
    shop, phone = desk
    shop.sell(shop.line("LINE"))
    (entry,) = earned(shop.guide.id).items
    assert phone.get(f"earnings/{entry.id}/").status_code == 200
    assert Phone.of(shop.leader).get(f"earnings/{entry.id}/").status_code == 404
    assert phone.get("earnings/1/").status_code == 404
    assert "team" in text_of(Phone.of(shop.leader).get("earnings/"))


@pytest.mark.parametrize("address", ["", "earnings/", "statements/", "customers/"])
def test_thirty_entries_take_as_many_statements_as_one(desk: Desk, address: str) -> None:
    shop, phone = desk
    counts = []
    for times in (1, 30):
        for _ in range(times):
            shop.sell(shop.line("FIXED"))
        phone.get(address)
        with CaptureQueriesContext(connection) as captured:
            phone.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1], counts


def test_entries_go_into_a_file_with_amounts_as_numbers(desk: Desk) -> None:
    shop, phone = desk
    (line,) = shop.sell(shop.line("LINE", 2))
    give_back(line, 1, 10_000)
    answer = phone.get("earnings/entries.csv")
    assert "attachment" in answer["Content-Disposition"]
    head, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert (told["Commission"], told["Taken back"], told["Left"]) == ("13.00", "6.50", "6.50")
    assert told["Paid at"] == "2026-03-08 10:00"
    book = load_workbook(BytesIO(phone.get("earnings/entries.xlsx").content))
    assert book.active is not None
    assert [cell.value for cell in book.active[2]][5] == 13
    assert phone.get("earnings/entries.exe").status_code == 404


def test_a_statement_ends_with_what_the_balances_say(desk: Desk) -> None:
    shop, phone = desk
    (line,) = shop.sell(shop.line("LINE", 2))
    give_back(line, 1, 10_000)
    sell_now(shop, "FIXED")
    with_money(shop.guide, 50_000)
    answer = phone.get("statements/")
    assert hooks(answer, "closing")[0] == "¥510.00"
    head, *rows = csv.reader(
        StringIO(phone.get("statements/months.csv").content.decode("utf-8-sig"))
    )
    for row in rows:
        told = dict(zip(head[1:], map(Decimal, row[1:]), strict=True))
        parts = ("Opening", "Accrued", "Reversed", "Paid out", "Other")
        assert sum(told[part] for part in parts) == told["Closing"]
    assert phone.get("statements/months.xlsx").status_code == 200


def test_customers_are_masked_and_only_one_s_own(desk: Desk) -> None:
    shop, phone = desk
    member = make_member()
    open_link(shop.guide, at=clock.now(), member_id=member, visitor="v")
    bind(member, shop.guide, clock.now())
    assert "李**" in text_of(phone.get("customers/"))
    assert "李**" in text_of(phone.get("customers/", tab="bound"))
    assert "(1)" in text_of(phone.get("customers/"))
    other = Phone.of(make_distributor(shop.tree["R1-A"], "LI"))
    assert "李**" not in text_of(other.get("customers/"))
    assert count_of(other.get("customers/"), "look-row") == 0


def test_customers_are_gone_where_attribution_is_off(desk: Desk, settings: object) -> None:
    _, phone = desk
    settings.YIPAN_MODULES_OFF = ["attribution"]  # type: ignore[attr-defined]
    assert phone.get("customers/").status_code == 404
    assert "/w/customers/" not in text_of(phone.get(""))


def test_a_chart_is_shown_where_there_is_something_to_show(desk: Desk) -> None:
    shop, phone = desk
    assert "y-chart" not in text_of(phone.get("earnings/"))
    sell_now(shop)
    page = text_of(phone.get("earnings/"))
    assert "&quot;unit&quot;:&quot;fen&quot;" in page
    assert ",500]" in page
