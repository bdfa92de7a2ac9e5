"""The audit trail: what to look for, what is shown of an entry, and whether the chain is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _t

from yipan.group.organisations.queries import tree, within
from yipan.kernel.models import AuditEntry
from yipan.ledger.models import Seal
from yipan.ledger.upkeep import broken_links

LONGEST_ID: Final = 18
_SUBJECT_PAGES: Final = {
    "distributor": "console-distributor",
    "person": "admin:people_person_change",
    "order": "admin:orders_order_change",
    "withdrawal": "admin:withdrawals_withdrawal_change",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is shown."""

    id: int
    at: datetime
    who: str
    actor: str
    action: str
    subject: str
    link: str
    organisation: str
    reason: str
    changes: list[dict[str, str]]

    @property
    def more(self) -> int:
        """Values beyond the two that are shown at once."""
        return len(self.changes) - 2


def entries_in(paths: tuple[str, ...]) -> QuerySet[AuditEntry]:
    """The entries of these subtrees; those of the whole group for whoever sees headquarters."""
    wanted = within(paths, "organisation_id")
    if tree().root.path in paths:
        wanted |= Q(organisation_id__isnull=True)
    found: QuerySet[AuditEntry] = AuditEntry.objects.filter(wanted)
    return found


def matching(word: str) -> Q:
    """Entries by the beginning of an action, by who acted, or by the number of the subject."""
    wanted = Q(action__startswith=word) | Q(actor__endswith=f":{word}")
    if word.isdecimal() and len(word) <= LONGEST_ID:
        wanted |= Q(subject_id=int(word))
    return wanted


def line_of(entry: AuditEntry) -> Line:
    """An entry, with the values that differ."""
    nodes = tree().by_id
    node = nodes.get(entry.organisation_id or 0)
    return Line(
        id=entry.id,
        at=entry.at,
        who=entry.actor.split(":", 2)[-1],
        actor=entry.actor,
        action=entry.action,
        subject=f"{entry.subject_type} {entry.subject_id}",
        link=_link(entry),
        organisation=node.name if node else "",
        reason=entry.reason,
        changes=_changes(entry.before or {}, entry.after or {}),
    )


def _link(entry: AuditEntry) -> str:
    if entry.subject_type == "organisation":
        return f"{reverse('console-organisations')}?node={entry.subject_id}"
    name = _SUBJECT_PAGES.get(entry.subject_type)
    try:
        return reverse(name, args=[entry.subject_id]) if name else ""
    except NoReverseMatch:  # its module is off
        return ""


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [
        {"label": name, "before": _told(before.get(name)), "after": _told(after.get(name))}
        for name in names
    ]


def _told(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    return str(value)


@dataclass(frozen=True, slots=True)
class Chain:
    """The hash chain over the journals, as far as it goes."""

    last: Seal | None
    seals: int
    journals: int


def chain() -> Chain:
    """Two statements."""
    last = Seal.objects.order_by("-sequence").first()
    total = Seal.objects.aggregate(total=Sum("journals"))["total"] or 0
    return Chain(last, last.sequence if last else 0, total)


def faults_of_chain() -> list[str]:
    """What is wrong with the chain, link by link, worked out anew; nothing where it is whole."""
    return list(broken_links())
