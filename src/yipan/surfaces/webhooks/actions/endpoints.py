"""Registering and ending endpoints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, crypto
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField
from yipan.kernel.ids import next_id
from yipan.kernel.public_events import event_types
from yipan.kernel.uow import unit_of_work
from yipan.surfaces.webhooks import signing
from yipan.surfaces.webhooks.actions.handing_on import skip_to_now
from yipan.surfaces.webhooks.addresses import check_url
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint
from yipan.surfaces.webhooks.rules import covered, is_pattern

GRACE: Final = timedelta(hours=24)
_MOST_URL: Final = 500
_MOST_PATTERNS: Final = 50
_TABLE: Final = Endpoint._meta.db_table


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """An endpoint and its secret, which is shown now and never again."""

    endpoint: Endpoint
    secret: str


def create_endpoint(
    *, organisation_id: int, url: str, events: Collection[str], by: Actor
) -> IssuedSecret:
    """Have the events of an organisation's subtree sent to an address, from now on.

    `events` are names or patterns: `order.paid`, `order.*`, `*`. Raises InvalidField,
    AddressRefused, NotFound.
    """
    tree().node(organisation_id)
    secret = signing.new_secret()
    with unit_of_work():
        if not Endpoint.objects.filter(is_active=True).exists():
            skip_to_now()
        endpoint = Endpoint(
            id=next_id(),
            organisation_id=organisation_id,
            url=_checked_url(url),
            events=_checked_events(events),
            created_at=clock.now(),
        )
        endpoint.secret_sealed = sealed(secret, endpoint.id, "secret_sealed")
        endpoint.save(force_insert=True)
        _record("create", endpoint, by, after=_told(endpoint))
    return IssuedSecret(endpoint, secret)


def change_endpoint(
    *,
    endpoint: Endpoint,
    by: Actor,
    url: str | None = None,
    events: Collection[str] | None = None,
    is_active: bool | None = None,
) -> Endpoint:
    """Change what is given. Switching off gives up what waits; a replay brings it back.

    Raises InvalidField, AddressRefused.
    """
    with unit_of_work():
        before = _told(endpoint)
        if url is not None:
            endpoint.url = _checked_url(url)
        if events is not None:
            endpoint.events = _checked_events(events)
        if is_active is not None and is_active != endpoint.is_active:
            if is_active and not Endpoint.objects.filter(is_active=True).exists():
                skip_to_now()
            endpoint.is_active = is_active
            endpoint.ended_by = "" if is_active else str(by)
            if not is_active:
                give_up_waiting([endpoint.id], "the endpoint was switched off")
        endpoint.save(update_fields=["url", "events", "is_active", "ended_by"])
        _record("change", endpoint, by, before=before, after=_told(endpoint))
    return endpoint


def rotate_secret(*, endpoint: Endpoint, by: Actor, grace: timedelta = GRACE) -> IssuedSecret:
    """Give an endpoint a new secret; for `grace` every message is signed with both."""
    secret = signing.new_secret()
    with unit_of_work():
        former = opened(endpoint.secret_sealed, endpoint.id, "secret_sealed")
        endpoint.former_sealed = sealed(former, endpoint.id, "former_sealed")
        endpoint.former_until = clock.now() + grace
        endpoint.secret_sealed = sealed(secret, endpoint.id, "secret_sealed")
        endpoint.save(update_fields=["former_sealed", "former_until", "secret_sealed"])
        _record("rotate", endpoint, by, after={"former_until": endpoint.former_until})
    return IssuedSecret(endpoint, secret)


def remove_endpoint(*, endpoint: Endpoint, by: Actor) -> None:
    """Forget an endpoint and its log."""
    with unit_of_work():
        _record("remove", endpoint, by, before=_told(endpoint))
        Delivery.objects.filter(endpoint=endpoint).delete()
        endpoint.delete()


def give_up_waiting(endpoint_ids: Collection[int], why: str) -> None:
    """Try no more what waits for these endpoints."""
    waiting = Delivery.objects.filter(endpoint_id__in=endpoint_ids, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.GIVEN_UP, last_error=why, next_at=None, ended_at=clock.now())


def sealed(secret: str, endpoint_id: int, column: str) -> str:
    """A secret as it is stored."""
    return crypto.encrypt(secret, table=_TABLE, column=column, row_id=endpoint_id)


def opened(value: str, endpoint_id: int, column: str) -> str:
    """A stored secret again. Raises Undecipherable."""
    return crypto.decrypt(value, table=_TABLE, column=column, row_id=endpoint_id)


def _checked_url(url: str) -> str:
    if len(url) > _MOST_URL:
        raise InvalidField(field="url", reason=_("has at most %d characters") % _MOST_URL)
    check_url(url)
    return url


def _checked_events(events: Collection[str]) -> list[str]:
    patterns = sorted(set(events))
    if not 1 <= len(patterns) <= _MOST_PATTERNS:
        raise InvalidField(field="events", reason=_("needs 1 to %d patterns") % _MOST_PATTERNS)
    names = [kind.name for kind in event_types()]
    for pattern in patterns:
        if not is_pattern(pattern) or not covered([pattern], names):
            raise InvalidField(field="events", reason=_("there is no event %s") % pattern)
    return patterns


def _told(endpoint: Endpoint) -> dict[str, object]:
    return {"url": endpoint.url, "events": endpoint.events, "is_active": endpoint.is_active}


def _record(
    verb: str,
    endpoint: Endpoint,
    by: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        action=f"webhooks.{verb}",
        subject_type="webhook",
        subject_id=endpoint.id,
        organisation_id=endpoint.organisation_id,
        before=before,
        after=after,
        by=by,
    )
