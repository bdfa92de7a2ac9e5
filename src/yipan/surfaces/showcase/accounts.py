"""As whom one may look at the demo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.customers.members.models import Member
from yipan.customers.members.queries import member_by_identity
from yipan.customers.members.rules import PHONE
from yipan.distribution.distributors.models import Distributor
from yipan.group.people.models import Person
from yipan.kernel.models import Tenant

KEPT: Final = "demo.json"
"""What the generator writes down, in YIPAN_HOME."""
CONSUMER: Final = "consumer"
CONSUMER_PHONE: Final = "13800009001"


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody of the demo."""

    username: str
    title: str | Promise
    note: str | Promise
    icon: str
    surface: str
    """`console`, `workbench` or `mall`."""


ROLES: Final = (
    Role(
        "admin",
        _("Headquarters, administrator"),
        _("May do everything; begin with the overview"),
        icon="crown",
        surface="console",
    ),
    Role(
        "ops",
        _("Headquarters, operations"),
        _("Goods in the pool, rules and their trial, orders and refunds that wait"),
        icon="sliders-horizontal",
        surface="console",
    ),
    Role(
        "finance",
        _("Headquarters, finance"),
        _("What is due, withdrawals, bank files, differences"),
        icon="landmark",
        surface="console",
    ),
    Role(
        "approver",
        _("Headquarters, approver"),
        _("The second signature: larger withdrawals wait for it"),
        icon="stamp",
        surface="console",
    ),
    Role(
        "auditor",
        _("Headquarters, auditor"),
        _("Reads everything, changes nothing; the audit trail"),
        icon="scroll-text",
        surface="console",
    ),
    Role(
        "group",
        _("Lead of an industry group"),
        _("The same console, the own companies only"),
        icon="network",
        surface="console",
    ),
    Role(
        "company",
        _("Lead of a company"),
        _("The same console, the own stores only"),
        icon="building-2",
        surface="console",
    ),
    Role(
        "manager",
        _("Store manager"),
        _("The own store only; shares and earns too"),
        icon="store",
        surface="console",
    ),
    Role(
        "guide",
        _("Shopping guide"),
        _("On the phone: counter, sharing, posters, commission, withdrawal"),
        icon="shirt",
        surface="workbench",
    ),
    Role(
        "employee",
        _("Employee"),
        _("On the phone: shares besides the work"),
        icon="id-card",
        surface="workbench",
    ),
    Role(
        "partner",
        _("Partner"),
        _("On the phone: sells from outside the group"),
        icon="handshake",
        surface="workbench",
    ),
    Role(
        CONSUMER,
        _("Consumer"),
        _("In the mall: buys, pays, follows, asks for a refund"),
        icon="shopping-bag",
        surface="mall",
    ),
)


@dataclass(frozen=True, slots=True)
class Account:
    """A role of the tour and who plays it."""

    role: Role
    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody whom the demo group has."""

    accounts: tuple[Account, ...]
    guide: Distributor | None
    """The distributor that the tour follows."""
    consumer: Member | None


def demo_group() -> Tenant | None:
    """The group that the generator made here; else the oldest one that is open."""
    open_groups = Tenant.objects.filter(is_active=True)
    try:
        kept = json.loads((settings.HOME / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        kept = {}
    return (
        open_groups.filter(code=kept.get("tenant", "")).first()
        or open_groups.order_by("id").first()
    )


def cast_of_group() -> Cast:
    """Who of the roles is there, in the tenant in context. Three statements."""
    wanted = [role.username for role in ROLES]
    people = {
        each.username: each for each in Person.objects.filter(username__in=wanted, is_active=True)
    }
    consumer = member_by_identity(scheme=PHONE, value=CONSUMER_PHONE)
    accounts = []
    for role in ROLES:
        if role.username == CONSUMER:
            if consumer is not None:
                accounts.append(Account(role, consumer.name))
        elif role.username in people:
            accounts.append(Account(role, people[role.username].name))
    guide = Distributor.objects.filter(person__username="guide").select_related("person").first()
    return Cast(tuple(accounts), guide, consumer)
