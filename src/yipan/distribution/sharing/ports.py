"""What sharing asks of modules above it, who register their answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest, HttpResponse

from yipan.distribution.sharing.queries import StoredLink
from yipan.kernel.models import Tenant
from yipan.kernel.modules import is_enabled


class Shopfront(Protocol):
    """An online shop that takes over whoever comes through a share link; the tenant is entered."""

    def member_id(self, request: HttpRequest, tenant: Tenant) -> int | None:
        """The visitor as a member of the group, if known."""

    def receive(self, request: HttpRequest, tenant: Tenant, link: StoredLink) -> HttpResponse:
        """The way to what was shared, in the shop that the link leads to."""

    def gone(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        """What is said of a link that opens nothing, of which nothing else is known; 404."""


@dataclass(frozen=True, slots=True)
class _Registered:
    label: str
    shopfront: Shopfront


_shopfronts: list[_Registered] = []


def register_shopfront(label: str, shopfront: Shopfront) -> None:
    """Have a module's shop receive visitors as long as the module is on; the last one counts."""
    _shopfronts[:] = [_Registered(label, shopfront)]


def shopfront() -> Shopfront | None:
    """The shop that receives visitors, or None where there is none: sharing shows its own page."""
    for registered in _shopfronts:
        if is_enabled(registered.label):
            return registered.shopfront
    return None
