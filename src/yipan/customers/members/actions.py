"""Members and the names by which channels know them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from yipan.customers.members.errors import IdentityTaken
from yipan.customers.members.models import Identity, Member, MemberSession
from yipan.customers.members.naming import checked_phone, sealed_phone, stored_identity
from yipan.customers.members.rules import PHONE
from yipan.kernel import audit, clock, sql, text
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

_NAME: Final = 60


class MemberRef(NamedTuple):
    """A buyer as a channel names them."""

    scheme: str
    """Such as `crm`, `wechat`, `pos`; `phone` for a phone number."""
    value: str
    name: str = ""
    """How to call a member who is new."""


# A member is written only with the identity that this statement really inserted, so that of two
# transactions with one new buyer the second one writes nothing. It waits for the first one and
# does not see its rows yet: it asks again.
_FIND_OR_MAKE: Final = """
WITH ref AS MATERIALIZED (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
                         %s::bigint[], %s::bigint[])
               AS r(scheme, value, name, phone, organisation_id, member_id, identity_id)
), found AS MATERIALIZED (
    SELECT ref.scheme, ref.value, i.member_id
      FROM ref JOIN members_identity i
        ON i.tenant_id = %s AND i.scheme = ref.scheme AND i.value = ref.value
), made AS (
    INSERT INTO members_identity (id, tenant_id, member_id, scheme, value, created_at)
    SELECT ref.identity_id, %s, ref.member_id, ref.scheme, ref.value, %s::timestamptz
      FROM ref
     WHERE NOT EXISTS (
        SELECT FROM found WHERE found.scheme = ref.scheme AND found.value = ref.value)
     ORDER BY ref.scheme, ref.value
        ON CONFLICT (tenant_id, scheme, value) DO NOTHING
    RETURNING scheme, value, member_id
), members AS (
    INSERT INTO members_member (id, tenant_id, name, phone_sealed, organisation_id, created_at)
    SELECT ref.member_id, %s, ref.name, ref.phone, ref.organisation_id, %s::timestamptz
      FROM ref JOIN made USING (member_id)
)
SELECT scheme, value, member_id FROM found
UNION ALL
SELECT scheme, value, member_id FROM made
"""
_FIND: Final = """
SELECT i.scheme, i.value, i.member_id
  FROM unnest(%s::text[], %s::text[]) AS ref(scheme, value)
  JOIN members_identity i ON i.tenant_id = %s AND i.scheme = ref.scheme AND i.value = ref.value
"""


def members_for(
    *, refs: Sequence[MemberRef], organisation_ids: Sequence[int | None], at: datetime
) -> dict[tuple[str, str], int]:
    """The members that channels name, made where they are new.

    `organisation_ids` says for each ref where the buyer was seen; it counts for new members. The
    answer is by (scheme, value) as they were given. One statement for any number of refs, two
    when another transaction made the same member at the same moment. Raises InvalidField.
    """
    keys = {(ref.scheme, ref.value): stored_identity(ref.scheme, ref.value) for ref in refs}
    fresh: dict[tuple[str, str], tuple[MemberRef, int | None]] = {}
    for ref, organisation_id in zip(refs, organisation_ids, strict=True):
        fresh.setdefault(keys[ref.scheme, ref.value], (ref, organisation_id))
    if not fresh:
        return {}
    with unit_of_work():
        found = _found_or_made(fresh, at)
    return {given: found[stored] for given, stored in keys.items()}


def create_member(
    *, name: str = "", phone: str = "", organisation_id: int | None = None, by: Actor
) -> Member:
    """Write a member down who came by no channel. Raises IdentityTaken, InvalidField."""
    name = text.checked(name, field="name", most=_NAME, required=False)
    with unit_of_work():
        member: Member = Member.objects.create(
            id=next_id(), name=name, organisation_id=organisation_id, created_at=clock.now()
        )
        if phone.strip():
            set_phone(member_id=member.id, phone=phone, by=by)
            member.refresh_from_db()
        _record("create_member", member, by)
    return member


def rename_member(*, member_id: int, name: str, by: Actor) -> Member:
    """Give a member another name. Raises NotFound, InvalidField."""
    name = text.checked(name, field="name", most=_NAME, required=False)
    with unit_of_work():
        member = _locked(member_id)
        if member.name != name:
            member.name = name
            member.save(update_fields=["name"])
            _record("rename_member", member, by)
    return member


def add_identity(*, member_id: int, scheme: str, value: str, by: Actor) -> Identity:
    """Have a member known by one more name; by the same name again changes nothing.

    A phone number replaces the one before. Raises IdentityTaken, NotFound, InvalidField.
    """
    kept_scheme, kept = stored_identity(scheme, value)
    with unit_of_work():
        if kept_scheme == PHONE:
            set_phone(member_id=member_id, phone=value, by=by)
        member = _locked(member_id)
        identity, is_new = _known_by(member, kept_scheme, kept)
        if is_new:
            _record("add_identity", member, by, scheme=kept_scheme)
    return identity


def set_phone(*, member_id: int, phone: str, by: Actor) -> Member:
    """Write down a member's phone number, encrypted.

    It replaces the one before, whose sessions end.
    Raises IdentityTaken, NotFound, InvalidField.
    """
    number = checked_phone(phone)
    scheme, kept = stored_identity(PHONE, number)
    with unit_of_work():
        member = _locked(member_id)
        _identity, is_new = _known_by(member, scheme, kept)
        if is_new:
            former = member.identities.filter(scheme=PHONE).exclude(value=kept)
            if former.delete()[0]:  # whoever has that phone now is not who signed in with it
                MemberSession.objects.filter(member=member).delete()
            member.phone_sealed = sealed_phone(number, member.id)
            member.save(update_fields=["phone_sealed"])
            _record("set_phone", member, by)
    return member


def _found_or_made(
    fresh: dict[tuple[str, str], tuple[MemberRef, int | None]], at: datetime
) -> dict[tuple[str, str], int]:
    tenant_id = current_tenant_id()
    member_ids = list(next_ids(len(fresh)))
    schemes = [scheme for scheme, _value in fresh]
    values = [value for _scheme, value in fresh]
    refs = [ref for ref, _organisation_id in fresh.values()]
    columns = (
        schemes,
        values,
        [ref.name.strip()[:_NAME] for ref in refs],
        [
            sealed_phone(checked_phone(ref.value), member_id) if ref.scheme == PHONE else ""
            for ref, member_id in zip(refs, member_ids, strict=True)
        ],
        [organisation_id for _ref, organisation_id in fresh.values()],
        member_ids,
        list(next_ids(len(fresh))),
    )
    rows = sql.fetch(_FIND_OR_MAKE, (*columns, tenant_id, tenant_id, at, tenant_id, at))
    if len(rows) < len(fresh):
        rows = sql.fetch(_FIND, (schemes, values, tenant_id))
    return {(scheme, value): member_id for scheme, value, member_id in rows}


def _known_by(member: Member, scheme: str, value: str) -> tuple[Identity, bool]:
    """The identity, and whether it is new. Raises IdentityTaken."""
    columns = ("id", "tenant_id", "member_id", "scheme", "value", "created_at")
    row = (next_id(), current_tenant_id(), member.id, scheme, value, clock.now())
    conflict = "ON CONFLICT (tenant_id, scheme, value) DO NOTHING"
    is_new = bool(sql.insert(Identity, columns, [row], suffix=conflict))
    identity: Identity = Identity.objects.get(scheme=scheme, value=value)
    if identity.member_id != member.id:
        raise IdentityTaken(scheme=scheme)
    return identity, is_new


def _locked(member_id: int) -> Member:
    member: Member | None = Member.objects.select_for_update().filter(pk=member_id).first()
    if member is None:
        raise NotFound(kind="member", ref=member_id)
    return member


def _record(verb: str, member: Member, by: Actor, *, scheme: str = "") -> None:
    audit.record(
        action=f"members.{verb}",
        subject_type="member",
        subject_id=member.id,
        organisation_id=member.organisation_id,
        after={"scheme": scheme} if scheme else {},
        by=by,
    )
