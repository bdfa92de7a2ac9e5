"""Whether the known sign-ins of the demo are open where there is no demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from yipan.cli.checks.finding import Finding, wrong
from yipan.demo.plan import PASSWORD
from yipan.group.people.models import Person
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

_MOST: Final = 100
"""Tenants looked at: checking a password takes a moment, by design."""


def check_sign_ins() -> Iterator[Finding]:
    """Whether an administrator has the password that everybody knows."""
    if settings.YIPAN_DEMO:
        return
    for tenant in Tenant.objects.filter(is_active=True).order_by("-id")[:_MOST]:
        with tenant_context(tenant.id):
            person = Person.objects.filter(username="admin", is_active=True).first()
            if person is not None and person.check_password(PASSWORD):
                yield wrong(
                    "demo",
                    f"anybody can sign in to the group {tenant.code}: it has the demo's password",
                    "Change the passwords, or keep the demo out of this deployment.",
                )
