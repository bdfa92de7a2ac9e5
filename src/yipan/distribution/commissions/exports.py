"""Entries as a file: exactly those that a list shows, with their sum to the fen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yipan.distribution.commissions.queries.filtering import entries_where, with_names
from yipan.distribution.commissions.sentences import entry_sentence
from yipan.group.organisations.queries import tree
from yipan.kernel.long_work import Outcome, Task
from yipan.kernel.sheets import KINDS, Cell, write, yuan_cell
from yipan.kernel.zones import zone

KIND: Final = "commissions.export"
PERMISSION: Final = "commissions.read"
_AT_ONCE: Final = 1_000
_TIME: Final = "%Y-%m-%d %H:%M:%S"


def export_entries(task: Task) -> Outcome:
    """Write the entries that `task.arguments` let through: `paths`, `filters`, `format`.

    One statement reads them through a cursor, so that what is written is one state of the books
    and memory does not grow with it.
    """
    given = task.arguments
    kind = given["format"] if given["format"] in KINDS else "csv"
    found = entries_where(given["paths"], given["filters"])
    task.expect(found.count())
    sums = {"rows": 0, "amount": 0}
    name = f"{_('commission entries')}-{timezone.localdate():%Y%m%d}.{kind}"
    with task.result(name, KINDS[kind]) as out:
        _write(out, kind, found, task, sums)
    return Outcome({_("entries"): sums["rows"], _("sum in fen"): sums["amount"]})


def _write(out: IO[bytes], kind: str, found: Any, task: Task, sums: dict[str, int]) -> None:
    rows = with_names(found).order_by("-paid_at", "-id").defer("currency")  # as on the page
    with transaction.atomic(), timezone.override(zone()):
        write(out, kind, _head(), _rows(rows.iterator(chunk_size=_AT_ONCE), task, sums))


def _head() -> Sequence[str]:
    return (
        _("paid at"), _("booked at"), _("order"), _("kind"), _("role"), _("distributor code"),
        _("distributor"), _("organisation code"), _("organisation"), _("company that bears it"),
        _("SKU code"), _("SKU"), _("amount in yuan"), _("left after reversals in yuan"),
        _("state"), _("due at"), _("released at"), _("why"), _("entry number"),
    )  # fmt: skip


def _rows(found: Iterator[Any], task: Task, sums: dict[str, int]) -> Iterator[Sequence[Cell]]:
    nodes, language = tree().by_id, get_language() or "zh-hans"
    for entry in found:
        sums["rows"] += 1
        sums["amount"] += entry.amount
        if not sums["rows"] % _AT_ONCE:
            task.advance(_AT_ONCE)
        yield _cells(entry, nodes, language)


def _cells(entry: Any, nodes: Mapping[int, Any], language: str) -> Sequence[Cell]:
    store, company = nodes[entry.organisation_id], nodes[entry.company_id]
    return (
        _when(entry.paid_at), _when(entry.recorded_at), entry.order_number,
        entry.get_kind_display(), entry.get_role_display(), entry.distributor_code,
        entry.distributor_name, store.code, store.name, company.name, entry.sku_code,
        entry.sku_name, yuan_cell(entry.amount), yuan_cell(entry.remaining),
        standing_word(entry), _when(entry.due_at), _when(entry.released_at),
        entry_sentence(entry, language), str(entry.id),
    )  # fmt: skip


def _when(moment: Any) -> str:
    return timezone.localtime(moment).strftime(_TIME) if moment else ""


def standing_word(entry: Any) -> str:
    """Where an accrual stands, in a word; empty for a reversal. The row is of `with_names`."""
    if entry.remaining is None:
        return ""
    if entry.released_at:
        return _("released")
    return _("held") if entry.held else _("pending")
