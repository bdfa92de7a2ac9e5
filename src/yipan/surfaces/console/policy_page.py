"""Policies as the console tells them: in words, with where they come from and every version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipan.distribution.attribution.actions import set_attribution_policy
from yipan.group.organisations.queries import Node, tree
from yipan.group.people.scope import Scope
from yipan.kernel import clock
from yipan.kernel.models import PolicyVersion
from yipan.kernel.modules import is_enabled
from yipan.kernel.policies import Policy, policy_in_force
from yipan.payouts.settlement.actions import set_settlement_policy
from yipan.payouts.withdrawals.actions import set_withdrawal_policy
from yipan.surfaces.console.policy_settings import (
    ATTRIBUTION,
    CHECKOUT,
    FULFILMENT,
    SETTLEMENT,
    WITHDRAWAL,
    Setting,
    defaults_of,
)
from yipan.surfaces.console.words import actor_in_words
from yipan.trade.checkout.policy import set_checkout_policy
from yipan.trade.fulfilment.policy import set_fulfilment_policy


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of policy."""

    kind: str
    name: str | Promise
    purpose: str | Promise
    icon: str
    module: str
    settings: Sequence[Setting]
    read: str
    write: str
    save: Callable[..., PolicyVersion]

    def words(self, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Every setting by its label, what is left out at its default."""
        whole = {**defaults_of(self.kind), **data}
        return [(str(each.label), each.tell(whole[each.name])) for each in self.settings]


KINDS: Final[Mapping[str, Kind]] = {
    kind.kind: kind
    for kind in (
        Kind(
            "attribution", _("Attribution policy"), _("Who is credited, and who keeps a customer"),
            "git-fork", "attribution", ATTRIBUTION, "attribution.read", "attribution.write",
            set_attribution_policy,
        ),
        Kind(
            "settlement", _("Settlement policy"), _("When commission becomes due"),
            "calendar-clock", "settlement", SETTLEMENT, "settlement.read", "settlement.write",
            set_settlement_policy,
        ),
        Kind(
            "withdrawal", _("Withdrawal policy"), _("How much is paid out, how, and who looks"),
            "wallet", "withdrawals", WITHDRAWAL, "withdrawals.read", "withdrawals.write",
            set_withdrawal_policy,
        ),
        Kind(
            "fulfilment", _("Delivery policy"), _("When a parcel counts as received"),
            "truck", "fulfilment", FULFILMENT, "fulfilment.read", "fulfilment.write",
            set_fulfilment_policy,
        ),
        Kind(
            "checkout", _("Checkout policy"), _("What delivery costs, and how much may be bought"),
            "shopping-bag", "checkout", CHECKOUT, "checkout.read", "checkout.write",
            set_checkout_policy,
        ),
    )
}  # fmt: skip


def kinds_for(scope: Scope) -> list[Kind]:
    """The kinds that somebody may read."""
    return [each for each in KINDS.values() if is_enabled(each.module) and scope.holds(each.read)]


@dataclass(frozen=True, slots=True)
class Version:
    """One version that was set here."""

    number: int
    at: datetime
    valid_from: datetime
    by: str
    reason: str
    changes: list[dict[str, str]]
    state: str
    """`planned`, `in_force` or `past`."""


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """A policy at an organisation: in force now, and what was and will be."""

    kind: Kind
    words: list[tuple[str, str]]
    version: int
    since: datetime | None
    comes_from: Node | None
    """The organisation it is inherited from; None: set here, or the built-in one."""
    is_built_in: bool
    versions: list[Version]
    may_write: bool


def cards_of(node: Node, scope: Scope) -> list[PolicyCard]:
    """The policies at an organisation; one statement besides the cache."""
    kinds = kinds_for(scope)
    rows = PolicyVersion.objects.filter(
        kind__in=[each.kind for each in kinds], organisation_id=node.id
    ).order_by("version")
    by_kind: dict[str, list[PolicyVersion]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    return [_card(kind, node, scope, by_kind.get(kind.kind, [])) for kind in kinds]


def in_force(kind: Kind, node: Node) -> Policy:
    """The policy of a kind at an organisation now."""
    return policy_in_force(kind=kind.kind, organisation_ids=node.lineage, at=clock.now())


def _card(kind: Kind, node: Node, scope: Scope, rows: Sequence[PolicyVersion]) -> PolicyCard:
    found = in_force(kind, node)
    inherited = found.organisation_id not in {None, node.id}
    return PolicyCard(
        kind=kind,
        words=kind.words(found.data),
        version=found.version,
        since=found.valid_from,
        comes_from=tree().by_id.get(found.organisation_id or 0) if inherited else None,
        is_built_in=found.id is None,
        versions=list(reversed(_versions(kind, rows, found))),
        may_write=scope.allows(kind.write, node.path),
    )


def _versions(kind: Kind, rows: Sequence[PolicyVersion], found: Policy) -> list[Version]:
    now = clock.now()
    before: Mapping[str, Any] = {}
    versions = []
    for row in rows:
        past = "in_force" if row.id == found.id else "past"
        versions.append(
            Version(
                number=row.version,
                at=row.created_at,
                valid_from=row.valid_from,
                by=actor_in_words(row.changed_by),
                reason=row.reason,
                changes=changes_of(kind, before, row.data),
                state="planned" if row.valid_from > now else past,
            )
        )
        before = row.data
    return versions


def changes_of(
    kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[dict[str, str]]:
    """What differs between two versions, in words; against the built-in one where there is none."""
    old, new = dict(kind.words(before)), dict(kind.words(after))
    return [
        {"label": label, "before": old[label], "after": told}
        for label, told in new.items()
        if old[label] != told
    ]
