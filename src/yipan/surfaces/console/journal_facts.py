"""The business facts behind journals, out of their keys: what they are called and where they are.

A constant number of statements, however many journals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from yipan.distribution.commissions.models import Entry
from yipan.distribution.commissions.queries.filtering import with_names
from yipan.ledger.models import Journal
from yipan.payouts.settlement.models import ReleaseBatch
from yipan.payouts.withdrawals.models import Withdrawal

_OF_LINE: Final = frozenset({"accrual", "reversal"})
_OF_ENTRY: Final = frozenset({"release", "offset"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What a journal books. Ids are 0 where there is none."""

    name: str
    """Number of the order, or reference of the withdrawal."""
    distributor_id: int
    distributor: str
    entry_id: int = 0
    order_id: int = 0
    withdrawal_id: int = 0
    batch_id: int = 0

    @property
    def kind(self) -> str:
        """The model whose page it is."""
        return "commissions.Entry" if self.entry_id else "withdrawals.Withdrawal"

    @property
    def id(self) -> int:
        """Of that model."""
        return self.entry_id or self.withdrawal_id


def facts_of(journals: Sequence[Journal], *, batches: bool = False) -> dict[int, Fact]:
    """Journal → the fact it books; left out where it is none of ours. At most three statements."""
    parts = {journal.id: journal.key.split(":") for journal in journals}
    entries = _entries(parts.values())
    withdrawals = _withdrawals(parts.values())
    moments = {entry.released_at for entry in entries.values()} if batches else set()
    released = _batches([moment for moment in moments if moment])
    found = {}
    for id_, key in parts.items():
        entry, withdrawal = entries.get(_place(key)), withdrawals.get(key[1])
        if entry is not None:
            found[id_] = Fact(
                entry.order_number or "",
                entry.distributor_id,
                entry.distributor_name or "",
                entry_id=entry.id,
                order_id=entry.order_id,
                batch_id=released.get(entry.released_at, 0) if key[0] in _OF_ENTRY else 0,
            )
        elif key[0] == "withdrawal" and withdrawal is not None:
            owner = withdrawal.distributor
            found[id_] = Fact(
                withdrawal.reference, owner.id, owner.name, withdrawal_id=withdrawal.id
            )
    return found


def _place(key: Sequence[str]) -> tuple[str, ...]:
    """How an entry is found: line, role and sequence, or its id."""
    if key[0] in _OF_LINE:
        return (key[1], key[2], key[3] if key[0] == "reversal" else "0")
    return (key[1],) if key[0] in _OF_ENTRY else ()


def _entries(keys: Iterable[Sequence[str]]) -> Mapping[tuple[str, ...], Any]:
    places = {_place(key) for key in keys}
    lines = {place[0] for place in places if len(place) > 1}
    ids = {place[0] for place in places if len(place) == 1}
    if not lines and not ids:
        return {}
    wanted = Q(line_id__in=lines) if lines else Q()
    wanted |= Q(id__in=ids) if ids else Q()
    found: dict[tuple[str, ...], Any] = {}
    for entry in with_names(Entry.objects.filter(wanted)):
        found[str(entry.line_id), entry.role, str(entry.sequence)] = entry
        found[(str(entry.id),)] = entry
    return found


def _withdrawals(keys: Iterable[Sequence[str]]) -> Mapping[str, Withdrawal]:
    ids = {key[1] for key in keys if key[0] == "withdrawal"}
    if not ids:
        return {}
    rows = Withdrawal.objects.filter(id__in=ids).select_related("distributor")
    return {str(row.id): row for row in rows}


def _batches(moments: Sequence[object]) -> Mapping[object, int]:
    if not moments:
        return {}
    rows = ReleaseBatch.objects.filter(released_at__in=moments)
    return dict(rows.values_list("released_at", "id"))
