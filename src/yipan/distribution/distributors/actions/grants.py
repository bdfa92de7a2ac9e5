"""Leave to distribute the offers of other organisations."""

from __future__ import annotations

from datetime import datetime

from yipan.distribution.distributors.actions.turn import LONGEST_REASON, in_turn
from yipan.distribution.distributors.history import write_down
from yipan.distribution.distributors.models import Distributor, DistributorGrant
from yipan.distribution.distributors.rules import check_span, in_utc
from yipan.group.organisations.errors import OrganisationClosed
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.uow import unit_of_work


def grant(
    *,
    distributor: Distributor,
    organisation: Organisation,
    by: Actor,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str = "",
) -> DistributorGrant:
    """Let a distributor sell what an organisation and all below it offer, beside the home.

    Holds from `valid_from` (None: now, or since when it holds already) to just before
    `valid_until` (None: without end), UTC. A grant there was is replaced.

    Raises SpanEmpty, OrganisationClosed, DistributorHasLeft.
    """
    now = clock.now()
    with unit_of_work():
        found = in_turn(distributor)
        if not organisation.is_active:
            raise OrganisationClosed(organisation=organisation.name)
        there_was = _grant_of(found, organisation)
        since = there_was.valid_from if there_was and _holds(there_was, now) else now
        start, end = in_utc(valid_from) or since, in_utc(valid_until)
        check_span(start, end, field="valid_until")
        before = _told(there_was) if there_was else {}
        made, _ = DistributorGrant.objects.update_or_create(
            distributor=found,
            organisation=organisation,
            defaults={"valid_from": start, "valid_until": end},
        )
        if before != _told(made):
            write_down(found, "grant", before=before, after=_told(made), by=by, reason=reason)
    granted: DistributorGrant = made
    return granted


def revoke_grant(
    *, distributor: Distributor, organisation: Organisation, by: Actor, reason: str
) -> DistributorGrant:
    """End a grant now; one that was yet to begin never holds.

    Raises NotFound, DistributorHasLeft, InvalidField (reason).
    """
    why = text.checked(reason, field="reason", most=LONGEST_REASON)
    now = clock.now()
    with unit_of_work():
        found = in_turn(distributor)
        there_was = _grant_of(found, organisation)
        if there_was is None:
            raise NotFound(kind="grant", ref=organisation.code)
        if there_was.valid_until is not None and there_was.valid_until <= now:
            return there_was
        before = _told(there_was)
        there_was.valid_until = max(now, there_was.valid_from)
        there_was.save(update_fields=["valid_until"])
        write_down(found, "revoke_grant", before=before, after=_told(there_was), by=by, reason=why)
    return there_was


def _holds(grant_: DistributorGrant, at: datetime) -> bool:
    return grant_.valid_from <= at and (grant_.valid_until is None or at < grant_.valid_until)


def _grant_of(distributor: Distributor, organisation: Organisation) -> DistributorGrant | None:
    found: DistributorGrant | None = DistributorGrant.objects.filter(
        distributor=distributor, organisation=organisation
    ).first()
    return found


def _told(grant_: DistributorGrant) -> dict[str, object]:
    return {
        "organisation_id": grant_.organisation_id,
        "valid_from": grant_.valid_from,
        "valid_until": grant_.valid_until,
    }
