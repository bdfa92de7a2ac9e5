"""Why a SKU earns, or does not, in one place at one moment: for support."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yipan.distribution.pool.queries.terms import PoolKey, terms_for
from yipan.goods.catalogue.queries import skus_by_id
from yipan.group.organisations.queries import tree
from yipan.kernel import sql
from yipan.kernel.errors import NotFound
from yipan.kernel.tenancy import current_tenant_id


class Verdict(StrEnum):
    """What came of it; for a single offer, what it says."""

    IN_POOL = "in_pool"  # the SKU earns by this offer
    NO_OFFER = "no_offer"  # neither here nor above
    SWITCHED_OFF = "switched_off"  # the deciding offer says that it does not earn
    NOT_STARTED = "not_started"  # not decisive: the next one up is asked
    ENDED = "ended"  # not decisive: the next one up is asked
    NO_TERMS = "no_terms"  # the rule has no version in force
    OVERRULED = "overruled"  # a nearer offer decides


@dataclass(frozen=True, slots=True)
class OfferVerdict:
    """One offer on the way up, as it stood at the moment."""

    offer_id: int
    organisation_id: int
    organisation_code: str
    rule_id: int
    rule_code: str
    is_on: bool
    valid_from: datetime
    valid_until: datetime | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Reasons:
    """Whether a SKU is in the pool, and every offer that was looked at, nearest first."""

    verdict: Verdict
    offers: tuple[OfferVerdict, ...]
    rule_version_id: int | None
    on_sale: bool
    """Whether the SKU may be sold at all."""
    distribution_effective: bool
    """Whether distribution is switched on for the selling organisation and all above it."""


_OFFERS = """
SELECT o.id, o.organisation_id, r.id, r.code, coalesce(p.is_on, o.is_on),
       coalesce(p.valid_from, o.valid_from),
       CASE WHEN p.rule_id IS NULL THEN o.valid_until ELSE p.valid_until END
  FROM pool_offer o
  LEFT JOIN LATERAL (
      SELECT p.rule_id, p.is_on, p.valid_from, p.valid_until
        FROM pool_pastoffer p
       WHERE p.tenant_id = o.tenant_id AND p.offer_id = o.id AND o.created_at <= %s
         AND p.until > %s
       ORDER BY p.until, p.id
       LIMIT 1
  ) p ON true
  JOIN pool_commissionrule r ON r.id = coalesce(p.rule_id, o.rule_id)
 WHERE o.tenant_id = %s AND o.sku_id = %s AND o.organisation_id = ANY(%s)
 ORDER BY array_position(%s::bigint[], o.organisation_id)
"""


def why_not_in_pool(*, sku_id: int, organisation_id: int, at: datetime) -> Reasons:
    """Why a sale of a SKU by an organisation at a moment earns or does not. Raises NotFound.

    The answer agrees with `terms_for`, whose rules it lays open offer by offer.
    """
    nodes = tree()
    node = nodes.node(organisation_id)
    sku = skus_by_id([sku_id]).get(sku_id)
    if sku is None:
        raise NotFound(kind="sku", ref=sku_id)
    lineage = list(node.lineage)
    rows = sql.fetch(_OFFERS, (at, at, current_tenant_id(), sku_id, lineage, lineage))
    (terms,) = terms_for([PoolKey(sku_id, node.lineage, at)])
    decided: Verdict | None = None
    offers = []
    for offer_id, keeper, rule_id, rule_code, is_on, start, end in rows:
        verdict = _verdict(at, start, end, is_on=is_on, has_terms=terms is not None)
        if decided is not None and verdict not in {Verdict.NOT_STARTED, Verdict.ENDED}:
            verdict = Verdict.OVERRULED
        elif verdict not in {Verdict.NOT_STARTED, Verdict.ENDED}:
            decided = verdict
        code = nodes.node(keeper).code
        offers.append(
            OfferVerdict(offer_id, keeper, code, rule_id, rule_code, is_on, start, end, verdict)
        )
    return Reasons(
        verdict=decided or Verdict.NO_OFFER,
        offers=tuple(offers),
        rule_version_id=terms.rule_version_id if terms else None,
        on_sale=sku.is_active,
        distribution_effective=node.distribution_effective,
    )


def _verdict(
    at: datetime, start: datetime, end: datetime | None, *, is_on: bool, has_terms: bool
) -> Verdict:
    if at < start:
        return Verdict.NOT_STARTED
    if end is not None and end <= at:
        return Verdict.ENDED
    if not is_on:
        return Verdict.SWITCHED_OFF
    return Verdict.IN_POOL if has_terms else Verdict.NO_TERMS
