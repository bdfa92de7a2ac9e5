"""The ledger in the console: every journal leads to its fact, every account to all its postings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.group.people.builders import make_person
from tests.group.people.consoles import Console
from tests.surfaces.console.builders import furnished_shop
from tests.trade.orders.builders import Shop, open_shop
from yipan.group.people.models import Role
from yipan.kernel.models import Tenant
from yipan.ledger.models import Account, Journal
from yipan.ledger.queries import balances, statement_of
from yipan.surfaces.console.journal_facts import facts_of

LIST = "ledger/journal/"
ACCOUNTS = "ledger/account/"


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return furnished_shop()


@pytest.fixture
def finance(shop: Shop) -> Console:
    return Console.of(make_person("finance-1", shop.tree.headquarters, Role.FINANCE))


def page_of(console: Console, address: str) -> Any:
    answer = console.get(address)
    assert answer.status_code == 200, address
    return answer


def test_every_journal_leads_to_what_it_books(shop: Shop, finance: Console) -> None:
    journals = list(Journal.objects.exclude(key__startswith="test"))
    facts = facts_of(journals, batches=True)
    kinds = {journal.kind for journal in journals if journal.id in facts}
    assert kinds >= {"accrual", "reversal", "release", "withdrawal_request"}
    for journal in journals:
        fact = facts.get(journal.id)
        if fact is None:
            continue
        shown = page_of(finance, f"{LIST}{journal.id}/change/").content.decode()
        if fact.entry_id:
            assert f"/console/commissions/entry/{fact.entry_id}/change/" in shown
            assert f"/console/orders/order/{fact.order_id}/change/" in shown
        else:
            assert f"/console/withdrawals/withdrawal/{fact.withdrawal_id}/change/" in shown
        if journal.kind == "release":
            assert f"/console/settlement/releasebatch/{fact.batch_id}/change/" in shown


def test_a_journal_shows_two_sides_and_what_it_takes_back(shop: Shop, finance: Console) -> None:
    back = Journal.objects.filter(kind="reversal").first()
    assert back is not None
    context = page_of(finance, f"{LIST}{back.id}/change/").context
    assert sum(side.amount for side in context["sides"]) == 0
    assert context["row"].moved == sum(s.amount for s in context["sides"] if s.amount > 0)
    assert context["undone"].kind == "accrual"
    undone = page_of(finance, f"{LIST}{context['undone'].id}/change/")
    assert back.key in undone.content.decode()


def test_a_statement_ends_with_nothing_page_after_page(shop: Shop, finance: Console) -> None:
    for _number in range(30):
        shop.sell(shop.line("FIXED"), shop.line("LINE", 3))
    kind = "commission_pending"
    account = Account.objects.get(kind=kind, owner_id=shop.guide.id)
    context = page_of(finance, f"{ACCOUNTS}{account.id}/change/").context
    now = balances([shop.guide.id], [kind])[shop.guide.id][kind]
    assert context["balance"] == now == context["lines"][0].balance
    assert context["next_page"] == "2"
    older = page_of(finance, f"{ACCOUNTS}{account.id}/change/?p=2").context
    last = context["lines"][-1]
    assert older["lines"][0].balance == last.balance - last.amount
    whole = statement_of(account, now, count=1_000)
    assert whole[-1].balance == whole[-1].amount
    assert page_of(finance, f"{ACCOUNTS}{account.id}/change/?p=nonsense").context["is_first"]


def test_lists_of_accounts_add_up_what_is_chosen(shop: Shop, finance: Console) -> None:
    def totals(query: str = "") -> dict[str, int]:
        found = page_of(finance, f"{ACCOUNTS}{query}").context["totals"]
        return {kind: amount for kind, _currency, _count, amount in found}

    both = [shop.guide.id, shop.leader.id]
    held = balances(both, ["commission_pending"])
    everybody = sum(purse["commission_pending"] for purse in held.values())
    assert totals()["commission_pending"] >= everybody
    mine = held[shop.guide.id]["commission_pending"]
    assert totals(f"?owner={shop.guide.code}")["commission_pending"] == mine
    assert totals("?owner=nobody") == {}
    assert set(totals("?kind=commission_available")) == {"commission_available"}
    assert totals(f"?organisation={shop.tree['F1'].id}") == {}


def test_journals_are_narrowed_to_kinds_people_and_days(shop: Shop, finance: Console) -> None:
    def found(query: str) -> list[Journal]:
        return list(page_of(finance, f"{LIST}?{query}").context["cl"].result_list)

    assert {each.kind for each in found("kind=release")} == {"release"}
    assert found(f"distributor={shop.guide.code}")
    assert not found("distributor=nobody")
    journal = Journal.objects.filter(kind="accrual").latest("occurred_at")
    day = journal.occurred_at.astimezone()
    assert not found(f"occurred_from={day + timedelta(days=9000):%Y-%m-%d}")
    assert journal in found(f"q={journal.key}")


def test_a_store_sees_its_own_part_of_the_ledger_only(shop: Shop) -> None:
    other = Console.of(make_person("other-1", shop.tree["F1"], Role.FINANCE))
    account = Account.objects.get(kind="commission_pending", owner_id=shop.guide.id)
    assert other.get(f"{ACCOUNTS}{account.id}/change/").status_code == 404
    assert other.get(f"{LIST}{Journal.objects.earliest('id').id}/change/").status_code == 404
    assert page_of(other, ACCOUNTS).context["totals"] == []


def test_pages_of_the_ledger_take_as_many_statements_for_many(tenant: Tenant) -> None:
    shop = open_shop()
    finance = Console.of(make_person("finance-2", shop.tree.headquarters, Role.FINANCE))
    shop.sell(shop.line("LINE", 2))
    account = Account.objects.get(kind="commission_pending", owner_id=shop.guide.id)
    for address in (LIST, ACCOUNTS, f"{ACCOUNTS}{account.id}/change/"):
        finance.get(address)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                finance.get(address)
            counts.append(len(captured))
            shop.sell(*[shop.line("FIXED") for _ in range(4)])
        assert counts[0] == counts[1] <= 14, address
