"""People sign in by phone and code, or by the WeChat account they joined."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from tests.group.people.builders import again, make_person
from yipan.group.people import phone_sign_in
from yipan.group.people.actions import deactivate
from yipan.group.people.sessions import SESSION_KEY
from yipan.kernel import text_messages
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry, Tenant, TextMessage
from yipan.kernel.one_time_codes import CodeOver

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.YIPAN_DEMO = True
    settings.YIPAN_SMS_URL = ""


@pytest.fixture
def request_() -> HttpRequest:
    request = RequestFactory().get("/w/sign-in/")
    request.session = SessionStore()
    return request


def code_for(phone: str = PHONE) -> str:
    phone_sign_in.ask_for_code(phone=phone, address="10.0.0.1")
    return text_messages.newest(1)[0].code


def test_who_has_the_phone_is_signed_in_to_the_group(tenant: Tenant, request_: HttpRequest) -> None:
    person = make_person(phone=PHONE)
    found = phone_sign_in.sign_in_by_code(request_, phone="138 0013 8000", code=code_for())
    assert found == person
    assert request_.session[SESSION_KEY] == tenant.id
    assert request_.session[PERSON_KEY] == str(person.pk)


def test_the_session_gets_a_new_key_and_loses_what_was_in_it(
    tenant: Tenant, request_: HttpRequest
) -> None:
    make_person(phone=PHONE)
    request_.session[PERSON_KEY] = "1"
    request_.session["planted"] = "x"
    request_.session.save()
    before = request_.session.session_key
    phone_sign_in.sign_in_by_code(request_, phone=PHONE, code=code_for())
    assert request_.session.session_key != before
    assert "planted" not in request_.session


def test_a_phone_that_nobody_has_gets_no_message_and_no_other_answer(tenant: Tenant) -> None:
    make_person(phone=PHONE)
    known = phone_sign_in.ask_for_code(phone=PHONE, address="a")
    unknown = phone_sign_in.ask_for_code(phone="13800138001", address="a")
    assert known.resend_after == unknown.resend_after
    assert TextMessage.objects.count() == 1


def test_a_deactivated_account_stays_outside(tenant: Tenant, request_: HttpRequest) -> None:
    person = make_person(phone=PHONE)
    code = code_for()
    deactivate(person=person, by=SYSTEM, reason="left")
    with pytest.raises(CodeOver):
        phone_sign_in.sign_in_by_code(request_, phone=PHONE, code=code)
    assert PERSON_KEY not in request_.session


def test_wechat_signs_in_whom_it_was_joined_to(tenant: Tenant, request_: HttpRequest) -> None:
    person = make_person(phone=PHONE)
    assert phone_sign_in.sign_in_by_wechat(request_, openid="o-1234567") is None
    phone_sign_in.join_wechat(person=person, openid="o-1234567")
    phone_sign_in.join_wechat(person=person, openid="o-1234567")
    assert AuditEntry.objects.filter(action="people.join_wechat").count() == 1
    assert phone_sign_in.sign_in_by_wechat(request_, openid="o-1234567") == person


def test_a_wechat_account_belongs_to_whom_it_was_joined_last(
    tenant: Tenant, request_: HttpRequest
) -> None:
    former, person = make_person(phone=PHONE), make_person(phone="13800138001")
    phone_sign_in.join_wechat(person=former, openid="o-1234567")
    phone_sign_in.join_wechat(person=person, openid="o-1234567")
    assert again(former).wechat_index == ""
    assert phone_sign_in.sign_in_by_wechat(request_, openid="o-1234567") == person
    assert "o-1234567" not in str(again(person).__dict__)
