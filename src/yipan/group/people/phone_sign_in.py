"""Signing in by phone and one-time code, or by a WeChat account joined to a proven phone.

All of it happens in the context of one tenant.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from yipan.group.people.models import Person
from yipan.group.people.phones import phone_index
from yipan.group.people.rules import normalised_phone
from yipan.group.people.sessions import begin_session
from yipan.kernel import audit, one_time_codes
from yipan.kernel.crypto import blind_index
from yipan.kernel.one_time_codes import CodeOver, CodeSent
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

PURPOSE: Final = "person.sign_in"


def ask_for_code(*, phone: str, address: str) -> CodeSent:
    """Send a code to a phone as it was typed, if an active account has it.

    The answer does not say whether one has. Raises PhoneInvalid, TooManyCodes,
    NothingSends, MessagesUsedUp.
    """
    number = normalised_phone(phone)
    return one_time_codes.send_code(
        purpose=PURPOSE,
        phone=number,
        address=address,
        is_known=lambda: _person_of(number) is not None,
    )


def sign_in_by_code(request: HttpRequest, *, phone: str, code: str) -> Person:
    """Sign in whoever has the phone; the session gets a new key.

    Raises PhoneInvalid, CodeWrong, CodeOver.
    """
    number = normalised_phone(phone)
    one_time_codes.use_code(purpose=PURPOSE, phone=number, code=code)
    person = _person_of(number)
    if person is None:  # deactivated since, or the code was guessed: there was no message
        raise CodeOver
    begin_session(request, person, way="code")
    return person


def sign_in_by_wechat(request: HttpRequest, *, openid: str) -> Person | None:
    """Sign in whose account was joined to this WeChat account; None where nobody's was."""
    person: Person | None = Person.objects.filter(
        wechat_index=_wechat_index(openid), is_active=True
    ).first()
    if person is not None:
        begin_session(request, person, way="wechat")
    return person


def join_wechat(*, person: Person, openid: str) -> None:
    """From now on this WeChat account signs the person in, and nobody else.

    The caller has just seen proof of the person's phone.
    """
    index = _wechat_index(openid)
    if person.wechat_index == index:
        return
    with unit_of_work():
        Person.objects.filter(wechat_index=index).exclude(pk=person.pk).update(wechat_index="")
        person.wechat_index = index
        person.save(update_fields=["wechat_index"])
        audit.record(
            action="people.join_wechat",
            subject_type="person",
            subject_id=person.pk,
            by=person.actor,
        )


def _person_of(number: str) -> Person | None:
    """The active account of a normalised phone (index: person_phone)."""
    person: Person | None = Person.objects.filter(
        phone_index=phone_index(number), is_active=True
    ).first()
    return person


def _wechat_index(openid: str) -> str:
    return blind_index(openid, purpose="person.wechat", tenant_id=current_tenant_id())
