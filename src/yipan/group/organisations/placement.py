"""What follows from where a node hangs: its path, its company, whether distribution is on."""

from __future__ import annotations

from typing import Final

from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id

# From the parent links alone, so that it also mends; rows that stay the same are not written.
_PLACE: Final = """
WITH RECURSIVE placed AS (
    SELECT o.id,
           coalesce(p.path, '/') || o.id || '/' AS path,
           CASE WHEN o.level = 'company' THEN o.id ELSE p.company_id END AS company_id,
           coalesce(p.distribution_effective, true) AND o.distribution_on AND o.is_active
               AS effective
      FROM organisations_organisation o
      LEFT JOIN organisations_organisation p ON p.id = o.parent_id AND p.tenant_id = o.tenant_id
     WHERE o.tenant_id = %s AND o.id = %s
    UNION ALL
    SELECT c.id,
           placed.path || c.id || '/',
           CASE WHEN c.level = 'company' THEN c.id ELSE placed.company_id END,
           placed.effective AND c.distribution_on AND c.is_active
      FROM placed
      JOIN organisations_organisation c ON c.parent_id = placed.id
     WHERE c.tenant_id = %s
)
UPDATE organisations_organisation o
   SET path = placed.path,
       company_id = placed.company_id,
       distribution_effective = placed.effective
  FROM placed
 WHERE o.id = placed.id
   AND o.tenant_id = %s
   AND (o.path, o.company_id, o.distribution_effective)
       IS DISTINCT FROM (placed.path, placed.company_id, placed.effective)
"""


def place_subtree(organisation_id: int) -> int:
    """Work out the kept columns of a node and all below it again, in one statement.

    The caller holds the lock of the tree. Returns how many rows changed.
    """
    tenant_id = current_tenant_id()
    return sql.execute(_PLACE, (tenant_id, organisation_id, tenant_id, tenant_id))
