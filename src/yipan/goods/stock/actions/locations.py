"""Places that hold stock.

Locations are configuration: read with every order and changed rarely, so they are cached like the
organisation tree.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from yipan.goods.stock.errors import LocationCodeTaken
from yipan.goods.stock.models import Location, LocationKind
from yipan.group.organisations.queries import tree
from yipan.kernel import audit, config_cache, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.uow import unit_of_work

_CODE: Final = 40
_NAME: Final = 120


def create_location(
    *,
    organisation_id: int,
    kind: str,
    code: str,
    name: str,
    is_default: bool = False,
    by: Actor,
) -> Location:
    """Add a warehouse or the stock room of a store.

    `is_default`: orders of the organisation that name no location take from here, instead of from
    the one that was it before. Raises LocationCodeTaken, NotFound (organisation), InvalidField.
    """
    code = text.checked_code(code, most=_CODE)
    name = text.checked(name, field="name", most=_NAME)
    if kind not in LocationKind.values:
        raise InvalidField(field="kind", reason=_("is one of %s") % ", ".join(LocationKind.values))
    with unit_of_work():
        config_cache.configuration_changed()  # one after another, by the tenant's row
        tree().node(organisation_id)
        if Location.objects.filter(code=code).exists():
            raise LocationCodeTaken(value=code)
        if is_default:
            _no_default(organisation_id)
        location: Location = Location.objects.create(
            organisation_id=organisation_id, kind=kind, code=code, name=name, is_default=is_default
        )
        _record("create_location", location, by, {"code": code, "is_default": is_default})
    return location


def rename_location(*, location_id: int, name: str, by: Actor) -> Location:
    """Give a location another name. Raises NotFound, InvalidField."""
    name = text.checked(name, field="name", most=_NAME)
    with unit_of_work():
        config_cache.configuration_changed()
        location = _found(location_id)
        location.name = name
        location.save(update_fields=["name"])
        _record("rename_location", location, by, {"name": name})
    return location


def make_default_location(*, location_id: int, by: Actor) -> Location:
    """Have orders of its organisation that name no location take from here. Raises NotFound."""
    with unit_of_work():
        config_cache.configuration_changed()
        location = _found(location_id)
        if not location.is_default:
            _no_default(location.organisation_id)
            location.is_default = True
            location.save(update_fields=["is_default"])
            _record("make_default_location", location, by, {"is_default": True})
    return location


def _no_default(organisation_id: int) -> None:
    Location.objects.filter(organisation_id=organisation_id, is_default=True).update(
        is_default=False
    )


def _found(location_id: int) -> Location:
    location: Location | None = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise NotFound(kind="location", ref=location_id)
    return location


def _record(verb: str, location: Location, by: Actor, after: dict[str, object]) -> None:
    audit.record(
        action=f"stock.{verb}",
        subject_type="location",
        subject_id=location.id,
        organisation_id=location.organisation_id,
        after=after,
        by=by,
    )
