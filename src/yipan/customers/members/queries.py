"""Reads of members."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yipan.customers.members.models import Member
from yipan.customers.members.naming import stored_identity
from yipan.group.organisations.models import Organisation


def member_by_identity(*, scheme: str, value: str) -> Member | None:
    """The member whom a channel knows by a name; of scheme `phone` by a phone number.

    Index: identity_once. Raises InvalidField.
    """
    kept_scheme, kept = stored_identity(scheme, value)
    member: Member | None = Member.objects.filter(
        identities__scheme=kept_scheme, identities__value=kept
    ).first()
    return member


def members_within(path: str) -> QuerySet[Member]:
    """The members first seen in a subtree; for the whole group also those seen nowhere."""
    organisations = Organisation.objects.filter(path__startswith=path)
    seen = Q(organisation_id__in=organisations.values("id"))
    if Organisation.objects.filter(path=path, parent=None).exists():
        seen |= Q(organisation_id=None)
    return Member.objects.filter(seen)
