"""Writing changes of many offers, in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from django.conf import settings

from yipan.distribution.pool.actions.estimates import EstimateKey, estimates_of
from yipan.distribution.pool.errors import OffersRefused
from yipan.distribution.pool.events import ChangedOffer, OffersChanged
from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.models import Offer, PastOffer
from yipan.distribution.pool.offering import (
    EVERYWHERE,
    Change,
    Inspector,
    OfferState,
    Pair,
    Standing,
)
from yipan.distribution.pool.queries.books import rule_books
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.events import announce
from yipan.kernel.ids import BLOCK, next_ids
from yipan.kernel.tenancy import current_tenant_id

OFFERS_PER_EVENT: Final = 500

_STANDING = """
SELECT o.id, o.sku_id, o.organisation_id, o.rule_id, o.is_on, o.valid_from, o.valid_until,
       o.estimate
"""
_BY_PAIR = f"""{_STANDING}
  FROM unnest(%s::bigint[], %s::bigint[]) AS w(sku_id, organisation_id)
  JOIN pool_offer o ON o.tenant_id = %s AND o.sku_id = w.sku_id
                   AND o.organisation_id = w.organisation_id
"""
_BY_ID = f"{_STANDING} FROM pool_offer o WHERE o.tenant_id = %s AND o.id = ANY(%s)"
_UPDATE = """
UPDATE pool_offer o
   SET rule_id = u.rule_id, is_on = u.is_on, valid_from = u.valid_from,
       valid_until = u.valid_until, estimate = u.estimate, changed_at = %s
  FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[], %s::timestamptz[], %s::timestamptz[],
              %s::bigint[]) AS u(id, rule_id, is_on, valid_from, valid_until, estimate)
 WHERE o.tenant_id = %s AND o.id = u.id
"""
_OFFER_COLUMNS = (
    "id", "tenant_id", "sku_id", "organisation_id", "rule_id", "is_on", "valid_from",
    "valid_until", "estimate", "created_at", "changed_at",
)  # fmt: skip
_PAST_COLUMNS = (
    "id", "tenant_id", "offer_id", "rule_id", "is_on", "valid_from", "valid_until", "until"
)  # fmt: skip


class OffersWritten(NamedTuple):
    """How many offers were made, changed, and found as they were to be; ids in the given order."""

    created: int
    changed: int
    unchanged: int
    offer_ids: tuple[int, ...]


def standing_pairs(pairs: Sequence[Pair]) -> dict[Pair, Standing]:
    """The offers there are of these SKUs in these organisations (index: offer_once)."""
    if not pairs:
        return {}
    skus, organisations = map(list, zip(*pairs, strict=True))
    rows = sql.fetch(_BY_PAIR, (skus, organisations, current_tenant_id()))
    return {each.pair: each for each in map(_read, rows)}


def standing_ids(offer_ids: Sequence[int]) -> dict[int, Standing]:
    """The offers there are with these ids."""
    rows = sql.fetch(_BY_ID, (current_tenant_id(), list(offer_ids)))
    return {each.id: each for each in map(_read, rows)}


def _read(row: Sequence[Any]) -> Standing:
    offer_id, sku_id, organisation_id, *state, estimate = row
    return Standing(offer_id, sku_id, organisation_id, OfferState(*state), estimate)


def inspector(changes: Sequence[Change], within: Sequence[str]) -> Inspector:
    """One that knows the rules of these changes, in one statement."""
    books = rule_books({change.after.rule_id for change in changes})
    return Inspector(tree(), books, within, settings.YIPAN_UPLINE_LIMIT, clock.now())


def write_changes(
    changes: Sequence[Change],
    *,
    by: Actor,
    reason: str,
    action: str,
    within: Sequence[str] = EVERYWHERE,
    check: bool = True,
) -> dict[int, int]:
    """Write what offers are to say; offer ids by the changes' numbers.

    The caller has taken the turn. With `check`, all or none: raises OffersRefused with every
    fault. Switching off and taking off need no check.
    """
    if not changes:
        return {}
    watch = inspector(changes, within)
    faults = [fault for each in changes for fault in watch.faults_of(each)] if check else []
    if faults:
        raise OffersRefused(faults)
    estimates = _estimates(changes, watch)
    ids = _ids(changes)
    now = clock.now()
    _insert(changes, ids, estimates, now)
    _update(changes, estimates, now)
    _audit(changes, ids, action, by, reason)
    announce(*_events(changes, ids))
    return {change.number: offer_id for change, offer_id in zip(changes, ids, strict=True)}


def _estimates(changes: Sequence[Change], watch: Inspector) -> list[int]:
    keys = [
        EstimateKey(each.sku_id, each.organisation_id, each.after.rule_id, each.after.valid_from)
        for each in changes
    ]
    found = estimates_of(keys, watch.books, watch.nodes)
    unknown = [
        Fault(change.number, "sku", "unknown_sku", {"value": change.sku_id})
        for change, estimate in zip(changes, found, strict=True)
        if estimate is None
    ]
    if unknown:
        raise OffersRefused(unknown)
    return [estimate or 0 for estimate in found]


def _ids(changes: Sequence[Change]) -> list[int]:
    fresh = _many_ids(sum(1 for each in changes if each.before is None))
    return [next(fresh) if each.before is None else each.before.id for each in changes]


def _many_ids(count: int) -> Iterator[int]:
    whole, rest = divmod(count, BLOCK)
    return chain.from_iterable(next_ids(size) for size in [BLOCK] * whole + [rest])


def _insert(
    changes: Sequence[Change], ids: Sequence[int], estimates: Sequence[int], now: datetime
) -> None:
    tenant_id = current_tenant_id()
    rows = [
        (offer_id, tenant_id, each.sku_id, each.organisation_id, *each.after, estimate, now, now)
        for each, offer_id, estimate in zip(changes, ids, estimates, strict=True)
        if each.before is None
    ]
    sql.insert(Offer, _OFFER_COLUMNS, rows)


def _update(changes: Sequence[Change], estimates: Sequence[int], now: datetime) -> None:
    tenant_id = current_tenant_id()
    old = [
        (each.before, each.after, estimate)
        for each, estimate in zip(changes, estimates, strict=True)
        if each.before is not None
    ]
    if not old:
        return
    fresh = [(before.id, *after, estimate) for before, after, estimate in old]
    sql.execute(_UPDATE, (now, *map(list, zip(*fresh, strict=True)), tenant_id))
    past_ids = _many_ids(len(old))
    past = [(next(past_ids), tenant_id, before.id, *before.state, now) for before, _, _ in old]
    sql.insert(PastOffer, _PAST_COLUMNS, past)


def _audit(
    changes: Sequence[Change], ids: Sequence[int], action: str, by: Actor, reason: str
) -> None:
    for change, offer_id in zip(changes, ids, strict=True):
        audit.record(
            action=action,
            subject_type="offer",
            subject_id=offer_id,
            organisation_id=change.organisation_id,
            before=None if change.before is None else change.before.state._asdict(),
            after={"sku_id": change.sku_id, **change.after._asdict()},
            by=by,
            reason=reason,
        )


def _events(changes: Sequence[Change], ids: Sequence[int]) -> Iterator[OffersChanged]:
    by_organisation: Mapping[int, list[ChangedOffer]] = defaultdict(list)
    for change, offer_id in zip(changes, ids, strict=True):
        kind = "created" if change.before is None else "changed"
        offer = ChangedOffer(offer_id, change.sku_id, *change.after, change=kind)
        by_organisation[change.organisation_id].append(offer)
    for organisation_id, offers in by_organisation.items():
        for start in range(0, len(offers), OFFERS_PER_EVENT):
            yield OffersChanged(organisation_id, tuple(offers[start : start + OFFERS_PER_EVENT]))
