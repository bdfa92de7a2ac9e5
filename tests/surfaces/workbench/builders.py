"""A guide with a phone in hand, in a shop that sells."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests.group.people.builders import make_person
from tests.payouts.settlement.builders import put_available
from tests.payouts.withdrawals.builders import BOSS, CLERK, card_with
from tests.trade.orders.builders import Shop, open_shop
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Person
from yipan.kernel.tenancy import tenant_context
from yipan.payouts.withdrawals.actions import add_card, verify_card, verify_name
from yipan.payouts.withdrawals.models import BankCard

REAL_NAME = "王小明"
BY_HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Phone:
    """Somebody signed in to the workbench."""

    client: Client
    person: Person

    @classmethod
    def of(cls, distributor: Distributor, *, language: str = "en") -> Phone:
        """As a distributor, who gets an account if there is none."""
        if distributor.person is None:
            person = make_person(f"u-{distributor.code.lower()}")
            Distributor.objects.filter(id=distributor.id).update(person=person)
            distributor.person = person
        client = Client(headers={"Accept-Language": language})
        with tenant_context(distributor.tenant_id):
            client.force_login(distributor.person)
        return cls(client, distributor.person)

    def get(self, address: str, **query: str) -> Any:
        """A page by its address behind `/w/`."""
        return self.client.get(f"/w/{address}", query)

    def part(self, address: str, **query: str) -> Any:
        """What htmx gets there."""
        return self.client.get(f"/w/{address}", query, headers=BY_HTMX)

    def post(self, address: str, *, once: str = "", by_htmx: bool = False, **values: Any) -> Any:
        """Send a form, with a key of its own where none is given."""
        data = {"once": once or secrets.token_urlsafe(16), **values}
        return self.client.post(f"/w/{address}", data, headers=BY_HTMX if by_htmx else {})


def opened_shop() -> tuple[Shop, Phone]:
    """A shop, and its guide's phone."""
    shop = open_shop()
    return shop, Phone.of(shop.guide)


def ready_card(distributor: Distributor, *, verified: bool = True) -> BankCard:
    """A verified name, and a card in it."""
    verify_name(distributor=distributor, name=REAL_NAME, by=CLERK)
    card = add_card(
        distributor=distributor,
        holder=REAL_NAME,
        number=card_with("8888"),
        bank="招商银行",
        by=CLERK,
    )
    return verify_card(card=card, by=BOSS) if verified else card


def with_money(distributor: Distributor, amount: int) -> BankCard:
    """Available commission, and a card it can go to."""
    put_available(distributor, amount)
    return ready_card(distributor)


def hooks(response: Any, name: str) -> list[str]:
    """The texts of the elements with a `data-test`, tags and blanks taken out."""
    element = rf'<(\w+)[^>]*data-test="{name}"[^>]*>(.*?)</\1>'
    found = re.findall(element, text_of(response), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", inside).split()) for _, inside in found]


def count_of(response: Any, name: str) -> int:
    """How many elements have a `data-test`."""
    return text_of(response).count(f'data-test="{name}"')


def text_of(response: Any) -> str:
    return str(response.content.decode())


def toast_of(response: Any) -> str:
    """The message that an answer to htmx carries."""
    told = json.loads(response.headers.get("HX-Trigger", "{}"))
    return str(told.get("toast", {}).get("text", ""))
