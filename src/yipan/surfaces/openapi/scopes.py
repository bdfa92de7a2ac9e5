"""Permissions in words, grouped as people think of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_AREAS: Final[dict[str, str | Promise]] = {
    "organisations": _("Organisation tree"),
    "people": _("People"),
    "catalogue": _("Goods and prices"),
    "stock": _("Stock"),
    "members": _("Members"),
    "ledger": _("Journals and accounts"),
    "orders": _("Orders"),
    "payments": _("Payments"),
    "fulfilment": _("Fulfilment"),
    "checkout": _("Checkout"),
    "distributors": _("Distributors"),
    "pool": _("Distribution pool"),
    "sharing": _("Share links"),
    "attribution": _("Attribution"),
    "commissions": _("Commission entries"),
    "settlement": _("Settlement"),
    "withdrawals": _("Withdrawals"),
    "facts": _("Facts for reports"),
    "api_clients": _("API clients"),
    "events": _("Events"),
    "webhooks": _("Webhooks"),
    "audit": _("Audit trail"),
    "policies": _("Policies"),
}
_VERBS: Final[dict[str, str | Promise]] = {
    "read": _("read"),
    "write": _("change"),
    "approve": _("approve"),
    "refund": _("refund"),
    "reveal": _("reveal personal data"),
    "export": _("export"),
}


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """One permission to tick."""

    name: str
    word: str
    chosen: bool
    allowed: bool
    """Whether the reader may give it."""


@dataclass(frozen=True, slots=True)
class ScopeArea:
    """The permissions of a module."""

    title: str
    choices: list[ScopeChoice]


def areas_of(
    names: Iterable[str], *, chosen: Collection[str] = (), allowed: Collection[str] = ()
) -> list[ScopeArea]:
    """Permissions by module, in the order in which the modules declare them."""
    areas: dict[str, ScopeArea] = {}
    for name in names:
        module, _dot, verb = name.partition(".")
        area = areas.setdefault(module, ScopeArea(str(_AREAS.get(module, module)), []))
        word = str(_VERBS.get(verb, verb.replace("_", " ")))
        area.choices.append(ScopeChoice(name, word, name in chosen, name in allowed))
    return list(areas.values())
