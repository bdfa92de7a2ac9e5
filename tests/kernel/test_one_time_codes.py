"""Codes prove whose a phone is, once, and tell nobody whether anybody has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from tests.conftest import make_tenant
from yipan.kernel import clock, one_time_codes, text_messages
from yipan.kernel.models import OneTimeCode, Tenant, TextMessage
from yipan.kernel.one_time_codes import (
    MOST_TRIES,
    CodeOver,
    CodeSent,
    CodeWrong,
    TooManyCodes,
    send_code,
    use_code,
)
from yipan.kernel.tenancy import tenant_context
from yipan.kernel.text_messages import MessagesUsedUp, NothingSends
from yipan.kernel.uow import unit_of_work

PHONE = "+8613800138000"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.YIPAN_DEMO = True
    settings.YIPAN_SMS_URL = ""


def sent(phone: str = PHONE, *, address: str = "10.0.0.1", purpose: str = "test") -> str:
    """Send a code and read it in the inbox."""
    send_code(purpose=purpose, phone=phone, address=address)
    return text_messages.newest(1)[0].code


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_that_was_sent_is_taken_once(tenant: Tenant) -> None:
    code = sent()
    assert len(code) == 6
    assert code.isdigit()
    use_code(purpose="test", phone=PHONE, code=code)
    with pytest.raises(CodeOver):
        use_code(purpose="test", phone=PHONE, code=code)


def test_neither_code_nor_phone_stand_in_the_tables(tenant: Tenant) -> None:
    code = sent()
    rows = [*OneTimeCode.objects.values(), *TextMessage.objects.values()]
    for row in rows:
        texts = [value for value in row.values() if isinstance(value, str)]
        assert all(code not in text and PHONE[3:] not in text for text in texts)


def test_five_tries_and_no_more_even_with_the_right_code(tenant: Tenant) -> None:
    code = sent()
    for left in range(MOST_TRIES - 1, 0, -1):
        with pytest.raises(CodeWrong) as wrong:
            use_code(purpose="test", phone=PHONE, code=another(code))
        assert wrong.value.data["left"] == left
    with pytest.raises(CodeOver):
        use_code(purpose="test", phone=PHONE, code=another(code))
    with pytest.raises(CodeOver):
        use_code(purpose="test", phone=PHONE, code=code)


def test_it_is_good_for_five_minutes(tenant: Tenant) -> None:
    with clock.at(NOON):
        code = sent()
    with clock.at(NOON + timedelta(minutes=5)), pytest.raises(CodeOver):
        use_code(purpose="test", phone=PHONE, code=code)
    with clock.at(NOON + timedelta(minutes=5) - timedelta(microseconds=1)):
        use_code(purpose="test", phone=PHONE, code=code)


def test_a_new_code_makes_the_old_one_worthless(tenant: Tenant) -> None:
    with clock.at(NOON):
        old = sent()
    with clock.at(NOON + timedelta(minutes=2)):
        new = sent()
        if old != new:
            with pytest.raises(CodeWrong):
                use_code(purpose="test", phone=PHONE, code=old)
        use_code(purpose="test", phone=PHONE, code=new)


def test_a_code_is_bound_to_phone_purpose_and_group(tenant: Tenant) -> None:
    code = sent()
    other = Tenant.objects.create(code="other", name="Other")
    with pytest.raises(CodeOver):
        use_code(purpose="test", phone="+8613800138001", code=code)
    with pytest.raises(CodeOver):
        use_code(purpose="else", phone=PHONE, code=code)
    with tenant_context(other.id), pytest.raises(CodeOver):
        use_code(purpose="test", phone=PHONE, code=code)
    use_code(purpose="test", phone=PHONE, code=code)


def test_one_code_a_minute_and_six_an_hour_for_one_phone(tenant: Tenant) -> None:
    for number in range(6):
        with clock.at(NOON + timedelta(minutes=number)):
            sent()
    with clock.at(NOON + timedelta(minutes=5, seconds=30)), pytest.raises(TooManyCodes):
        sent()
    with clock.at(NOON + timedelta(minutes=20)), pytest.raises(TooManyCodes) as told:
        sent()
    assert told.value.data["retry_after"] == 40 * 60
    with clock.at(NOON + timedelta(minutes=60)):
        sent()


def test_thirty_codes_an_hour_for_one_address(tenant: Tenant) -> None:
    with clock.at(NOON):
        for number in range(30):
            sent(f"+86138001380{number:02d}")
        with pytest.raises(TooManyCodes):
            sent("+8613800138099")
        sent("+8613800138099", address="10.0.0.2")


def test_all_addresses_of_one_ipv6_network_are_one(tenant: Tenant) -> None:
    with clock.at(NOON):
        for number in range(30):
            sent(f"+86138001380{number:02d}", address=f"2001:db8:1:2::{number:x}")
        with pytest.raises(TooManyCodes):
            sent("+8613800138099", address="2001:db8:1:2:ffff::")
        sent("+8613800138099", address="2001:db8:1:3::")


def test_a_group_pays_for_so_many_messages_an_hour_and_no_more(
    tenant: Tenant, settings: Any
) -> None:
    settings.YIPAN_SMS_PER_HOUR = 2
    with clock.at(NOON):
        sent("+8613800138001", address="10.0.0.1")
        # Who is not known costs nothing, and cannot use up what others need.
        for number in range(3):
            send_code(
                purpose="test", phone=f"+86138001382{number:02d}", address="10.0.0.2",
                is_known=lambda: False,
            )  # fmt: skip
        sent("+8613800138002", address="10.0.0.3")
        with pytest.raises(MessagesUsedUp):
            sent("+8613800138003", address="10.0.0.4")
        with pytest.raises(MessagesUsedUp):  # the same for those who are not known
            send_code(
                purpose="test", phone="+8613800138210", address="10.0.0.5", is_known=lambda: False
            )
        other = make_tenant("other")
        with tenant_context(other.id):
            sent("+8613800138003", address="10.0.0.4")
        settings.YIPAN_SMS_PER_HOUR = 0
        sent("+8613800138003", address="10.0.0.4")
    settings.YIPAN_SMS_PER_HOUR = 2
    with clock.at(NOON + timedelta(hours=1)):
        sent("+8613800138004", address="10.0.0.6")


def test_an_unknown_phone_gets_the_same_answers_and_no_message(tenant: Tenant) -> None:
    def ask(phone: str, *, known: bool) -> list[object]:
        told: list[object] = []
        with clock.at(NOON):
            for _ in range(2):
                try:
                    told.append(
                        send_code(purpose="p", phone=phone, address="a", is_known=lambda: known)
                    )
                except TooManyCodes as error:
                    told.append(error.data)
            try:
                use_code(purpose="p", phone=phone, code="not it")
            except CodeWrong as error:
                told.append(error.data)
        return told

    assert ask(PHONE, known=True) == ask("+8613800138001", known=False)
    assert TextMessage.objects.count() == 1


def test_a_try_is_not_given_back_by_a_rollback(tenant: Tenant) -> None:
    code = sent()
    with pytest.raises(RuntimeError), unit_of_work():
        use_code(purpose="test", phone=PHONE, code=code)


def test_without_a_sender_nothing_is_promised(tenant: Tenant) -> None:
    with override_settings(YIPAN_DEMO=False), pytest.raises(NothingSends):
        send_code(purpose="test", phone=PHONE, address="a")
    assert not OneTimeCode.objects.exists()


def test_old_codes_are_forgotten(tenant: Tenant) -> None:
    with clock.at(NOON):
        sent()
    with clock.at(NOON + timedelta(hours=25)):
        assert one_time_codes.forget_old() == 1
        assert text_messages.forget_old() == 1


def test_of_many_who_try_one_code_at_once_one_gets_in(
    committed_tenant: Tenant,
    run_concurrently: Callable[[Callable[[int], str], int], list[str | Exception]],
) -> None:
    code = sent()

    def attempt(_: int) -> str:
        with tenant_context(committed_tenant.id):
            use_code(purpose="test", phone=PHONE, code=code)
            return "in"

    answers = run_concurrently(attempt, 5)
    assert answers.count("in") == 1
    assert all(each == "in" or isinstance(each, CodeOver) for each in answers)


def test_of_many_wishes_at_once_one_is_granted(
    committed_tenant: Tenant,
    run_concurrently: Callable[[Callable[[int], CodeSent], int], list[CodeSent | Exception]],
) -> None:
    def ask(_: int) -> CodeSent:
        with tenant_context(committed_tenant.id):
            return send_code(purpose="test", phone=PHONE, address="a")

    answers = run_concurrently(ask, 6)
    assert sum(isinstance(each, CodeSent) for each in answers) == 1
    assert sum(isinstance(each, TooManyCodes) for each in answers) == 5
