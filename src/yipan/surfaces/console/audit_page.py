"""The audit trail: what to look for, what is shown of an entry, and whether the chain is whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.db.models import Q, QuerySet, Sum
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _t

from yipan.group.organisations.queries import tree, within
from yipan.group.people.columns import address_of
from yipan.kernel.models import AuditEntry
from yipan.kernel.money import yuan
from yipan.ledger.models import Seal
from yipan.ledger.upkeep import broken_links
from yipan.surfaces.console.audit_words import (
    CODES,
    MONEY,
    SENTENCES,
    SUBJECTS,
    VALUES,
    codes_told_with,
)
from yipan.surfaces.console.policy_page import KINDS, changes_of
from yipan.surfaces.console.words import STEP_REASONS, actor_in_words

LONGEST_ID: Final = 18
AT_ONCE: Final = 3
"""Values that are shown at once."""
_LONGEST: Final = 80
"""Characters of a value that are shown at once."""
_MOMENT: Final = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
_POLICIES: Final = "policies."


class Change(NamedTuple):
    """A value that differs."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is shown."""

    id: int
    at: datetime
    who: str
    actor: str
    action: str
    """Its code."""
    told: str
    """What was done, in a sentence."""
    subject: str
    link: str
    organisation: str
    reason: str
    changes: list[Change]

    @property
    def more(self) -> int:
        """Values beyond those that are shown at once."""
        return len(self.changes) - AT_ONCE


def entries_in(paths: tuple[str, ...]) -> QuerySet[AuditEntry]:
    """The entries of these subtrees; those of the whole group for whoever sees headquarters."""
    wanted = within(paths, "organisation_id")
    if tree().root.path in paths:
        wanted |= Q(organisation_id__isnull=True)
    found: QuerySet[AuditEntry] = AuditEntry.objects.filter(wanted)
    return found


def matching(word: str) -> Q:
    """Entries by what was done (its code or its sentence), by who, or by the subject's number."""
    wanted = Q(action__startswith=word) | Q(actor__endswith=f":{word}")
    told = codes_told_with(word)
    if told:
        wanted |= Q(action__in=told)
    if word.isdecimal() and len(word) <= LONGEST_ID:
        wanted |= Q(subject_id=int(word))
    return wanted


def line_of(entry: AuditEntry) -> Line:
    """An entry in words, with the values that differ."""
    node = tree().by_id.get(entry.organisation_id or 0)
    before, after = entry.before or {}, entry.after or {}
    word, page = SUBJECTS.get(entry.subject_type, (entry.subject_type, ""))
    return Line(
        id=entry.id,
        at=entry.at,
        who=actor_in_words(entry.actor),
        actor=entry.actor,
        action=entry.action,
        told=_sentence(entry.action, {**before, **after}),
        subject=f"{word} {entry.subject_id}",
        link=_link(entry, page),
        organisation=node.name if node else "",
        reason=str(STEP_REASONS.get(entry.reason, entry.reason)),
        changes=_changes(entry.action, before, after),
    )


def _sentence(action: str, values: Mapping[str, Any]) -> str:
    """What was done; the code where there are no words for it."""
    told = SENTENCES.get(action)
    if told is None:
        return action
    return str(told).format_map(_Told(values))


class _Told(dict[str, Any]):
    """Values as they are told, a dash for what the entry does not have."""

    def __getitem__(self, name: str) -> str:
        return _shortened(_told(name, self.get(name))) or "–"


def _link(entry: AuditEntry, page: str) -> str:
    try:
        return address_of(apps.get_model(page), entry.subject_id) if page else ""
    except (LookupError, NoReverseMatch):  # its module is off
        return ""


def _changes(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    kind = KINDS.get(action.removeprefix(_POLICIES)) if action.startswith(_POLICIES) else None
    if kind is not None:
        return [Change(**each) for each in changes_of(kind, before, after)]
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [
        Change(
            str(VALUES.get(name, name)),
            _told(name, before.get(name)),
            _told(name, after.get(name)),
        )
        for name in names
    ]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _told(name: str, value: object) -> str:
    """A value as people read it: amounts in yuan, organisations by name, moments by the clock."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    if isinstance(value, int):
        if name in MONEY:
            return yuan(value)
        node = tree().by_id.get(value) if name in {"organisation_id", "parent_id"} else None
        return node.name if node else str(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{VALUES.get(each, each)}: {value[each]}" for each in value)
    text = str(value)
    if _MOMENT.match(text):
        moment = parse_datetime(text)
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else text
    return str(CODES.get((name, text), text))


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
