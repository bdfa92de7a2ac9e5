"""A distributor's customers: who looked lately, and who belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from yipan.customers.members.rules import masked_name
from yipan.kernel import sql
from yipan.kernel.pagination import Page, decode_cursor, encode_cursor
from yipan.kernel.tenancy import current_tenant_id

LOOKED: Final = 50
"""So many of the latest touches are told."""


class Look(NamedTuple):
    """Somebody opened a link of the distributor, or used their code or coupon."""

    at: datetime
    source: str
    """`link`, `code` or `coupon`."""
    channel: str
    """Of the link, such as `wechat`; may be empty."""
    goods: str
    """Name of the SKU that was shared; empty: the shop as a whole."""
    customer: str
    """The masked name of a known member; empty: not known."""
    bought: bool
    """In that very order."""


class Bound(NamedTuple):
    """A member who belongs to the distributor."""

    binding_id: int
    customer: str
    """Masked; may be empty."""
    bound_at: datetime
    valid_until: datetime | None
    """First moment at which it no longer holds; None: for ever."""
    protected_until: datetime | None
    """Until then no other distributor takes the customer over."""


_LOOKS: Final = """
SELECT t.touched_at, t.source, t.channel, coalesce(s.name, ''), coalesce(m.name, ''),
       t.order_id IS NOT NULL
  FROM attribution_touch t
  LEFT JOIN catalogue_sku s ON s.id = t.sku_id
  LEFT JOIN members_member m ON m.id = t.member_id
 WHERE t.tenant_id = %s AND t.distributor_id = %s
 ORDER BY t.touched_at DESC, t.id DESC LIMIT %s
"""
_LIVE: Final = """
  FROM attribution_binding b
 WHERE b.tenant_id = %s AND b.distributor_id = %s
   AND (b.valid_until IS NULL OR b.valid_until > %s)
   AND NOT EXISTS (SELECT 1 FROM attribution_binding n
                    WHERE n.tenant_id = b.tenant_id AND n.member_id = b.member_id
                      AND n.sequence > b.sequence)
"""
_BOUND: Final = f"""
SELECT b.id, coalesce(m.name, ''), b.bound_at, b.valid_until, b.protected_until
  FROM (SELECT b.* {_LIVE} AND b.id < %s ORDER BY b.id DESC LIMIT %s) b
  LEFT JOIN members_member m ON m.id = b.member_id
 ORDER BY b.id DESC
"""  # noqa: S608 - no input
_COUNT: Final = f"SELECT count(*) {_LIVE}"
_BEYOND: Final = 2**63 - 1


def looks_of(distributor_id: int, *, limit: int = LOOKED) -> list[Look]:
    """The latest touches, names masked, in one statement (index: touch_of_distributor)."""
    rows = sql.fetch(_LOOKS, (current_tenant_id(), distributor_id, limit))
    return [Look(*row)._replace(customer=masked_name(row[4])) for row in rows]


def bound_to(
    distributor_id: int, *, at: datetime, cursor: str | None = None, limit: int = 30
) -> Page[Bound]:
    """The members of a distributor, the one bound last first, names masked, in one statement.

    Index: binding_of_distributor, binding_chain. Raises InvalidField (cursor).
    """
    purpose = f"bound|{distributor_id}"
    (last,) = decode_cursor(cursor, purpose=purpose) if cursor else (_BEYOND,)
    params = (current_tenant_id(), distributor_id, at, last, limit + 1)
    rows = sql.fetch(_BOUND, params)
    items = [Bound(*row)._replace(customer=masked_name(row[1])) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items, None)
    return Page(items, encode_cursor([items[-1].binding_id], purpose=purpose))


def bound_count(distributor_id: int, *, at: datetime) -> int:
    """How many members belong to a distributor (index: binding_of_distributor)."""
    row = sql.fetch_one(_COUNT, (current_tenant_id(), distributor_id, at))
    return int(row[0]) if row else 0
