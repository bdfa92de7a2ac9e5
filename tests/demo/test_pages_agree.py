"""What the console's pages add up to on the demo is the same wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db.models import Sum

from tests.demo.test_generate import plan, silent
from tests.distribution.commissions.retold import recomputed
from tests.group.people.consoles import Console
from yipan.demo.generate import generate
from yipan.distribution.commissions.models import Entry
from yipan.group.people.models import Person
from yipan.kernel.models import Tenant
from yipan.kernel.money import yuan
from yipan.kernel.tenancy import tenant_context
from yipan.ledger.models import Account, Journal
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.withdrawals.models import BankFile

_OPEN: Final = "requested,approved,submitted,unknown"
_JOURNAL: Final = re.compile(r'href="(/console/ledger/journal/\d+/change/)"')


@pytest.fixture
def finance(committed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Console]:
    """The demo's finance at the console."""
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", tmp_path / "media")
    generate(plan(), silent)
    with tenant_context(Tenant.objects.get(code="demo").id):
        yield Console.of(Person.objects.get(username="finance"))


def shown(finance: Console, address: str) -> Any:
    answer = finance.get(address)
    assert answer.status_code == 200, address
    return answer.context


def test_totals_agree_wherever_they_stand_and_lead_to_their_journals(finance: Console) -> None:
    held = {kind: fen for kind, _, _, fen in shown(finance, "ledger/account/")["totals"]}
    pending, available = held["commission_pending"], held["commission_available"]
    in_withdrawal, owed = held["commission_in_withdrawal"], held.get("clawback_receivable", 0)
    entries = shown(finance, "commissions/entry/")["totals"]
    open_ones = shown(finance, f"withdrawals/withdrawal/?state__in={_OPEN}")["sums"]
    paid = shown(finance, "withdrawals/withdrawal/?state=succeeded")["sums"]

    assert shown(finance, "commissions/entrystate/")["sums"]["all_sum"] == pending
    assert open_ones["gross"] == in_withdrawal
    assert entries.amount == pending + available + in_withdrawal + paid["gross"] - owed
    assert of_kind(finance, "commission_expense") == entries.amount
    assert -of_kind(finance, "bank") == paid["net"]

    first_page = finance.get("").content.decode()
    for amount in (pending, available, in_withdrawal, paid["gross"]):
        assert yuan(amount) in first_page

    released = journals_of(("release",))
    assert sum(ReleaseBatch.objects.values_list("amount", flat=True)) == released
    for file in BankFile.objects.all():
        payouts = shown(finance, f"withdrawals/bankfile/{file.id}/change/")["payouts"]
        assert sum(each.net for each in payouts) == file.total

    check_statements(finance)
    check_ways_to_journals(finance)
    for entry in Entry.objects.order_by("id"):
        assert recomputed(entry) == entry.amount


def of_kind(finance: Console, kind: str) -> int:
    """What all accounts of a kind have together, added up from the list."""
    return sum(shown(finance, f"ledger/account/?kind={kind}")["held"].values())


def journals_of(kinds: tuple[str, ...]) -> int:
    debits = Journal.objects.filter(kind__in=kinds, postings__amount__gt=0)
    return int(debits.aggregate(sum=Sum("postings__amount"))["sum"])


def check_statements(finance: Console) -> None:
    """A statement begins with what the account has and ends with nothing."""
    for account in Account.objects.order_by("kind", "id")[:40:3]:
        page, number, balance = {"next_page": "1"}, 0, None
        while page["next_page"]:
            address = f"ledger/account/{account.id}/change/?p={page['next_page']}"
            page = shown(finance, address)
            for line in page["lines"]:
                assert balance in {None, line.balance}
                balance, number = line.balance - line.amount, number + 1
        assert not balance
        assert number == account.postings.count()


def check_ways_to_journals(finance: Console) -> None:
    """From an entry or a withdrawal to its journals, and from each back to where one came from."""
    rows = [
        *shown(finance, "commissions/entry/")["cl"].result_list[:8],
        *shown(finance, "commissions/entry/?kind=reversal")["cl"].result_list[:4],
        *shown(finance, "withdrawals/withdrawal/")["cl"].result_list[:8],
    ]
    for row in rows:
        place = f"{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
        page = finance.get(place).content.decode()
        found = set(_JOURNAL.findall(page))
        assert bool(found) is bool(getattr(row, "amount", 1)), place
        for address in found:
            back = finance.client.get(address).content.decode()
            assert f"/console/{place}" in back, (address, place)
