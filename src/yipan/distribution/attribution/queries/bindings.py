"""Bindings and coupons read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from yipan.customers.members.models import Member
from yipan.customers.members.queries import members_within
from yipan.distribution.attribution.models import Binding, Coupon
from yipan.distribution.attribution.rules import BindingFact, BindingStep
from yipan.distribution.distributors.models import Distributor
from yipan.group.organisations.queries import within as in_subtrees

# Index: binding_of_distributor, then binding_chain for whether it is a member's last row.
LIVE_OF_DISTRIBUTOR: Final = """
SELECT b.id, b.member_id, b.sequence, b.distributor_id, b.bound_at, b.valid_until, b.protected_until
  FROM attribution_binding b
 WHERE b.tenant_id = %s AND b.distributor_id = %s
   AND (b.valid_until IS NULL OR b.valid_until > %s)
   AND NOT EXISTS (SELECT 1 FROM attribution_binding n
                    WHERE n.tenant_id = b.tenant_id AND n.member_id = b.member_id
                      AND n.sequence > b.sequence)
 ORDER BY b.member_id
 LIMIT %s
"""


def live_fact(last: BindingStep, at: datetime) -> BindingFact | None:
    """The binding that a member's last row stands for at a moment, or None."""
    fact = last.fact
    return fact if fact is not None and fact.is_live(at) else None


def live_bindings(
    *,
    at: datetime,
    paths: Sequence[str],
    distributor_id: int | None = None,
    member_id: int | None = None,
) -> QuerySet[Binding]:
    """Who belongs to distributors at home in these subtrees; to be ordered by `-id`.

    Index: binding_of_distributor, binding_chain.
    """
    later = Binding.objects.filter(
        member_id=OuterRef("member_id"), sequence__gt=OuterRef("sequence")
    )
    found: QuerySet[Binding] = Binding.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at),
        ~Exists(later),
        distributor_id__in=reachable_distributors(paths),
    )
    if distributor_id is not None:
        found = found.filter(distributor_id=distributor_id)
    return found if member_id is None else found.filter(member_id=member_id)


def member_is_in_reach(member_id: int, path: str) -> bool:
    """Whether a subtree knows a member: first seen in it, or bound now or once to somebody in it.

    `/` knows every member there is.
    """
    if path == "/":
        return Member.objects.filter(pk=member_id).exists()
    return (
        members_within(path).filter(pk=member_id).exists()
        or Binding.objects.filter(
            member_id=member_id, distributor_id__in=reachable_distributors([path])
        ).exists()
    )


def bindings_of_member(member_id: int) -> QuerySet[Binding]:
    """A member's whole history, newest first (index: binding_chain)."""
    found: QuerySet[Binding] = Binding.objects.filter(member_id=member_id)
    return found.order_by("-sequence")


def coupons(*, paths: Sequence[str], distributor_id: int | None = None) -> QuerySet[Coupon]:
    """Coupons of distributors at home in these subtrees; to be ordered by `code` (coupon_code)."""
    found: QuerySet[Coupon] = Coupon.objects.filter(
        distributor_id__in=reachable_distributors(paths)
    )
    return found if distributor_id is None else found.filter(distributor_id=distributor_id)


def with_distributor(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with `distributor_name`, code and name of their distributor, in the same statement."""
    named = Distributor.objects.filter(pk=OuterRef("distributor_id")).annotate(
        full=Concat("code", Value(" "), "name")
    )
    found: QuerySet[Any] = rows.annotate(distributor_name=Subquery(named.values("full")))
    return found


def reachable_distributors(paths: Sequence[str]) -> QuerySet[Distributor, int]:
    """Ids of the distributors whose home lies in one of these subtrees."""
    found: QuerySet[Distributor, int] = Distributor.objects.filter(
        in_subtrees(paths, "organisation__path")
    ).values_list("id", flat=True)
    return found
