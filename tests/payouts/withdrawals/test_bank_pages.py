"""Bank files in the console: made and taken by those who may, applied once, differences closed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import Group, plant_group
from tests.payouts.withdrawals.builders import BOSS, Payout, card_with, ready_to_withdraw
from tests.payouts.withdrawals.test_admin import console_of, page, told
from yipan.group.people.models import Person
from yipan.kernel.models import AuditEntry, Tenant
from yipan.payouts.withdrawals.actions import set_withdrawal_policy
from yipan.payouts.withdrawals.models import BankBreak, BankFile, BankReturn, Withdrawal

MAKE = "/console/withdrawals/bankfile/make/"
LOAD = "/console/withdrawals/bankreturn/load/"
PASSWORD = "correct horse battery"


@pytest.fixture
def group(tenant: Tenant) -> Group:
    return plant_group()


@pytest.fixture
def ready(group: Group) -> Payout:
    made = ready_to_withdraw(1_000_000, at=group)
    data = {"provider": "bank_file", "per_day": 100}
    set_withdrawal_policy(organisation_id=group.headquarters.id, data=data, by=BOSS)
    return made


@pytest.fixture
def clerk(group: Group) -> Person:
    person = make_person("clerk", group.headquarters, "finance")
    person.set_password(PASSWORD)
    person.save()
    return person


def make(clerk: Person) -> tuple[BankFile, Any]:
    """Confirm what the page shows."""
    shown = console_of(clerk).get(MAKE).context
    body = {
        "payer": shown["batch"]["payer_id"],
        "ids": ",".join(map(str, shown["ids"])),
        "count": shown["count"],
        "total": shown["total"],
        "layout": "standard",
    }
    answer = console_of(clerk).post(MAKE, body, follow=True)
    return BankFile.objects.get(), (body, answer)


def load(clerk: Person, payer_id: int, *lines: str) -> Any:
    text = "\n".join(("业务流水号,金额(元),状态,原因", *lines))
    file = SimpleUploadedFile("回盘.csv", text.encode())
    return console_of(clerk).post(LOAD, {"payer": payer_id, "file": file}, follow=True)


def test_what_waits_is_shown_with_its_sum_and_made_once(ready: Payout, clerk: Person) -> None:
    ready.ask(5_000), ready.ask(6_050)
    shown = console_of(clerk).get(MAKE)
    assert "Make the file of ¥110.50" in shown.content.decode()
    file, (body, answer) = make(clerk)
    assert (file.count, file.total) == (2, 11_050)
    assert "2 payouts, ¥110.50" in told(answer)
    again = console_of(clerk).post(MAKE, body, follow=True)
    assert "nothing to hand over" in told(again)
    assert BankFile.objects.count() == 1
    assert "No approved withdrawal waits" in console_of(clerk).get(MAKE).content.decode()


def test_a_changed_sum_makes_no_file(ready: Payout, clerk: Person) -> None:
    asked = ready.ask(5_000)
    body = {
        "payer": asked.payer_id, "ids": asked.id, "count": 1, "total": 1, "layout": "standard",
    }  # fmt: skip
    answer = console_of(clerk).post(MAKE, body, follow=True)
    assert "have changed" in told(answer)


def test_the_file_is_taken_with_the_password_only(ready: Payout, clerk: Person) -> None:
    ready.ask(5_000)
    file, _ = make(clerk)
    shown = console_of(clerk).get(page("withdrawals_bankfile", file.id)).content.decode()
    assert card_with("8888") not in shown
    address = f"/console/withdrawals/bankfile/{file.id}/download/"
    console = console_of(clerk)
    assert console.get(address).status_code == 404
    assert "not your password" in told(console.post(address, {"password": "x"}, follow=True))
    answer = console.post(address, {"password": PASSWORD})
    assert card_with("8888") in answer.content.decode("utf-8-sig")
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="withdrawals.take_bank_file").count() == 1


def test_a_return_file_is_looked_at_then_applied_once(ready: Payout, clerk: Person) -> None:
    good, bad = ready.ask(5_000), ready.ask(6_000)
    make(clerk)
    lines = [
        f"{good.reference},50.00,成功,",
        f"{bad.reference},60.00,失败,账户已销",
        "X,1.00,成功,",
    ]
    answer = load(clerk, good.payer_id, *lines)
    loaded = BankReturn.objects.get()
    assert answer.context["moving"] == 2
    assert answer.context["paying"] == 5_000
    assert answer.context["breaking"] == 1
    good.refresh_from_db()
    assert good.state == "submitted"
    address = f"/console/withdrawals/bankreturn/{loaded.id}/apply/"
    console = console_of(clerk)
    assert "is applied" in told(console.post(address, follow=True))
    assert "no longer waiting" in told(console.post(address, follow=True))
    states = Withdrawal.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["succeeded", "failed"]
    assert "loaded before" in told(load(clerk, good.payer_id, *lines))
    assert BankReturn.objects.count() == 1


def test_a_dropped_file_changes_nothing(ready: Payout, clerk: Person) -> None:
    asked = ready.ask(5_000)
    make(clerk)
    load(clerk, asked.payer_id, f"{asked.reference},50.00,成功,")
    loaded = BankReturn.objects.get()
    console_of(clerk).post(f"/console/withdrawals/bankreturn/{loaded.id}/drop/")
    asked.refresh_from_db()
    assert asked.state == "submitted"


def test_what_is_no_file_is_refused_in_words(ready: Payout, clerk: Person) -> None:
    payer = ready.group.headquarters.id
    console = console_of(clerk)
    assert "Choose a file" in told(console.post(LOAD, {"payer": payer}, follow=True))
    file = SimpleUploadedFile("x.csv", b"hello")
    answer = console.post(LOAD, {"payer": payer, "file": file}, follow=True)
    assert "lacks the column" in told(answer)


def test_a_difference_is_taken_and_closed(ready: Payout, clerk: Person) -> None:
    asked = ready.ask(5_000)
    make(clerk)
    load(clerk, asked.payer_id, f"{asked.reference},49.99,成功,")
    console = console_of(clerk)
    console.post(f"/console/withdrawals/bankreturn/{BankReturn.objects.get().id}/apply/")
    opened = BankBreak.objects.get()
    other = make_person("other", ready.group.headquarters, "finance")
    assert "¥49.99" in console.get(page("withdrawals_bankbreak")).content.decode()
    shown = console_of(other).get(page("withdrawals_bankbreak", opened.id))
    assert 'data-test="break-take"' in shown.content.decode()
    console_of(other).post(f"/console/withdrawals/bankbreak/{opened.id}/take/")
    close = f"/console/withdrawals/bankbreak/{opened.id}/close/"
    assert "must say why" in told(console_of(other).post(close, {"reason": ""}, follow=True))
    console_of(other).post(close, {"reason": "手续费"})
    opened.refresh_from_db()
    assert (opened.owner, opened.resolution) == (str(other.actor), "手续费")
    assert opened.closed_at is not None


def test_those_who_only_approve_see_files_but_handle_none(ready: Payout, clerk: Person) -> None:
    asked = ready.ask(5_000)
    file, _ = make(clerk)
    load(clerk, asked.payer_id, f"{asked.reference},49.99,成功,")
    loaded = BankReturn.objects.get()
    approver = console_of(make_person("boss", ready.group.headquarters, "approver"))
    assert approver.get(page("withdrawals_bankfile", file.id)).status_code == 200
    for address in (MAKE, LOAD):
        assert approver.get(address).status_code == 404
    for address in (
        f"/console/withdrawals/bankfile/{file.id}/download/",
        f"/console/withdrawals/bankreturn/{loaded.id}/apply/",
        f"/console/withdrawals/bankreturn/{loaded.id}/drop/",
    ):
        assert approver.post(address).status_code == 404
    loaded.refresh_from_db()
    assert loaded.state == "preview"


def test_files_of_another_payer_are_not_there(ready: Payout, clerk: Person) -> None:
    asked = ready.ask(5_000)
    file, (body, _) = make(clerk)
    load(clerk, asked.payer_id, f"{asked.reference},49.99,成功,")
    loaded = BankReturn.objects.get()
    console_of(clerk).post(f"/console/withdrawals/bankreturn/{loaded.id}/apply/")
    opened = BankBreak.objects.get()
    stranger = make_person("stranger", ready.group.company, "administrator")
    console = console_of(stranger)
    for address in (
        page("withdrawals_bankfile", file.id),
        page("withdrawals_bankreturn", loaded.id),
        page("withdrawals_bankbreak", opened.id),
    ):
        assert console.get(address).status_code == 404
    for address in (
        f"/console/withdrawals/bankfile/{file.id}/download/",
        f"/console/withdrawals/bankreturn/{loaded.id}/apply/",
        f"/console/withdrawals/bankbreak/{opened.id}/close/",
    ):
        assert console.post(address, {"reason": "x"}).status_code == 404
    assert console.post(MAKE, body).status_code == 404
    text = SimpleUploadedFile("x.csv", b"x")
    assert console.post(LOAD, {"payer": asked.payer_id, "file": text}).status_code == 404


def test_long_files_take_as_many_statements_as_short_ones(ready: Payout, clerk: Person) -> None:
    console = console_of(clerk)
    console.get("/console/")  # the tree is read once in a process
    counts = []
    for amounts in ((5_000,), (6_000, 7_000, 8_000)):
        for amount in amounts:
            ready.ask(amount)
        seen = []
        for address in (MAKE, page("withdrawals_bankfile")):
            with CaptureQueriesContext(connection) as captured:
                assert console.get(address).status_code == 200
            seen.append(len(captured))
        counts.append(seen)
    assert counts[0] == counts[1]
