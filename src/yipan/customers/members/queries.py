"""Reads of members."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from yipan.customers.members.models import Identity, Member
from yipan.customers.members.naming import opened_phone, stored_identity
from yipan.customers.members.rules import WECHAT
from yipan.group.organisations.queries import tree, within


def member_by_identity(*, scheme: str, value: str) -> Member | None:
    """The member whom a channel knows by a name; of scheme `phone` by a phone number.

    Index: identity_once. Raises InvalidField.
    """
    kept_scheme, kept = stored_identity(scheme, value)
    member: Member | None = Member.objects.filter(
        identities__scheme=kept_scheme, identities__value=kept
    ).first()
    return member


def own_phone(member: Member) -> str:
    """The number that the member signs in with, for the member's own eyes; empty where none is."""
    return opened_phone(member.phone_sealed, member.id)


def wechat_of(member_id: int) -> str:
    """The WeChat account (openid) that a member signed in with last; empty where there is none."""
    found = Identity.objects.filter(member=member_id, scheme=WECHAT).order_by("-id")
    return found.values_list("value", flat=True).first() or ""


def members_within(path: str) -> QuerySet[Member]:
    """The members first seen in a subtree; for the whole group also those seen nowhere."""
    return members_in([path])


def members_in(paths: Sequence[str]) -> QuerySet[Member]:
    """As `members_within`, for several subtrees (index: member_of_store)."""
    seen = within(paths, "organisation_id")
    if tree().root.path in paths:
        seen |= Q(organisation_id=None)
    return Member.objects.filter(seen)


def identities_of(member_ids: Sequence[int]) -> dict[int, list[Identity]]:
    """The names of members, in one statement."""
    found: dict[int, list[Identity]] = {member_id: [] for member_id in member_ids}
    for identity in Identity.objects.filter(member__in=member_ids).order_by("scheme", "id"):
        found[identity.member_id].append(identity)
    return found
