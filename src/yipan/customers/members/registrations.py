"""What members hook in when they are on: how the index of a phone is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from yipan.customers.members.naming import stored_identity
from yipan.customers.members.rules import PHONE
from yipan.kernel import resealing, sql
from yipan.kernel.tenancy import current_tenant_id

# The identity of a member by phone; left where another member has come by the same phone since.
_REINDEX: Final = """
UPDATE members_identity i SET value = u.value
  FROM unnest(%s::bigint[], %s::text[]) AS u(id, value)
 WHERE i.tenant_id = %s AND i.member_id = u.id AND i.scheme = %s
   AND NOT EXISTS (SELECT 1 FROM members_identity o
                    WHERE o.tenant_id = i.tenant_id AND o.scheme = i.scheme AND o.id <> i.id
                      AND o.value = u.value)
"""


@resealing.reindexes("members_member", "phone_sealed")
def reindex_phones(opened: Sequence[resealing.Opened]) -> int:
    """Have members found by their phones; how many are not."""
    ids = [id_ for id_, _phone in opened]
    values = [stored_identity(PHONE, phone)[1] for _id, phone in opened]
    return len(ids) - sql.execute(_REINDEX, (ids, values, current_tenant_id(), PHONE))
