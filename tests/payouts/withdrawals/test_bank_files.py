"""Payouts by bank file: out once, back once, and what does not agree is seen to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.payouts.settlement.builders import purse
from tests.payouts.withdrawals.builders import (
    BOSS,
    CLERK,
    NAME,
    Payout,
    card_with,
    ready_to_withdraw,
)
from yipan.kernel.errors import DomainError, NotFound
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.ledger import verification
from yipan.ledger.queries import balances
from yipan.payouts.withdrawals.actions import (
    Shown,
    apply_return,
    bytes_of,
    close_break,
    drop_return,
    load_return,
    make_bank_file,
    query_awaited,
    set_withdrawal_policy,
    submit_approved,
    take_break,
)
from yipan.payouts.withdrawals.errors import (
    BreakClosed,
    NothingToHandOver,
    ReasonMissing,
    ReturnEnded,
    ReturnKnown,
    SumChanged,
)
from yipan.payouts.withdrawals.models import (
    BankBreak,
    BankFile,
    BankReturn,
    BankReturnLine,
    Withdrawal,
)
from yipan.payouts.withdrawals.queries import steps_of

Run = Callable[[Callable[[int], object], int], list[object]]
HEAD = "业务流水号,金额(元),状态,原因"


def filed(*amounts: int, available: int | None = None) -> tuple[Payout, list[Withdrawal]]:
    """Approved withdrawals that go by bank file."""
    ready = ready_to_withdraw(available or sum(amounts))
    data = {"provider": "bank_file", "per_day": 1_000}
    set_withdrawal_policy(organisation_id=ready.group.headquarters.id, data=data, by=BOSS)
    return ready, [ready.ask(amount) for amount in amounts]


def hand_over(ready: Payout, found: Sequence[Withdrawal]) -> BankFile:
    return make_bank_file(
        payer_id=ready.group.headquarters.id,
        withdrawal_ids=[each.id for each in found],
        layout="standard",
        shown=Shown(len(found), sum(each.net for each in found)),
        by=CLERK,
    )


def answer(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


def load(ready: Payout, content: bytes) -> BankReturn:
    return load_return(
        payer_id=ready.group.headquarters.id, file_name="回盘.csv", content=content, by=CLERK
    )


def states(found: Sequence[Withdrawal]) -> list[str]:
    for each in found:
        each.refresh_from_db()
    return [each.state for each in found]


def findings(loaded: BankReturn) -> list[str]:
    return list(loaded.lines.order_by("line_no").values_list("finding", flat=True))


def test_no_job_hands_over_or_asks_about_what_goes_by_file(tenant: Tenant) -> None:
    ready, found = filed(5_000)
    assert submit_approved() == 0
    assert states(found) == ["approved"]
    hand_over(ready, found)
    assert query_awaited() == 0
    assert states(found) == ["submitted"]


def test_a_file_carries_each_payout_once(committed_tenant: Tenant) -> None:
    ready, found = filed(5_000, 7_550)
    file = hand_over(ready, found)
    assert (file.count, file.total) == (2, 12_550)
    assert states(found) == ["submitted", "submitted"]
    text = bytes_of(file=file, by=CLERK).decode("utf-8-sig")
    assert f"1,{found[0].reference},{NAME},{card_with('8888')},工商银行,50.00,分销佣金" in text
    assert "合计,2,,,,125.50," in text
    assert bytes_of(file=file, by=BOSS) == text.encode("utf-8-sig")
    with pytest.raises(NothingToHandOver):
        hand_over(ready, found)
    assert BankFile.objects.count() == 1
    assert [step.to_state for step in steps_of(found[0])][-1] == "submitted"


def test_taking_the_file_is_written_down_without_anything_of_the_card(tenant: Tenant) -> None:
    ready, found = filed(5_000)
    bytes_of(file=hand_over(ready, found), by=BOSS)
    taken = AuditEntry.objects.get(action="withdrawals.take_bank_file")
    assert taken.actor == str(BOSS)
    for entry in AuditEntry.objects.all():
        assert card_with("8888") not in str(entry.after)


def test_another_sum_than_was_shown_is_not_handed_over(committed_tenant: Tenant) -> None:
    ready, found = filed(5_000, 7_550)
    for shown in (Shown(1, 12_550), Shown(2, 12_551)):
        with pytest.raises(SumChanged):
            make_bank_file(
                payer_id=ready.group.headquarters.id,
                withdrawal_ids=[each.id for each in found],
                layout="gbk",
                shown=shown,
                by=CLERK,
            )
    assert states(found) == ["approved", "approved"]
    assert not BankFile.objects.exists()


def test_a_file_has_only_the_payers_own(committed_tenant: Tenant) -> None:
    ready, found = filed(5_000)
    with pytest.raises(NothingToHandOver):
        make_bank_file(
            payer_id=ready.group.company.id,
            withdrawal_ids=[found[0].id],
            layout="standard",
            shown=Shown(1, 5_000),
            by=CLERK,
        )
    with pytest.raises(NotFound):
        make_bank_file(
            payer_id=1, withdrawal_ids=[], layout="standard", shown=Shown(0, 0), by=CLERK
        )


def test_two_who_make_a_file_at_the_same_moment_make_one(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    ready, found = filed(5_000, 7_550)

    def make(number: int) -> object:
        with tenant_context(committed_tenant.id):
            try:
                return hand_over(ready, found)
            except DomainError as error:
                return error

    answers = run_concurrently(make, 6)
    assert sum(isinstance(each, BankFile) for each in answers) == 1
    assert BankFile.objects.count() == 1
    assert {len(list(steps_of(each))) for each in found} == {3}


def test_a_return_file_ends_payouts_both_ways(tenant: Tenant) -> None:
    ready, found = filed(5_000, 7_550)
    hand_over(ready, found)
    loaded = load(
        ready,
        answer(f"{found[0].reference},50.00,成功,", f"{found[1].reference},75.50,失败,账户已销"),
    )
    assert findings(loaded) == ["pays", "fails"]
    assert states(found) == ["submitted", "submitted"]
    apply_return(return_id=loaded.id, by=BOSS)
    assert states(found) == ["succeeded", "failed"]
    assert found[1].reason == "账户已销"
    assert purse(ready.guide)["available"] == 7_550
    payer = ready.group.headquarters.id
    assert balances([payer], ["bank"])[payer]["bank"] == -5_000
    assert not BankBreak.objects.exists()
    assert list(verification.problems()) == []


def test_the_same_file_twice_changes_nothing(committed_tenant: Tenant) -> None:
    ready, found = filed(5_000)
    hand_over(ready, found)
    content = answer(f"{found[0].reference},50.00,成功,")
    loaded = load(ready, content)
    with pytest.raises(ReturnKnown):
        load(ready, content)
    apply_return(return_id=loaded.id, by=BOSS)
    for again in (apply_return, drop_return):
        with pytest.raises(ReturnEnded):
            again(return_id=loaded.id, by=BOSS)
    with pytest.raises(ReturnKnown):
        load(ready, content)
    other = load(ready, content + b"\n")
    assert findings(other) == ["known"]
    apply_return(return_id=other.id, by=BOSS)
    payer = ready.group.headquarters.id
    assert balances([payer], ["bank"])[payer]["bank"] == -5_000


def test_a_dropped_file_may_be_loaded_again(tenant: Tenant) -> None:
    ready, found = filed(5_000)
    hand_over(ready, found)
    content = answer(f"{found[0].reference},50.00,成功,")
    drop_return(return_id=load(ready, content).id, by=CLERK)
    assert states(found) == ["submitted"]
    apply_return(return_id=load(ready, content).id, by=CLERK)
    assert states(found) == ["succeeded"]


def test_what_does_not_agree_stays_open_and_moves_no_money(tenant: Tenant) -> None:
    ready, found = filed(5_000, 6_000, 7_000)
    hand_over(ready, found[:2])
    loaded = load(
        ready,
        answer(
            f"{found[0].reference},49.99,成功,",
            f"{found[1].reference},60.00,成功,",
            f"{found[1].reference},60.00,失败,",
            f"{found[2].reference},70.00,成功,",
            "W-STRANGE,1.00,成功,",
            "W-BLURRED,?,成功,",
        ),
    )
    apply_return(return_id=loaded.id, by=BOSS)
    assert findings(loaded) == [
        "amount_differs", "twice", "twice", "unknown", "unknown", "unreadable",
    ]  # fmt: skip
    assert states(found) == ["unknown", "submitted", "approved"]
    assert purse(ready.guide)["in_withdrawal"] == 18_000
    first, *_ = opened = list(BankBreak.objects.order_by("line__line_no"))
    assert [each.kind for each in opened] == [
        "amount_differs", "twice", "twice", "unknown", "unknown",
    ]  # fmt: skip
    assert (first.expected, first.told, first.withdrawal) == (5_000, 4_999, found[0])
    assert {each.owner for each in opened} == {str(BOSS)}


def test_a_payout_in_doubt_is_settled_by_a_later_file(tenant: Tenant) -> None:
    ready, found = filed(5_000)
    hand_over(ready, found)
    wrong = load(ready, answer(f"{found[0].reference},49.99,成功,"))
    apply_return(return_id=wrong.id, by=BOSS)
    right = load(ready, answer(f"{found[0].reference},50.00,成功,"))
    apply_return(return_id=right.id, by=BOSS)
    assert states(found) == ["succeeded"]


def test_a_break_changes_hands_and_is_closed_once(committed_tenant: Tenant) -> None:
    ready, found = filed(5_000)
    hand_over(ready, found)
    apply_return(return_id=load(ready, answer("W-STRANGE,1.00,成功,")).id, by=BOSS)
    opened = BankBreak.objects.get()
    assert take_break(break_id=opened.id, by=CLERK).owner == str(CLERK)
    with pytest.raises(ReasonMissing):
        close_break(break_id=opened.id, resolution=" ", by=CLERK)
    closed = close_break(break_id=opened.id, resolution="他行误入,已退回", by=CLERK)
    assert (closed.closed_by, closed.resolution) == (str(CLERK), "他行误入,已退回")
    with pytest.raises(BreakClosed):
        close_break(break_id=opened.id, resolution="again", by=CLERK)
    with pytest.raises(NotFound):
        take_break(break_id=1, by=CLERK)
    assert AuditEntry.objects.filter(action="withdrawals.close_break").count() == 1


def test_two_who_apply_at_the_same_moment_pay_once(
    committed_tenant: Tenant, run_concurrently: Run
) -> None:
    ready, found = filed(5_000)
    hand_over(ready, found)
    line = f"{found[0].reference},50.00,成功,"
    loaded = [load(ready, answer(line)), load(ready, answer(line, ""))]

    def apply(number: int) -> object:
        with tenant_context(committed_tenant.id):
            try:
                return apply_return(return_id=loaded[number % 2].id, by=BOSS)
            except DomainError as error:
                return error

    answers = run_concurrently(apply, 6)
    assert sum(isinstance(each, BankReturn) for each in answers) == 2
    payer = ready.group.headquarters.id
    assert balances([payer], ["bank"])[payer]["bank"] == -5_000
    kinds = sorted(BankReturnLine.objects.values_list("finding", flat=True))
    assert kinds == ["known", "pays"]
    assert list(verification.problems()) == []


def test_long_files_take_as_many_statements_as_short_ones(tenant: Tenant) -> None:
    ready, found = filed(*range(1_000, 1_020))
    counts = []
    for few in (found[:2], found[2:4], found[4:]):  # the first one opens the bank's account
        with CaptureQueriesContext(connection) as captured:
            hand_over(ready, few)
            lines = [f"{w.reference},{w.net // 100}.{w.net % 100:02d},成功," for w in few[:-1]]
            lines.append(f"{few[-1].reference},{few[-1].net // 100}.{few[-1].net % 100:02d},失败,")
            apply_return(return_id=load(ready, answer(*lines)).id, by=BOSS)
        counts.append(len(captured))
    assert counts[1] == counts[2]
