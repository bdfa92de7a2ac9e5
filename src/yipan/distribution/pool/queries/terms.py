"""Which terms a sale earns under: the read of every payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from yipan.distribution.pool.queries.books import compiled_version
from yipan.distribution.pool.rules import CompiledRule
from yipan.kernel import sql
from yipan.kernel.tenancy import current_tenant_id


class PoolKey(NamedTuple):
    """A SKU, the selling organisation with its ancestors nearest first, the moment of payment."""

    sku_id: int
    lineage: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """The offer that decides, and its rule's terms in force."""

    offer_id: int
    offer_organisation_id: int
    rule_id: int
    rule_version_id: int
    compiled: CompiledRule


# Of the offers of a SKU on the way up that are inside their dates, the nearest one decides. An
# offer that was there and was changed after the moment is read as it stood then (pool_pastoffer);
# one that was not changed, which is nearly every one, costs no look into the past. The inner LIMIT
# keeps the plan at one index look-up per key, however many keys there are.
_TERMS = """
SELECT o.id, o.organisation_id, o.rule_id, o.is_on, v.id, v.terms::text
  FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[])
       WITH ORDINALITY AS k(sku_id, lineage, at, number)
  LEFT JOIN LATERAL (
      SELECT o.id, o.organisation_id, coalesce(p.rule_id, o.rule_id) AS rule_id,
             coalesce(p.is_on, o.is_on) AS is_on
        FROM pool_offer o
        LEFT JOIN LATERAL (
            SELECT p.rule_id, p.is_on, p.valid_from, p.valid_until
              FROM pool_pastoffer p
             WHERE o.created_at <= k.at AND o.changed_at > k.at
               AND p.tenant_id = o.tenant_id AND p.offer_id = o.id AND p.until > k.at
             ORDER BY p.until, p.id
             LIMIT 1
        ) p ON true
       WHERE o.tenant_id = %s AND o.sku_id = k.sku_id
         AND o.organisation_id = ANY(k.lineage::bigint[])
         AND coalesce(p.valid_from, o.valid_from) <= k.at
         AND CASE WHEN p.rule_id IS NULL
                  THEN o.valid_until IS NULL OR o.valid_until > k.at
                  ELSE p.valid_until IS NULL OR p.valid_until > k.at END
       ORDER BY array_position(k.lineage::bigint[], o.organisation_id)
       LIMIT 1
  ) o ON true
  LEFT JOIN LATERAL (
      SELECT v.id, v.terms
        FROM pool_ruleversion v
       WHERE o.is_on AND v.tenant_id = %s AND v.rule_id = o.rule_id AND v.valid_from <= k.at
       ORDER BY v.version DESC
       LIMIT 1
  ) v ON true
 ORDER BY k.number
"""


def terms_for(keys: Sequence[PoolKey]) -> list[OfferTerms | None]:
    """The terms of each sale, in the order of the keys; None where the SKU is not in the pool.

    One prepared statement for any number of keys (indexes: offer_once, past_offer_at,
    rule_version); compiled terms are kept in the process. docs/algorithms/pool.md.
    """
    if not keys:
        return []
    tenant_id = current_tenant_id()
    texts = {key.lineage: sql.array_text(key.lineage) for key in keys}
    params = (
        [key.sku_id for key in keys],
        [texts[key.lineage] for key in keys],
        [key.at for key in keys],
        tenant_id,
        tenant_id,
    )
    return [
        OfferTerms(offer_id, organisation_id, rule_id, version, compiled_version(version, terms))
        if version is not None
        else None
        for offer_id, organisation_id, rule_id, _, version, terms in sql.fetch(_TERMS, params)
    ]
