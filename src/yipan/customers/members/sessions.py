"""Signing in as a buyer: by phone and one-time code, or by a WeChat account that is known.

A browser holds one token for each group in a cookie of its own, apart from the sessions of people
who work here: signing in as the one never signs the other out. All of it happens in the context
of one tenant.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from yipan.customers.members.actions import MemberRef, add_identity, members_for
from yipan.customers.members.actor import member_actor
from yipan.customers.members.errors import IdentityTaken
from yipan.customers.members.events import MemberSignedIn
from yipan.customers.members.models import Member, MemberSession
from yipan.customers.members.naming import checked_phone
from yipan.customers.members.queries import member_by_identity
from yipan.customers.members.rules import PHONE, WECHAT, dialled
from yipan.kernel import clock, one_time_codes
from yipan.kernel.events import announce
from yipan.kernel.one_time_codes import CodeSent
from yipan.kernel.uow import unit_of_work

PURPOSE: Final = "member.sign_in"
LIFETIME: Final = timedelta(days=90)
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session."""

    member: Member
    token: str
    """For the browser's cookie; it is kept nowhere else."""


@dataclass(frozen=True, slots=True)
class Visit:
    """From where a buyer signs in."""

    visitor: str = ""
    """The browser's name; empty: unknown."""
    organisation_id: int | None = None
    """Whose shop it is; it counts for members who are new."""


def ask_for_code(*, phone: str, address: str) -> CodeSent:
    """Send a code to a phone as it was typed.

    Raises InvalidField, TooManyCodes, NothingSends, MessagesUsedUp.
    """
    return one_time_codes.send_code(
        purpose=PURPOSE, phone=dialled(checked_phone(phone)), address=address
    )


def sign_in_by_code(*, phone: str, code: str, visit: Visit) -> SignedIn:
    """Sign in the member who has the phone; who is new becomes one.

    Raises InvalidField, CodeWrong, CodeOver.
    """
    number = checked_phone(phone)
    one_time_codes.use_code(purpose=PURPOSE, phone=dialled(number), code=code)
    with unit_of_work():
        found = members_for(
            refs=[MemberRef(PHONE, number)],
            organisation_ids=[visit.organisation_id],
            at=clock.now(),
        )
        return begin_session(member_id=found[PHONE, number], visit=visit)


def sign_in_by_wechat(*, openid: str, visit: Visit) -> SignedIn | None:
    """Sign in the member whom WeChat knows by this name; None where nobody is known by it."""
    member = member_by_identity(scheme=WECHAT, value=openid)
    return None if member is None else begin_session(member_id=member.id, visit=visit)


def join_wechat(*, member_id: int, openid: str) -> bool:
    """Have a member who just proved the phone known by a WeChat account too.

    False where another member is known by it already: then all stays as it was.
    """
    try:
        add_identity(member_id=member_id, scheme=WECHAT, value=openid, by=member_actor(member_id))
    except IdentityTaken:
        return False
    return True


def begin_session(*, member_id: int, visit: Visit) -> SignedIn:
    """A session for a member who has proven who they are; announces MemberSignedIn."""
    token = secrets.token_urlsafe(_BYTES)
    now = clock.now()
    with unit_of_work():
        member: Member = Member.objects.get(pk=member_id)
        MemberSession.objects.create(
            member=member,
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        announce(
            MemberSignedIn(
                member_id=member_id,
                visitor=visit.visitor,
                organisation_id=visit.organisation_id,
                at=now,
            )
        )
    return SignedIn(member, token)


def member_of(token: str) -> Member | None:
    """Who is signed in with a token; one statement (index: member_session_once)."""
    if not token:
        return None
    live = MemberSession.objects.filter(token_hash=_hash(token), expires_at__gt=clock.now())
    session: MemberSession | None = live.select_related("member").first()
    return None if session is None else session.member


def end_session(token: str) -> None:
    """Sign the browser out."""
    MemberSession.objects.filter(token_hash=_hash(token)).delete()


def forget_old() -> int:
    """Remove sessions that are over; how many there were (index: member_session_age)."""
    return int(MemberSession.objects.filter(expires_at__lte=clock.now()).delete()[0])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
