"""Signing in as a person of one tenant."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse

from yipan.group.people.models import Person
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context, tenant_id_or_none

SESSION_KEY = "tenant"


class TenantSessionMiddleware:
    """Enters the tenant that the session was signed in to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant_id = request.session.get(SESSION_KEY)
        if tenant_id is None:
            return self.get_response(request)
        with tenant_context(int(tenant_id)):
            return self.get_response(request)


class TenantBackend(BaseBackend):
    """Finds a person by the group's code, the user name and the password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        tenant: str | None = None,
    ) -> Person | None:
        found = Tenant.objects.filter(code=tenant or "", is_active=True).first()
        if found is None or not username or password is None:
            return None
        with tenant_context(found.id, found.config_epoch):
            person: Person | None = Person.objects.filter(username=username).first()
            if person is None or not person.is_active or not person.check_password(password):
                return None
        if request is not None:
            request.session[SESSION_KEY] = found.id
        return person

    def get_user(self, user_id: int) -> Person | None:
        if tenant_id_or_none() is None:
            return None
        person: Person | None = Person.objects.filter(pk=user_id, is_active=True).first()
        return person
