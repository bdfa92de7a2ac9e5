"""Who may come in: one statement knows the client, and takes a request from its allowance."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from yipan.kernel import clock, sql
from yipan.kernel.caller import ApiCaller
from yipan.kernel.process_memory import on_forget
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.openapi import keys
from yipan.surfaces.openapi.errors import KeyInvalid, TooManyRequests
from yipan.surfaces.openapi.keys import KeyParts

# Only a client whose secret fits reaches its bucket, so nobody can use up another's requests. The
# row lock of the conflict makes takers queue up: none is lost, and none is taken twice.
_ADMIT: Final = """
WITH client AS MATERIALIZED (
    SELECT c.id, c.tenant_id, c.name, c.scopes, c.organisation_id, o.path, c.per_minute,
           c.secret_hash, c.former_hash, c.holders, t.config_epoch
      FROM openapi_apiclient c
      JOIN organisations_organisation o ON o.id = c.organisation_id
      JOIN kernel_tenant t ON t.id = c.tenant_id
     WHERE c.id = %s AND c.tenant_id = %s AND t.code = %s
       AND c.is_active AND t.is_active AND (c.expires_at IS NULL OR c.expires_at > %s)
       AND (c.secret_hash = %s OR (c.former_hash = %s AND c.former_until > %s))
), taken AS (
    INSERT INTO openapi_apiallowance AS a (id, tenant_id, tokens, filled_at)
    SELECT id, tenant_id, per_minute - 1, statement_timestamp() FROM client
    ON CONFLICT (id) DO UPDATE  -- excluded.tokens + 1 is what a full bucket holds
       SET tokens = least(excluded.tokens, a.tokens - 1 + (excluded.tokens + 1) / 60 * greatest(
               0, extract(epoch FROM excluded.filled_at - a.filled_at))),
           filled_at = greatest(a.filled_at, excluded.filled_at)
     WHERE a.tokens - 1 + (excluded.tokens + 1) / 60 * greatest(
               0, extract(epoch FROM excluded.filled_at - a.filled_at)) >= 0
    RETURNING a.tokens
)
SELECT client.name, client.scopes, client.organisation_id, client.path, client.per_minute,
       client.secret_hash, client.former_hash, client.holders, client.config_epoch,
       taken.tokens
  FROM client LEFT JOIN taken ON true
"""
_tenant_ids: dict[str, int] = {}
_MOST_TENANTS: Final = 4096


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller who was let in."""

    caller: ApiCaller
    epoch: int
    per_minute: int
    remaining: int
    """Requests left in the bucket."""

    def headers(self) -> dict[str, str]:
        """The allowance as draft-ietf-httpapi-ratelimit-headers writes it."""
        full_in = ceil((self.per_minute - self.remaining) * 60 / self.per_minute)
        return {
            "RateLimit-Policy": f'"client";q={self.per_minute};w=60',
            "RateLimit": f'"client";r={self.remaining};t={full_in}',
        }


def admit(authorization: str) -> Admission:
    """Let in whoever presents a valid key in an Authorization header, and count the request.

    Raises KeyInvalid, TooManyRequests.
    """
    scheme, _, key = authorization.partition(" ")
    parts = keys.parse(key.strip()) if scheme.lower() == "bearer" else None
    if parts is None:
        raise KeyInvalid
    known = _tenant_ids.get(parts.tenant_code)
    if known is not None:
        admission = _admitted(known, parts)
        if admission is not None:
            return admission
    tenant_id = _look_up(parts.tenant_code)
    if tenant_id is None or tenant_id == known:
        raise KeyInvalid
    admission = _admitted(tenant_id, parts)
    if admission is None:
        raise KeyInvalid
    return admission


def _look_up(tenant_code: str) -> int | None:
    row = sql.fetch_one("SELECT id FROM kernel_tenant WHERE code = %s", (tenant_code,))
    if row is None:
        _tenant_ids.pop(tenant_code, None)
        return None
    if len(_tenant_ids) >= _MOST_TENANTS:
        _tenant_ids.clear()
    _tenant_ids[tenant_code] = row[0]
    return int(row[0])


def _admitted(tenant_id: int, parts: KeyParts) -> Admission | None:
    now = clock.now()
    presented = parts.secret_hash
    with tenant_context(tenant_id):
        row = sql.fetch_one(
            _ADMIT,
            (parts.client_id, tenant_id, parts.tenant_code, now, presented, presented, now),
        )
    if row is None:
        return None
    name, scopes, organisation_id, path, per_minute, live, former, holders, epoch, tokens = row
    if not keys.fits(presented, live, former):
        return None
    if tokens is None:
        raise TooManyRequests(per_minute=per_minute, retry_after=max(1, ceil(60 / per_minute)))
    caller = ApiCaller(
        tenant_id=tenant_id,
        client_id=parts.client_id,
        name=name,
        scopes=frozenset(scopes),
        organisation_id=organisation_id,
        organisation_path=path,
        holders=frozenset(holders),
    )
    return Admission(caller, epoch, per_minute, floor(tokens))


on_forget(_tenant_ids.clear)
