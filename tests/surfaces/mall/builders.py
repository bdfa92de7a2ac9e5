"""Somebody with a phone in a shop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any, Final, cast

from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.trade.checkout.builders import Mall
from yipan.customers.members import sessions
from yipan.customers.members.sessions import Visit
from yipan.distribution.sharing.visitors import COOKIE
from yipan.group.organisations.models import Organisation
from yipan.kernel.tenancy import current_tenant_id
from yipan.trade.checkout.requests import Owner

BROWSER: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 MicroMessenger/8.0.50"
HTMX: Final = {"HX-Request": "true"}
_ONCE: Final = re.compile(r'name="once" value="([^"]+)"')


@dataclass
class Phone:
    """A browser in the mall of `acme`."""

    client: Client

    @classmethod
    def new(cls, *, language: str = "zh-CN") -> Phone:
        return cls(Client(headers={"user-agent": BROWSER, "accept-language": language}))

    def sign_in(self, owner: Owner) -> Phone:
        """As the member, on the browser of the tests."""
        assert owner.member_id is not None
        begun = sessions.begin_session(member_id=owner.member_id, visit=Visit(owner.visitor))
        self.client.cookies["yipan_member_acme"] = begun.token
        if owner.visitor:
            self.client.cookies[COOKIE] = owner.visitor
        return self

    def enter(self, organisation: Organisation) -> Phone:
        """Be in the shop of an organisation, as a share link leads there."""
        from_link = _shop_cookie(organisation)
        self.client.cookies["yipan_shop_acme"] = from_link
        return self

    def get(self, path: str, **query: Any) -> HttpResponse:
        """A page of the mall; `path` without `/m/acme/`."""
        headers = query.pop("headers", None)
        with _in_no_language():
            answer = self.client.get(at(path), query or None, headers=headers)
        return cast("HttpResponse", answer)

    def fragment(self, path: str, **query: Any) -> HttpResponse:
        return self.get(path, headers=HTMX, **query)

    def post(self, path: str, *, once: str = "", headers: Any = None, **form: Any) -> HttpResponse:
        """Send a form; a fresh key where none is given."""
        keyed = {"once": once or fresh_key(), **form}
        with _in_no_language():
            answer = self.client.post(at(path), keyed, headers=headers)
        return cast("HttpResponse", answer)


_keys = iter(range(1, 10**9))


def fresh_key() -> str:
    return f"key-of-the-tests-{next(_keys):08}"


def at(path: str) -> str:
    """The address of a page: whole as it is, else in the mall of `acme`."""
    return path if path.startswith("/") else f"/m/acme/{path}"


def text(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def once_in(answer: HttpResponse) -> str:
    found = _ONCE.search(answer.content.decode())
    assert found is not None
    return found[1]


def field_in(answer: HttpResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None, name
    return unescape(found[1])


def statements(phone: Phone, path: str, **query: Any) -> int:
    """How many a page needs."""
    phone.get(path, **query)  # what is cached per process is cached now
    with CaptureQueriesContext(connection) as captured:
        answer = phone.get(path, **query)
    assert answer.status_code == 200, answer.status_code
    return len(captured)


def known_buyer(mall: Mall) -> tuple[Phone, Owner]:
    """A member with an address, in the shop of the store."""
    owner = mall.buyer()
    return Phone.new().enter(mall.shop.tree["R1-A"]).sign_in(owner), owner


def _shop_cookie(organisation: Organisation) -> str:
    return signing.dumps([current_tenant_id(), organisation.id], salt="yipan.mall.shop")


@contextmanager
def _in_no_language() -> Iterator[None]:
    """As a request of its own: the language is the browser's."""
    before = translation.get_language()
    try:
        yield
    finally:
        if before:
            translation.activate(before)
