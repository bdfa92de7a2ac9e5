"""Finding what the user named: a tenant, an organisation."""

from __future__ import annotations

from yipan.cli.screen import CommandFailed
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant

_SHOWN = 10


def tenant_named(code: str | None) -> Tenant:
    """The tenant of that code; without a code the only one there is. Raises CommandFailed."""
    if code:
        found = Tenant.objects.filter(code=code).first()
        if found is not None:
            return found
    tenants = list(Tenant.objects.order_by("code").values_list("code", flat=True)[: _SHOWN + 1])
    if not tenants:
        message = "There is no tenant yet. Found one with `yipan tenant create`."
        raise CommandFailed(message)
    if not code and len(tenants) == 1:
        return Tenant.objects.get(code=tenants[0])
    known = ", ".join(tenants[:_SHOWN]) + (", …" if len(tenants) > _SHOWN else "")
    message = f"There is no tenant {code!r}." if code else "Say which tenant with --tenant."
    raise CommandFailed(f"{message} There are: {known}")


def organisation_named(code: str | None) -> Organisation:
    """The organisation of that code in the tenant in context; headquarters without a code.

    Raises CommandFailed.
    """
    wanted = Organisation.objects.filter(**({"code": code} if code else {"parent": None}))
    found: Organisation | None = wanted.first()
    if found is None:
        message = f"There is no organisation {code!r} in this tenant."
        raise CommandFailed(message)
    return found
