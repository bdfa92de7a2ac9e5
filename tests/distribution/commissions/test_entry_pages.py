"""The page of entries: sums to the fen of what is filtered, and a file of exactly the same."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.trade.orders.builders import PAID, Shop, give_back, open_shop
from yipan.distribution.commissions.models import Entry
from yipan.distribution.commissions.queries.filtering import entries_where, totals_of
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Role
from yipan.kernel import clock, long_work
from yipan.kernel.long_work_files import result_file
from yipan.kernel.models import LongWork, Tenant

LIST = "commissions/entry/"
EXPORT = "/console/commissions/entry/export/"


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    made = open_shop()
    (line, *_rest) = made.sell(made.line("LINE", 2), made.line("FIXED"))
    made.sell(made.line("FIXED", 3))
    give_back(line, 1, 8_000)
    return made


@pytest.fixture
def boss(shop: Shop) -> Console:
    return Console.of(make_person("boss", shop.tree.headquarters, Role.ADMINISTRATOR))


def totals(console: Console, query: str = "") -> Any:
    answer = console.get(f"{LIST}?{query}")
    assert answer.status_code == 200, query
    return answer.context["totals"]


def exported(console: Console, query: str, kind: str) -> bytes:
    answer = console.client.post(f"{EXPORT}?{query}", {"format": kind, "once": query + kind})
    assert answer.status_code == 302, answer
    work = LongWork.objects.latest("created_at")
    long_work.do(work.id)
    work.refresh_from_db()
    assert work.state == "done", work.error
    return b"".join(result_file(work))


def filters_of(shop: Shop) -> list[str]:
    entry = Entry.objects.filter(sequence=0).first()
    assert entry is not None
    day = f"{entry.paid_at:%Y-%m-%d}"
    return [
        "", f"organisation={shop.tree['R1'].id}", "distributor=GUIDE", "product=FIXED",
        "state=pending", "state=released", "state=held", "kind=reversal", "kind=accrual",
        "role=seller", f"paid_from={day}", "paid_to=2000-01-01", "paid_from=nonsense",
        "state=nonsense", "kind=nonsense", "order=none", "q=GUIDE",
    ]  # fmt: skip


def test_what_is_filtered_is_summed_up_and_written_out_to_the_fen(
    shop: Shop, boss: Console
) -> None:
    nonzero = 0
    for query in filters_of(shop):
        shown = totals(boss, query)
        head, *rows = csv.reader(io.StringIO(exported(boss, query, "csv").decode("utf-8-sig")))
        place = len(head) - 7
        amounts = [Decimal(row[place]) for row in rows]
        assert len(rows) == shown.count, query
        assert sum(amounts) * 100 == shown.amount, query
        nonzero += bool(shown.count)
    assert nonzero > 6


def test_a_spreadsheet_has_numbers_and_no_formulas(shop: Shop, boss: Console) -> None:
    name = '=HYPERLINK("http://x")'
    Distributor.objects.filter(id=shop.guide.id).update(name=name)
    book = openpyxl.load_workbook(io.BytesIO(exported(boss, "", "xlsx")))
    rows = list(book.worksheets[0].iter_rows(min_row=2))
    assert len(rows) == totals(boss).count
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    assert any(str(cell.value).startswith("'=HYPERLINK") for row in rows for cell in row)
    amounts = [Decimal(str(row[12].value)) for row in rows]
    assert sum(amounts) * 100 == totals(boss).amount
    text = exported(boss, "", "csv").decode("utf-8-sig")
    assert all(not cell.startswith("=") for row in csv.reader(io.StringIO(text)) for cell in row)


def test_a_reader_sums_up_and_exports_their_own_only(shop: Shop, boss: Console) -> None:
    other = Console.of(make_person("other", shop.tree["F1"], Role.ADMINISTRATOR))
    assert totals(other).count == 0
    assert exported(other, "", "csv").decode("utf-8-sig").count("\n") == 1
    assert totals(other, f"organisation={shop.tree['R1'].id}").count == 0


def test_only_the_asker_finds_the_file(shop: Shop, boss: Console) -> None:
    exported(boss, "", "csv")
    work = LongWork.objects.get()
    assert (work.permission, work.organisation_id) == ("", None)
    other = Console.of(make_person("second", shop.tree.headquarters, Role.ADMINISTRATOR))
    assert boss.get(f"work/{work.id}/file/").status_code == 200
    assert other.get(f"work/{work.id}/file/").status_code == 404


def test_a_double_click_asks_once(shop: Shop, boss: Console) -> None:
    for _ in range(2):
        boss.client.post(EXPORT, {"format": "csv", "once": "one"})
    assert LongWork.objects.count() == 1
    boss.client.post(EXPORT, {"format": "xlsx", "once": "one"})
    assert LongWork.objects.count() == 2


def test_what_is_no_export_is_not_there(shop: Shop, boss: Console) -> None:
    assert boss.client.get(EXPORT).status_code == 404
    assert boss.client.post(EXPORT, {"format": "exe"}).status_code == 404


def test_the_page_takes_as_many_statements_for_many(shop: Shop, boss: Console) -> None:
    boss.get("")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            boss.get(LIST)
        counts.append(len(captured))
        shop.sell(*[shop.line("FIXED") for _ in range(5)])
    assert counts[0] == counts[1] <= 9


def test_the_sums_of_very_many_come_after_the_page(
    shop: Shop, boss: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yipan.group.people.paging.MOST", 1)
    page = boss.get(LIST)
    assert page.context["totals"] is None
    assert 'hx-trigger="load"' in page.content.decode()
    later = boss.client.get(f"/console/{LIST}", headers={"HX-Target": "entries-total"})
    assert later.context["totals"] == totals_of(entries_where([shop.tree.headquarters.path], {}))


def test_reversals_lower_the_sum(shop: Shop) -> None:
    everything = totals_of(entries_where([shop.tree.headquarters.path], {}))
    assert everything.amount == everything.accrued - everything.reversed
    assert everything.reversed > 0
    assert everything.amount == sum(Entry.objects.values_list("amount", flat=True))


def test_the_newest_payment_comes_first_however_late_it_was_told_of(
    shop: Shop, boss: Console
) -> None:
    before = PAID - timedelta(days=10)
    late = shop.sell(shop.line("FIXED"), placed_at=before, paid_at=before)
    give_back(late[0], 1, 500)
    shown = list(boss.get(LIST).context["cl"].result_list)
    assert [(each.paid_at, each.pk) for each in shown] == sorted(
        ((each.paid_at, each.pk) for each in Entry.objects.all()), reverse=True
    )
    last = [each.kind for each in shown if each.line_id == late[0].id]
    assert last == ["reversal", "accrual"]
    written = csv.reader(io.StringIO(exported(boss, "", "csv").decode("utf-8-sig")))
    assert [row[-1] for row in written][1:] == [str(each.pk) for each in shown]


def test_the_list_reads_its_index_and_sorts_nothing(shop: Shop) -> None:
    rows = Entry.objects.order_by("-paid_at", "-id")[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan TO off")
        cursor.execute("SET LOCAL enable_bitmapscan TO off")
        # On the few rows of a test sorting is cheap: asked is whether it can be done without.
        cursor.execute("SET LOCAL enable_sort TO off")
    plan = rows.explain()
    assert "entry_newest" in plan
    assert "Sort" not in plan


def test_a_month_is_closed_by_when_it_was_booked(shop: Shop, boss: Console) -> None:
    """An order of last month that is told of now, and its refund, are this month's bookings."""
    before = totals(boss)
    with clock.at(PAID + timedelta(days=40)):
        (line,) = shop.sell(shop.line("FIXED"))
        give_back(line, 1, 1_000)
    day = f"{PAID + timedelta(days=40):%Y-%m-%d}"
    booked = totals(boss, f"booked_from={day}&booked_to={day}")
    paid = totals(boss, f"paid_from={day}&paid_to={day}")
    assert paid.count == 0
    assert booked.count == 2
    everything = totals(boss)
    assert everything.amount == before.amount + booked.amount
    assert (
        exported(boss, f"booked_from={day}&booked_to={day}", "csv").decode("utf-8-sig").count("\n")
        == 3
    )
