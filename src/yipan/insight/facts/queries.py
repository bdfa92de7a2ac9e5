"""What facts look up for their dimensions."""

from __future__ import annotations

from collections.abc import Iterable

from yipan.kernel import sql, uow
from yipan.kernel.tenancy import current_tenant_id

_HOMES = """
SELECT id, organisation_id FROM distributors_distributor
 WHERE tenant_id = %s AND id = ANY(%s::bigint[])
"""


def homes_of(distributor_ids: Iterable[int]) -> dict[int, int]:
    """Distributor → home organisation; those that attribution saw are known already."""
    known: dict[int, int] = uow.notes().setdefault("distributors.homes", {})
    missing = [id_ for id_ in set(distributor_ids) if id_ not in known]
    if missing:
        known.update(sql.fetch(_HOMES, (current_tenant_id(), missing)))
    return known
