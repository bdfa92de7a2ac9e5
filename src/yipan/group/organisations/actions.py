"""Changes of the tree.

Every action first raises the tenant's configuration epoch. That locks the tenant's row, so changes
of one tree are made one after another and what is read after it is what is changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils.translation import gettext as _

from yipan.group.organisations import rules
from yipan.group.organisations.errors import (
    HeadquartersStay,
    OrganisationClosed,
    OrganisationCodeTaken,
    OrganisationHasOpenChildren,
    TenantCodeTaken,
)
from yipan.group.organisations.models import Level, Organisation, OrganisationMove
from yipan.group.organisations.placement import place_subtree
from yipan.kernel import audit, clock, config_cache, text, uow
from yipan.kernel.actor import SYSTEM, Actor
from yipan.kernel.errors import InvalidField, NotFound
from yipan.kernel.ids import next_id
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id, tenant_context
from yipan.kernel.uow import unit_of_work

_CODE: Final = 40
_NAME: Final = 120
_CITY: Final = 60
_ADDRESS: Final = 200
_REASON: Final = 500
_TENANT_CODE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_MOVE_COLUMNS: Final = (
    "id", "tenant_id", "organisation_id", "from_parent_id", "to_parent_id", "moved_at", "moved_by",
    "reason",
)  # fmt: skip


def create_tenant(
    *,
    code: str,
    name: str,
    timezone: str = "Asia/Shanghai",
    currency: str = "CNY",
    headquarters_code: str = "HQ",
    by: Actor = SYSTEM,
) -> Tenant:
    """Found a retail group: the tenant and its headquarters, which bears the group's name.

    `code` is the group's short name in sign-in and API keys and never changes: Latin letters,
    digits, `-` and `_`. Not to be called inside the unit of work of another tenant.

    Raises TenantCodeTaken, InvalidField.
    """
    tenant = Tenant(
        code=text.checked_code(code, most=_CODE),
        name=text.checked(name, field="name", most=_NAME),
        timezone=_checked_zone(timezone),
        currency=currency,
    )
    if not _TENANT_CODE.fullmatch(tenant.code):
        raise InvalidField(field="code", reason=_("has Latin letters, digits, - and _ only"))
    if not _CURRENCY.fullmatch(currency):
        raise InvalidField(field="currency", reason=_("is three capital letters, such as CNY"))
    try:
        with tenant_context(tenant.id, tenant.config_epoch), unit_of_work():
            tenant.save(force_insert=True)
            create_headquarters(code=headquarters_code, name=tenant.name, by=by)
    except IntegrityError as error:
        if Tenant.objects.filter(code=tenant.code).exists():
            raise TenantCodeTaken(value=tenant.code) from error
        raise
    return tenant


def create_headquarters(*, code: str, name: str, by: Actor = SYSTEM) -> Organisation:
    """Plant the root of the tenant in context. Raises HeadquartersStay, InvalidField."""
    with unit_of_work():
        config_cache.configuration_changed()
        if Organisation.objects.filter(parent=None).exists():
            raise HeadquartersStay
        return _created(None, Level.HEADQUARTERS, code, name, by=by)


def create_organisation(
    *,
    parent: Organisation,
    level: str,
    code: str,
    name: str,
    city: str = "",
    address: str = "",
    by: Actor,
) -> Organisation:
    """Hang a new organisation under another.

    Its own distribution switch is on. `level` is one of `Level`, see `rules.check_place`.

    Raises LevelUnknown, LevelRefused, StoreNeedsCompany, OrganisationCodeTaken,
    OrganisationClosed, InvalidField.
    """
    with unit_of_work():
        above = _locked(parent)
        rules.check_place(level=level, parent_level=above.level)
        _check_open(above)
        return _created(above, level, code, name, city=city, address=address, by=by)


def describe_organisation(
    *,
    organisation: Organisation,
    by: Actor,
    name: str | None = None,
    city: str | None = None,
    address: str | None = None,
) -> Organisation:
    """Change the name or the place; None leaves a value as it is. Raises InvalidField."""
    wanted = {
        field: text.checked(value, field=field, most=most, required=field == "name")
        for field, value, most in (
            ("name", name, _NAME),
            ("city", city, _CITY),
            ("address", address, _ADDRESS),
        )
        if value is not None
    }
    with unit_of_work():
        node = _locked(organisation)
        before = {field: getattr(node, field) for field in wanted}
        if before == wanted:
            return node
        for field, value in wanted.items():
            setattr(node, field, value)
        node.save(update_fields=list(wanted))
        _record("describe", node, by, before=before, after=wanted)
    return node


def rename(*, organisation: Organisation, name: str, by: Actor) -> Organisation:
    """Give an organisation another name. Raises InvalidField."""
    return describe_organisation(organisation=organisation, name=name, by=by)


def switch_distribution(
    *, organisation: Organisation, on: bool, by: Actor, reason: str = ""
) -> Organisation:
    """Switch distribution on or off at one node.

    It is effective where it is on at the node and at every ancestor: the whole subtree is worked
    out again in one statement.
    """
    with unit_of_work():
        node = _locked(organisation)
        if node.distribution_on == on:
            return node
        Organisation.objects.filter(pk=node.pk).update(distribution_on=on)
        place_subtree(node.id)
        _record(
            "switch_distribution", node, by,
            before={"distribution_on": not on}, after={"distribution_on": on}, reason=reason,
        )  # fmt: skip
        return _read_again(node)


def move_organisation(
    *, organisation: Organisation, to_parent: Organisation, by: Actor, reason: str
) -> Organisation:
    """Hang a node, with all below it, under another parent.

    Paths, companies and the effect of the switches are worked out again for the whole subtree in
    one statement; what already happened keeps the organisation it happened in. Two moves at once
    are made one after the other, so together they cannot make a cycle.

    Raises HeadquartersStay, MoveMakesCycle, LevelRefused, StoreNeedsCompany, OrganisationClosed,
    InvalidField (reason).
    """
    why = text.checked(reason, field="reason", most=_REASON)
    with unit_of_work():
        node = _locked(organisation)
        above = _read_again(to_parent)
        if node.parent_id is None:
            raise HeadquartersStay
        if node.parent_id == above.id:
            return node
        rules.check_no_cycle(name=node.name, path=node.path, parent_path=above.path)
        rules.check_place(level=node.level, parent_level=above.level)
        _check_open(above)
        Organisation.objects.filter(pk=node.pk).update(parent=above)
        place_subtree(node.id)
        row = (
            next_id(), current_tenant_id(), node.id, node.parent_id, above.id,
            clock.now(), str(by), why,
        )  # fmt: skip
        uow.append(OrganisationMove, _MOVE_COLUMNS, row)
        moved = _read_again(node)
        _record(
            "move", moved, by, reason=why,
            before={"parent_id": node.parent_id, "path": node.path},
            after={"parent_id": above.id, "path": moved.path},
        )  # fmt: skip
    return moved


def close_organisation(*, organisation: Organisation, by: Actor, reason: str) -> Organisation:
    """Close a node for good or until it is opened again; distribution is off while it is closed.

    Raises HeadquartersStay, OrganisationHasOpenChildren, InvalidField (reason).
    """
    why = text.checked(reason, field="reason", most=_REASON)
    with unit_of_work():
        node = _locked(organisation)
        if node.parent_id is None:
            raise HeadquartersStay
        if not node.is_active:
            return node
        open_children = Organisation.objects.filter(parent=node, is_active=True).count()
        if open_children:
            raise OrganisationHasOpenChildren(organisation=node.name, count=open_children)
        return _opened(node, is_active=False, by=by, reason=why)


def reopen_organisation(*, organisation: Organisation, by: Actor, reason: str) -> Organisation:
    """Open a closed node again. Raises OrganisationClosed (its parent), InvalidField (reason)."""
    why = text.checked(reason, field="reason", most=_REASON)
    with unit_of_work():
        node = _locked(organisation)
        if node.is_active:
            return node
        if node.parent is not None:
            _check_open(node.parent)
        return _opened(node, is_active=True, by=by, reason=why)


def _opened(node: Organisation, *, is_active: bool, by: Actor, reason: str) -> Organisation:
    Organisation.objects.filter(pk=node.pk).update(is_active=is_active)
    place_subtree(node.id)
    _record(
        "reopen" if is_active else "close", node, by, reason=reason,
        before={"is_active": not is_active}, after={"is_active": is_active},
    )  # fmt: skip
    return _read_again(node)


def _created(
    parent: Organisation | None,
    level: str,
    code: str,
    name: str,
    *,
    by: Actor,
    city: str = "",
    address: str = "",
) -> Organisation:
    node = Organisation(
        id=next_id(),
        parent=parent,
        level=level,
        code=text.checked_code(code, most=_CODE),
        name=text.checked(name, field="name", most=_NAME),
        city=text.checked(city, field="city", most=_CITY, required=False),
        address=text.checked(address, field="address", most=_ADDRESS, required=False),
        distribution_effective=parent is None or parent.distribution_effective,
        created_at=clock.now(),
    )
    node.path = f"{parent.path if parent else '/'}{node.id}/"
    node.company_id = node.id if level == Level.COMPANY else (parent.company_id if parent else None)
    if Organisation.objects.filter(code=node.code).exists():
        raise OrganisationCodeTaken(value=node.code)
    node.save(force_insert=True)
    after = {"code": node.code, "name": node.name, "level": level, "parent_id": node.parent_id}
    _record("create", node, by, after=after)
    return node


def _locked(organisation: Organisation) -> Organisation:
    """The node as it stands under the lock of the tree."""
    config_cache.configuration_changed()
    return _read_again(organisation)


def _read_again(organisation: Organisation) -> Organisation:
    found: Organisation | None = (
        Organisation.objects.select_related("parent").filter(pk=organisation.pk).first()
    )
    if found is None:
        raise NotFound(kind="organisation", ref=organisation.pk)
    return found


def _check_open(organisation: Organisation) -> None:
    if not organisation.is_active:
        raise OrganisationClosed(organisation=organisation.name)


def _checked_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        reason = _("is not a time zone such as Asia/Shanghai")
        raise InvalidField(field="timezone", reason=reason) from error


def _record(
    action: str,
    node: Organisation,
    by: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        action=f"organisations.{action}",
        subject_type="organisation",
        subject_id=node.id,
        organisation_id=node.id,
        before=before,
        after=after,
        by=by,
        reason=reason,
    )
