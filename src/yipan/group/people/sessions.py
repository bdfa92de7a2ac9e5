"""Signing in as a person of one tenant, and staying in that tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.auth import login, logout
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables

from yipan.group.people.attempts import count_attempt, forget_attempts
from yipan.group.people.errors import PhoneInvalid, SignInRefused, TooManyAttempts
from yipan.group.people.models import Person
from yipan.group.people.phones import phone_index
from yipan.group.people.rules import normalised_phone, normalised_username
from yipan.kernel import clock, sql
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context, tenant_id_or_none

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
    person = verified(tenant=tenant, username=username, password=password)
    begin_session(request, person)
    return person


def begin_session(request: HttpRequest, person: Person) -> None:
    """Sign in a person who has proven who they are; the session gets a new key."""
    if PERSON_KEY in request.session:
        request.session.flush()
    login(request, person, backend=BACKEND)


def sign_out(request: HttpRequest) -> None:
    """End the session."""
    logout(request)


@sensitive_variables("password")
def verified(*, tenant: str, username: str, password: str) -> Person:
    """The active person behind a name and a password.

    Takes about as long for a group or name that does not exist, and the answer does not say which
    was wrong. Raises SignInRefused, TooManyAttempts.
    """
    name = _typed(username)[:_LONGEST_NAME]
    found = Tenant.objects.filter(code=_typed(tenant), is_active=True).first()
    if found is None or not name or len(password) > _LONGEST_PASSWORD:
        make_password(password[:_LONGEST_PASSWORD])
        raise SignInRefused
    with tenant_context(found.id, found.config_epoch):
        count_attempt(name)
        person = _person_named(name)
        if person is None:
            make_password(password)
            raise SignInRefused
        if not person.check_password(password) or not person.is_active:
            raise SignInRefused
        forget_attempts(name)
    return person


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
