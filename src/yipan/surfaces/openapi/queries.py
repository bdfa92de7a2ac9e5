"""Reads of API clients and of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.db.models import QuerySet

from yipan.group.organisations.queries import within
from yipan.group.organisations.rules import subtree_range
from yipan.kernel import sql
from yipan.kernel.errors import NotFound
from yipan.kernel.pagination import decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id
from yipan.surfaces.openapi.models import ApiClient


def clients_within(scope_path: str) -> QuerySet[ApiClient]:
    """API clients of the organisations under a path (index: api_client_newest)."""
    clients: QuerySet[ApiClient] = ApiClient.objects.filter(within([scope_path]))
    return clients.select_related("organisation")


def client(client_id: int, *, scope_path: str) -> ApiClient:
    """One client under a path. Raises NotFound."""
    found: ApiClient | None = clients_within(scope_path).filter(id=client_id).first()
    if found is None:
        raise NotFound(kind="API client", ref=client_id)
    return found


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """One event as programs outside are told of it."""

    id: int
    type: str
    organisation_id: int | None
    timestamp: datetime
    data: dict[str, Any]


_EVENTS: Final = """
SELECT e.id, e.name, e.organisation_id, e.occurred_at, e.payload, e.xact::text
  FROM kernel_outboxevent e
 WHERE e.tenant_id = %s
   AND (e.xact, e.id) > (%s::text::xid8, %s)
   AND e.xact < pg_snapshot_xmin(pg_current_snapshot())
   AND (%s::text = '' OR e.name = %s)
   AND (%s OR EXISTS (
           SELECT 1 FROM organisations_organisation o
            WHERE o.id = e.organisation_id AND o.path >= %s AND o.path < %s))
 ORDER BY e.xact, e.id
 LIMIT %s
"""
_PURPOSE: Final = "openapi.events"


def events_after(
    cursor: str | None, *, scope_path: str, name: str, limit: int
) -> tuple[list[PublicEvent], str]:
    """The next events in commit order, and the cursor behind them (index: outbox_follow).

    Events of transactions that may still be overtaken are held back until they cannot be, so a
    reader that goes on from the cursor misses nothing and reads nothing twice. Events of no
    organisation are for the root only. Raises InvalidField for `cursor`.
    """
    xact, last_id = decode_cursor(cursor, purpose=_PURPOSE) if cursor else (0, 0)
    start, end = subtree_range(scope_path)
    is_root = scope_path.count("/") == 2
    rows: Sequence[sql.Row] = sql.fetch(
        _EVENTS,
        (current_tenant_id(), str(xact), last_id, name, name, is_root, start, end, limit),
    )
    events = [PublicEvent(row[0], row[1], row[2], row[3], _loaded(row[4])) for row in rows]
    if rows:
        xact, last_id = int(rows[-1][5]), rows[-1][0]
    return events, encode_cursor([xact, last_id], purpose=_PURPOSE)


def _loaded(payload: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(payload) if isinstance(payload, str | bytes) else payload
    return loaded
