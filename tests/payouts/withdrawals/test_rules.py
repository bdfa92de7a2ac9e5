"""Limits, cards, four eyes and answers: the arithmetic of withdrawals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.payouts.withdrawals.builders import card_with
from yipan.kernel.actor import SYSTEM, Actor, ActorKind
from yipan.kernel.errors import InvalidField
from yipan.payouts.withdrawals.errors import (
    AboveMaximum,
    BelowMinimum,
    CardNumberInvalid,
    NameInvalid,
    NotASecondPerson,
    TooManyToday,
)
from yipan.payouts.withdrawals.queries import day_start
from yipan.payouts.withdrawals.rules.approval import check_second_person
from yipan.payouts.withdrawals.rules.cards import card_number, real_name
from yipan.payouts.withdrawals.rules.outcome import (
    LONGEST_PAUSE,
    Answer,
    AnswerKind,
    Verdict,
    pause_before_query,
    verdict,
)
from yipan.payouts.withdrawals.rules.policy import WithdrawalPolicy


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"minimum": 0}, "minimum"),
        ({"minimum": "100"}, "minimum"),
        ({"minimum": 200, "maximum": 100}, "minimum"),
        ({"maximum": 10**13}, "maximum"),
        ({"per_day": 0}, "per_day"),
        ({"approval_above": -1}, "approval_above"),
        ({"payer": "store"}, "payer"),
        ({"daily": 1}, "daily"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_the_name_of_the_field(
    data: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        WithdrawalPolicy.from_data(data)
    assert caught.value.data["field"] == field


def test_the_policy_s_limits_are_themselves_allowed() -> None:
    policy = WithdrawalPolicy()
    assert WithdrawalPolicy.from_data(policy.to_data()) == policy
    policy.check_amount(100)
    policy.check_amount(2_000_000)
    policy.check_count(2)
    assert not policy.needs_approval(100_000)
    assert policy.needs_approval(100_001)
    with pytest.raises(BelowMinimum):
        policy.check_amount(99)
    with pytest.raises(AboveMaximum):
        policy.check_amount(2_000_001)
    with pytest.raises(TooManyToday):
        policy.check_count(3)


def test_a_card_number_is_read_with_blanks_and_dashes() -> None:
    number = card_with("1234")
    assert card_number(f" {number[:4]} {number[4:8]}-{number[8:]} ") == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345678901",
        "1" * 20,
        card_with("1234")[:-1] + "5",
        "６２２２０２１２３４５６７８０１２３４",
        "62220212345678o1234",
    ],
)
def test_what_is_no_card_number_is_refused(text: str) -> None:
    with pytest.raises(CardNumberInvalid):
        card_number(text)


def test_two_spellings_of_a_name_are_one() -> None:
    assert real_name(" 王 小明 ") == real_name("王小明")
    assert real_name("阿依古丽•买买提") == real_name("阿依古丽·买买提")
    assert real_name("Li Ｗei") == real_name("LI WEI")
    assert real_name("王小明") != real_name("王小朋")


@pytest.mark.parametrize("text", ["", "  ", "x" * 61, "王\u0000小明", "王\u200b小明"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(NameInvalid):
        real_name(text)


def program(*holders: int, id_: int = 51) -> Actor:
    return Actor(ActorKind.API_CLIENT, id_, "till", frozenset(holders))


@pytest.mark.parametrize(
    "approver",
    [
        Actor(ActorKind.PERSON, 5, "the one who asked, under another label"),
        Actor(ActorKind.PERSON, 9, "the distributor's own account"),
        program(3, 5),
        program(9),
        Actor(ActorKind.DISTRIBUTOR, 7, "the distributor"),
        Actor(ActorKind.DISTRIBUTOR, 8, "another distributor"),
        SYSTEM,
    ],
)
def test_only_a_second_person_may_decide(approver: Actor) -> None:
    with pytest.raises(NotASecondPerson):
        check_second_person(approver, requested_by="person:5:me", requesters=[5], person_id=9)


@pytest.mark.parametrize(
    "approver", [Actor(ActorKind.PERSON, 3, "holds its key"), program(id_=6), program(3, 4)]
)
def test_nor_who_holds_the_key_of_the_program_that_asked(approver: Actor) -> None:
    with pytest.raises(NotASecondPerson):
        check_second_person(
            approver, requested_by="api_client:6:erp", requesters=[3], person_id=None
        )


def test_another_person_or_program_may_decide() -> None:
    for approver in (Actor(ActorKind.PERSON, 51, "boss"), program(), program(3)):
        check_second_person(approver, requested_by="person:5:me", requesters=[5], person_id=None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(AnswerKind.PAID, amount=500), Verdict.SUCCEED),
        (Answer(AnswerKind.PAID, amount=499), Verdict.DOUBT),
        (Answer(AnswerKind.PAID), Verdict.DOUBT),
        (Answer(AnswerKind.REFUSED), Verdict.FAIL),
        (Answer(AnswerKind.PENDING), Verdict.WAIT),
        (Answer(AnswerKind.NOT_FOUND), Verdict.DOUBT),
        (Answer(AnswerKind.UNKNOWN), Verdict.DOUBT),
    ],
)
def test_only_a_definite_refusal_frees_the_money(answer: Answer, expected: Verdict) -> None:
    assert verdict(answer, 500) is expected


def test_pauses_grow_and_stop_growing() -> None:
    pauses = [pause_before_query(count) for count in range(40)]
    assert pauses[:3] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_the_business_day_begins_at_midnight_of_the_tenant() -> None:
    start = day_start(date(2026, 3, 2), "Asia/Shanghai")
    assert start == datetime(2026, 3, 1, 16, tzinfo=UTC)
