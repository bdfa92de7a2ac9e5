"""Making, changing and ending API clients."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, modules
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotAllowed, NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.text import checked
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.openapi import keys
from yipan.surfaces.openapi.models import ApiClient

GRACE: Final = timedelta(hours=24)
_MOST_PER_MINUTE: Final = 1_000_000
_HINT: Final = 4


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A client and its key, which is shown now and never again."""

    client: ApiClient
    key: str


def create_client(
    *,
    name: str,
    organisation_id: int,
    scopes: Collection[str],
    by: Actor,
    may_grant: Collection[str] | None = None,
    per_minute: int | None = None,
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Let a program use the API for the subtree of an organisation.

    `may_grant` are the permissions of whoever makes it: nobody gives what they do not have (None:
    everything). `per_minute` defaults to the setting. Raises InvalidField, NotAllowed, NotFound.
    """
    if organisation_id not in tree().by_id:
        raise NotFound(kind="organisation", ref=organisation_id)
    secret = keys.new_secret()
    with unit_of_work():
        client = ApiClient(
            id=next_id(),
            name=checked(name, field="name", most=80),
            organisation_id=organisation_id,
            scopes=_checked_scopes(scopes, may_grant),
            secret_hash=keys.hash_of(secret),
            hint=secret[-_HINT:],
            per_minute=_checked_rate(per_minute),
            expires_at=_checked_end(expires_at),
            created_at=clock.now(),
            created_by=str(by),
            holders=sorted(by.people),
        )
        client.save(force_insert=True)
        _record("create", client, by, after=_told(client))
    return IssuedKey(client, _text(client, secret))


def change_client(
    *,
    client: ApiClient,
    by: Actor,
    may_grant: Collection[str] | None = None,
    name: str | None = None,
    scopes: Collection[str] | None = None,
    per_minute: int | None = None,
    expires_at: datetime | None = None,
) -> ApiClient:
    """Change what is given; in force from the next request on.

    Raises InvalidField, and NotAllowed for a client who may do what the changer may not.
    """
    _check_reach(client, may_grant)
    with unit_of_work():
        before = _told(client)
        if name is not None:
            client.name = checked(name, field="name", most=80)
        if scopes is not None:
            client.scopes = _checked_scopes(scopes, may_grant)
        if per_minute is not None:
            client.per_minute = _checked_rate(per_minute)
        if expires_at is not None:
            client.expires_at = _checked_end(expires_at)
        client.save(update_fields=["name", "scopes", "per_minute", "expires_at"])
        _record("change", client, by, before=before, after=_told(client))
    return client


def rotate_key(
    *,
    client: ApiClient,
    by: Actor,
    may_grant: Collection[str] | None = None,
    grace: timedelta = GRACE,
) -> IssuedKey:
    """Give a client a new key; the one before works for `grace` more, older ones no longer.

    Raises InvalidField for a revoked client, NotAllowed as `change_client`.
    """
    _check_reach(client, may_grant)
    if not client.is_active:
        raise InvalidField(field="client_id", reason=_("was revoked"))
    secret = keys.new_secret()
    with unit_of_work():
        client.former_hash = client.secret_hash
        client.former_until = clock.now() + grace
        client.secret_hash = keys.hash_of(secret)
        client.hint = secret[-_HINT:]
        client.holders = sorted({*client.holders, *by.people})
        client.save(update_fields=["former_hash", "former_until", "secret_hash", "hint", "holders"])
        _record("rotate", client, by, after={"hint": client.hint, "former": client.former_until})
    return IssuedKey(client, _text(client, secret))


def revoke_client(*, client: ApiClient, by: Actor) -> ApiClient:
    """End a client for good, from its next request on."""
    with unit_of_work():
        if client.is_active:
            client.is_active = False
            client.save(update_fields=["is_active"])
            _record("revoke", client, by)
    return client


def _checked_scopes(scopes: Collection[str], may_grant: Collection[str] | None) -> list[str]:
    known = set(modules.all_permissions())
    for scope in sorted(set(scopes)):
        if scope not in known:
            raise InvalidField(field="scopes", reason=_("there is no permission %s") % scope)
        if may_grant is not None and scope not in may_grant:
            raise NotAllowed(permission=scope)
    if not scopes:
        raise InvalidField(field="scopes", reason=_("must not be empty"))
    return sorted(set(scopes))


def _check_reach(client: ApiClient, may_grant: Collection[str] | None) -> None:
    """A key of more power than one's own is not for oneself to take."""
    if may_grant is not None:
        for scope in client.scopes:
            if scope not in may_grant:
                raise NotAllowed(permission=scope)


def _checked_rate(per_minute: int | None) -> int:
    rate = int(settings.YIPAN_RATE_LIMIT_PER_MINUTE) if per_minute is None else per_minute
    if not 1 <= rate <= _MOST_PER_MINUTE:
        raise InvalidField(field="per_minute", reason=_("must be 1 to %d") % _MOST_PER_MINUTE)
    return rate


def _checked_end(expires_at: datetime | None) -> datetime | None:
    if expires_at is not None and expires_at <= clock.now():
        raise InvalidField(field="expires_at", reason=_("must be in the future"))
    return expires_at


def _text(client: ApiClient, secret: str) -> str:
    code = Tenant.objects.values_list("code", flat=True).get(id=current_tenant_id())
    return keys.key_text(tenant_code=code, client_id=client.id, secret=secret)


def _told(client: ApiClient) -> dict[str, object]:
    return {
        "name": client.name,
        "scopes": client.scopes,
        "per_minute": client.per_minute,
        "expires_at": client.expires_at,
    }


def _record(
    verb: str,
    client: ApiClient,
    by: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        action=f"api_clients.{verb}",
        subject_type="api_client",
        subject_id=client.id,
        organisation_id=client.organisation_id,
        before=before,
        after=after,
        by=by,
    )
