"""Signing in as a person of one tenant, staying in that tenant, and being put out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.auth import login, logout
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables

from yipan.group.people.attempts import (
    check_address,
    count_attempt,
    count_failure,
    forget_attempts,
)
from yipan.group.people.errors import PhoneInvalid, SignInRefused, TooManyAttempts
from yipan.group.people.models import Person
from yipan.group.people.phones import phone_index
from yipan.group.people.rules import normalised_phone, normalised_username
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import SYSTEM
from yipan.kernel.http import client_address
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context, tenant_id_or_none
from yipan.kernel.uow import unit_of_work

SESSION_KEY: Final = "tenant"
BACKEND: Final = "yipan.group.people.sessions.TenantBackend"
_LONGEST_NAME: Final = 60
_LONGEST_PASSWORD: Final = 1024
_OPEN_TENANT: Final = "SELECT config_epoch FROM kernel_tenant WHERE id = %s AND is_active"


class TenantSessionMiddleware:
    """Enters the tenant that the session was signed in to, as long as it is active."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant_id = request.session.get(SESSION_KEY)
        if tenant_id is None:
            return self.get_response(request)
        row = sql.fetch_one(_OPEN_TENANT, (tenant_id,))
        if row is None:
            request.session.flush()
            return self.get_response(request)
        with tenant_context(tenant_id, row[0]):
            return self.get_response(request)


class TenantBackend(BaseBackend):
    """Finds a person by the group's code, the user name or phone, and the password."""

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        tenant: str | None = None,
        **_: Any,
    ) -> Person | None:
        try:
            return verified(tenant=tenant or "", username=username or "", password=password or "")
        except (SignInRefused, TooManyAttempts):
            return None

    def get_user(self, user_id: int) -> Person | None:
        if tenant_id_or_none() is None:
            return None
        person: Person | None = Person.objects.filter(pk=user_id, is_active=True).first()
        return person


@sensitive_variables("password")
def sign_in(request: HttpRequest, *, tenant: str, username: str, password: str) -> Person:
    """Sign a person in; `tenant` is the group's code, `username` may be the phone.

    The session gets a new key whatever it was before, so that one planted beforehand is worth
    nothing. It ends by itself when the password changes or the account is deactivated.

    Raises SignInRefused, TooManyAttempts.
    """
    address = client_address(request)
    person = verified(tenant=tenant, username=username, password=password, address=address)
    begin_session(request, person, way="password")
    return person


def begin_session(request: HttpRequest, person: Person, *, way: str) -> None:
    """Sign in a person who has proven who they are; the session gets a new key.

    When, from where and in which way (`password`, `code`, `wechat`) goes into the audit trail.
    """
    if PERSON_KEY in request.session:
        request.session.flush()
    login(request, person, backend=BACKEND)
    with tenant_context(person.tenant_id), unit_of_work():
        audit.record(
            action="people.sign_in",
            subject_type="person",
            subject_id=person.pk,
            after={"way": way, "address": client_address(request)},
            by=person.actor,
        )


def sign_out(request: HttpRequest) -> None:
    """End the session."""
    logout(request)


def end_sessions(person: Person) -> int:
    """Put a person out wherever they are signed in; how many sessions there were.

    What a session says is sealed, so all that are alive are looked into: this is for the rare day
    on which somebody goes or loses a phone.
    """
    store, ours = SessionStore(), []
    live = Session.objects.filter(expire_date__gt=clock.now())
    for key, data in live.values_list("session_key", "session_data").iterator():
        if store.decode(data).get(PERSON_KEY) == str(person.pk):
            ours.append(key)
    Session.objects.filter(session_key__in=ours).delete()
    return len(ours)


@sensitive_variables("password")
def verified(*, tenant: str, username: str, password: str, address: str = "") -> Person:
    """The active person behind a name and a password; `address` is from where it was tried.

    Takes about as long for a group or name that does not exist, and the answer does not say which
    was wrong. Raises SignInRefused, TooManyAttempts.
    """
    name = _typed(username)[:_LONGEST_NAME]
    found = Tenant.objects.filter(code=_typed(tenant), is_active=True).first()
    if found is None or not name or len(password) > _LONGEST_PASSWORD:
        make_password(password[:_LONGEST_PASSWORD])
        raise SignInRefused
    with tenant_context(found.id, found.config_epoch):
        check_address(address)
        try:
            count_attempt(name)
        except TooManyAttempts as error:
            if error.is_first:
                _write_down(name, address)
            raise
        person = _person_named(name)
        if person is None:
            make_password(password)
        if person is None or not person.check_password(password) or not person.is_active:
            count_failure(address)
            raise SignInRefused
        forget_attempts(name)
    return person


@sensitive_variables("password")
def proves_password(person: Person, password: str) -> bool:
    """Whether somebody who is signed in knows the password, too.

    Tries count as those at the door do. Raises TooManyAttempts.
    """
    count_attempt(person.username)
    if not person.check_password(password):
        return False
    forget_attempts(person.username)
    return True


def _write_down(name: str, address: str) -> None:
    """Have the audit trail tell that somebody's name was tried too often."""
    person = _person_named(name)
    if person is not None:
        with unit_of_work():
            audit.record(
                action="people.sign_in_blocked",
                subject_type="person",
                subject_id=person.pk,
                after={"address": address},
                by=SYSTEM,
            )


def remember_tenant(request: HttpRequest, user: Person, **_: Any) -> None:
    """What follows a sign-in however it was made: the tenant in the session, the time written."""
    request.session[SESSION_KEY] = user.tenant_id
    with tenant_context(user.tenant_id):
        Person.objects.filter(pk=user.pk).update(last_login=clock.now())


def _typed(name: str) -> str:
    return normalised_username("".join(each for each in name if each.isprintable()))


def _person_named(name: str) -> Person | None:
    """By user name before phone, in one statement (indexes: person_username, person_phone)."""
    condition = Q(username=name)
    try:
        index = phone_index(normalised_phone(name))
    except PhoneInvalid:
        pass
    else:
        condition |= Q(phone_index=index, is_active=True)
    people: list[Person] = list(Person.objects.filter(condition)[:2])
    return min(people, key=lambda person: person.username != name, default=None)
