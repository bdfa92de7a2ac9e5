"""Who listens: the person behind a session cookie, as the distributor they are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user
from django.db.models import F
from django.http import HttpRequest, parse_cookie
from django.utils import translation

from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Person
from yipan.group.people.sessions import SESSION_KEY
from yipan.kernel import sql
from yipan.kernel.tenancy import tenant_context

_OPEN_TENANT: Final = "SELECT config_epoch FROM kernel_tenant WHERE id = %s AND is_active"
_STILL: Final = """
SELECT s.session_key
  FROM unnest(%s::text[], %s::bigint[]) AS l(session_key, person_id)
  JOIN django_session s ON s.session_key = l.session_key AND s.expire_date > now()
  JOIN people_person p ON p.id = l.person_id AND p.is_active
 WHERE p.tenant_id = %s
"""


@dataclass(frozen=True, slots=True)
class Who:
    """A listener as the tables know them."""

    tenant_id: int
    person_id: int
    distributor_id: int | None
    """None: a person who does not distribute hears what is for everybody in the group."""
    language: str
    session_key: str


def admitted(cookie_header: str) -> Who | None:
    """Who a browser's cookies say it is, if they are signed in. Four statements."""
    cookies = parse_cookie(cookie_header)
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    if not key:
        return None
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    session = store(session_key=key)
    tenant_id = session.get(SESSION_KEY)
    row = None if tenant_id is None else sql.fetch_one(_OPEN_TENANT, (tenant_id,))
    if row is None:
        return None
    request = HttpRequest()
    request.session = session
    with tenant_context(tenant_id, row[0]):
        person = get_user(request)
        if not isinstance(person, Person):
            return None
        # Who left hears of what was earned before: the same one whom the workbench shows.
        newest = F("left_at").desc(nulls_first=True)
        distributors = Distributor.objects.filter(person=person).order_by(newest, "-id")
        distributor_id = distributors.values_list("id", flat=True).first()
    language = cookies.get(settings.LANGUAGE_COOKIE_NAME, "") or person.language
    try:
        language = translation.get_supported_language_variant(language)
    except LookupError:
        language = settings.LANGUAGE_CODE
    return Who(tenant_id, person.pk, distributor_id, language, key)


def still_in(tenant_id: int, listeners: list[tuple[str, int]]) -> set[str]:
    """Of (session key, person) the sessions that are still signed in; one statement."""
    keys, people = [key for key, _ in listeners], [person for _, person in listeners]
    with tenant_context(tenant_id):
        return {row[0] for row in sql.fetch(_STILL, (keys, people, tenant_id))}
