"""Rules for screens and programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from yipan.distribution.pool.models import CommissionRule
from yipan.distribution.pool.offering import EVERYWHERE
from yipan.distribution.pool.queries.books import RuleBook, Version, rule_books
from yipan.group.organisations.queries import tree
from yipan.kernel.errors import NotFound


def rules_in_reach(
    paths: Sequence[str], *, code: str = "", text: str = "", bare: bool | None = None
) -> QuerySet[CommissionRule]:
    """The rules kept in these subtrees, and those above that they may use.

    `text` is looked for in code and name; `bare` tells rules for bare amounts from the others.
    """
    keepers = [
        node.id
        for node in tree().by_id.values()
        if any(path.startswith(node.path) or node.path.startswith(path) for path in paths)
    ]
    found: QuerySet[CommissionRule] = CommissionRule.objects.filter(
        organisation_id__in=keepers
    ).select_related("organisation")
    if code:
        found = found.filter(code=code)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if bare is not None:
        found = found.exclude(bare_terms="") if bare else found.filter(bare_terms="")
    return found


def rule_in_reach(rule_id: int, paths: Sequence[str]) -> CommissionRule:
    """One of them. Raises NotFound."""
    found = rules_in_reach(paths).filter(id=rule_id).first()
    if found is None:
        raise NotFound(kind="rule", ref=rule_id)
    return found


def book_in_reach(rule_id: int, paths: Sequence[str] = EVERYWHERE) -> RuleBook:
    """A rule with its versions, the last one written first. Raises NotFound."""
    return rule_books([rule_in_reach(rule_id, paths).id])[rule_id]


def version_at(rule_id: int, at: datetime, paths: Sequence[str] = EVERYWHERE) -> Version:
    """The version of a rule in force at a moment. Raises NotFound."""
    version = book_in_reach(rule_id, paths).at(at)
    if version is None:
        raise NotFound(kind="rule version", ref=f"{rule_id} at {at.isoformat()}")
    return version
