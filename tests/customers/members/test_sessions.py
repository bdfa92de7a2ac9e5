"""Buyers sign in by phone and code, in one browser, for one group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.customers.members.builders import make_member
from yipan.customers.members import sessions
from yipan.customers.members.actions import set_phone
from yipan.customers.members.models import Identity, Member, MemberSession
from yipan.customers.members.queries import member_by_identity
from yipan.customers.members.sessions import LIFETIME, SignedIn, Visit
from yipan.kernel import clock, text_messages
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import Tenant
from yipan.kernel.one_time_codes import CodeOver, CodeWrong
from yipan.kernel.tenancy import tenant_context

PHONE = "138 0013 8000"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.YIPAN_DEMO = True
    settings.YIPAN_SMS_URL = ""


def code_for(phone: str = PHONE) -> str:
    sessions.ask_for_code(phone=phone, address="10.0.0.1")
    message = text_messages.newest(1)[0]
    assert message.phone == "+8613800138000"
    return message.code


def test_a_first_sign_in_makes_the_member_and_the_next_finds_them(tenant: Tenant) -> None:
    first = sessions.sign_in_by_code(phone=PHONE, code=code_for(), visit=Visit("", 7))
    assert first.member.organisation_id == 7
    assert member_by_identity(scheme="phone", value="+86 13800138000") == first.member
    with clock.at(datetime(2040, 1, 1, tzinfo=UTC)):
        again = sessions.sign_in_by_code(phone="+8613800138000", code=code_for(), visit=Visit())
    assert again.member == first.member
    assert Member.objects.count() == 1


def test_a_member_of_the_till_signs_in_by_the_phone_they_gave_there(tenant: Tenant) -> None:
    known = make_member(phone=PHONE)
    found = sessions.sign_in_by_code(phone=PHONE, code=code_for(), visit=Visit())
    assert found.member == known


def test_a_wrong_code_makes_nobody(tenant: Tenant) -> None:
    code = code_for()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    with pytest.raises(CodeWrong):
        sessions.sign_in_by_code(phone=PHONE, code=wrong, visit=Visit())
    assert not Member.objects.exists()
    assert not MemberSession.objects.exists()


def test_a_token_signs_in_until_it_is_ended_or_over(tenant: Tenant) -> None:
    member = make_member()
    with clock.at(NOON):
        token = sessions.begin_session(member_id=member.id, visit=Visit()).token
        other = sessions.begin_session(member_id=member.id, visit=Visit()).token
    with clock.at(NOON + LIFETIME / 2):
        assert sessions.member_of(token) == member
        sessions.end_session(token)
        assert sessions.member_of(token) is None
        assert sessions.member_of(other) == member
    with clock.at(NOON + LIFETIME):
        assert sessions.member_of(other) is None
        assert sessions.forget_old() == 1
    assert sessions.member_of("") is None
    assert sessions.member_of("x" * 43) is None


def test_the_table_holds_no_token(tenant: Tenant) -> None:
    token = sessions.begin_session(member_id=make_member().id, visit=Visit()).token
    assert token not in str(list(MemberSession.objects.values()))


def test_a_phone_that_was_replaced_is_signed_in_no_more(tenant: Tenant) -> None:
    member = make_member()
    set_phone(member_id=member.id, phone="13900139001", by=SYSTEM)
    token = sessions.begin_session(member_id=member.id, visit=Visit()).token
    set_phone(member_id=member.id, phone="13900139001", by=SYSTEM)
    assert sessions.member_of(token) == member
    set_phone(member_id=member.id, phone="13900139002", by=SYSTEM)
    assert sessions.member_of(token) is None


def test_a_token_is_worth_nothing_in_another_group(tenant: Tenant) -> None:
    token = sessions.begin_session(member_id=make_member().id, visit=Visit()).token
    other = Tenant.objects.create(code="other", name="Other")
    with tenant_context(other.id):
        assert sessions.member_of(token) is None


def test_one_statement_says_who_is_signed_in(
    tenant: Tenant, django_assert_num_queries: Callable[[int], Any]
) -> None:
    token = sessions.begin_session(member_id=make_member().id, visit=Visit()).token
    with django_assert_num_queries(1):
        sessions.member_of(token)


def test_a_wechat_account_signs_in_after_the_phone_was_proven_once(tenant: Tenant) -> None:
    assert sessions.sign_in_by_wechat(openid="o-1234567", visit=Visit()) is None
    member = make_member()
    assert sessions.join_wechat(member_id=member.id, openid="o-1234567")
    found = sessions.sign_in_by_wechat(openid="o-1234567", visit=Visit())
    assert found is not None
    assert found.member == member


def test_nobody_takes_the_wechat_account_of_another(tenant: Tenant) -> None:
    sessions.join_wechat(member_id=make_member().id, openid="o-1234567")
    assert not sessions.join_wechat(member_id=make_member().id, openid="o-1234567")


def test_two_first_sign_ins_at_once_make_one_member(
    committed_tenant: Tenant,
    run_concurrently: Callable[[Callable[[int], SignedIn], int], list[SignedIn | Exception]],
) -> None:
    code = code_for()

    def sign_in(_: int) -> SignedIn:
        with tenant_context(committed_tenant.id):
            return sessions.sign_in_by_code(phone=PHONE, code=code, visit=Visit())

    answers = run_concurrently(sign_in, 4)
    assert sum(isinstance(each, SignedIn) for each in answers) == 1
    assert sum(isinstance(each, CodeOver) for each in answers) == 3
    assert Member.objects.count() == Identity.objects.count() == 1
