"""Files of offers: those handed in on a page, and those loaded by programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yipan.distribution.pool.models import UploadState
from yipan.group.organisations.queries import tree
from yipan.kernel import sql
from yipan.kernel.pagination import Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id

_PURPOSE: Final = "pool_imports"
_LISTED: Final = """
SELECT * FROM (
    SELECT u.uploaded_at AS at, u.id, true AS is_upload, u.file_name, u.organisation_id,
           u.uploaded_by, u.state, u.rows, u.created, u.changed, u.unchanged, u.faulty
      FROM pool_upload u
     WHERE u.tenant_id = %s AND u.organisation_id = ANY(%s::bigint[])
    UNION ALL
    SELECT r.imported_at, r.id, false, r.file_name, r.organisation_id, r.imported_by, 'loaded',
           r.rows, r.created, r.changed, r.unchanged, r.faulty
      FROM pool_importrun r
     WHERE r.tenant_id = %s AND r.organisation_id = ANY(%s::bigint[])
       AND NOT EXISTS (SELECT 1 FROM pool_upload u WHERE u.run_id = r.id)
) found
 WHERE (at, id) < (%s, %s)
   AND strpos(lower(file_name), lower(%s)) > 0
   AND %s IN ('', state)
 ORDER BY at DESC, id DESC
 LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the list shows it."""

    at: datetime
    id: int
    is_upload: bool
    """False: a program loaded it."""
    file_name: str
    organisation: str
    who: str
    state: str
    rows: int
    created: int
    changed: int
    unchanged: int
    faulty: int

    @property
    def state_words(self) -> str:
        return str(UploadState(self.state).label)


def listed_imports(
    paths: Sequence[str], *, text: str = "", state: str = "", cursor: str | None, limit: int
) -> Page[Listed]:
    """The files of these subtrees, latest first, in one statement.

    `text` is a part of the file's name, `state` a value of `UploadState`. Raises InvalidField
    (cursor).
    """
    nodes = tree()
    within = tuple(paths)
    places = [node.id for node in nodes.by_id.values() if node.path.startswith(within)]
    tenant_id = current_tenant_id()
    after = decode_cursor(cursor, purpose=_PURPOSE) if cursor else ["infinity", 0]
    of_tenant = (tenant_id, places)
    rows = sql.fetch(_LISTED, (*of_tenant, *of_tenant, *after, text, state, limit + 1))
    found = [
        Listed(at, number, is_upload, name, nodes.node(place).name, who.split(":", 2)[-1], *rest)
        for at, number, is_upload, name, place, who, *rest in rows
    ]
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], encode_cursor([last.at, last.id], purpose=_PURPOSE))
