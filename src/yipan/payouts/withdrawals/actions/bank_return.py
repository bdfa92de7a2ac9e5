"""The bank's return files: looked at first, applied once; what does not agree stays to be seen to.

Loading a file changes nothing but the preview. Applying looks at the books again, under lock, so
that neither a second file nor a second person moves a payout twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.errors import NotFound
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.text import checked
from yipan.kernel.uow import unit_of_work
from yipan.payouts.withdrawals.actions import steps
from yipan.payouts.withdrawals.actions.transfers import end_transfers
from yipan.payouts.withdrawals.errors import (
    BreakClosed,
    ReasonMissing,
    ReturnEnded,
    ReturnKnown,
)
from yipan.payouts.withdrawals.models import (
    BankBreak,
    BankReturn,
    BankReturnLine,
    Finding,
    ReturnState,
    Withdrawal,
    WithdrawalState,
)
from yipan.payouts.withdrawals.rules.bank_findings import (
    BREAKING,
    MOVING,
    PAYS,
    Booked,
    findings,
)
from yipan.payouts.withdrawals.rules.bank_layout import ReturnRow, read

_MOST_NAME: Final = 200
_RETURN: Final = (
    "id", "tenant_id", "payer_id", "file_name", "digest", "state", "count", "uploaded_at",
    "uploaded_by", "ended_by",
)  # fmt: skip
_ONCE: Final = (
    "ON CONFLICT (tenant_id, payer_id, digest) WHERE state IN ('preview', 'applied') DO NOTHING"
)
_LINE: Final = (
    "id", "tenant_id", "bank_return_id", "line_no", "reference", "amount", "is_paid", "reason",
    "finding", "withdrawal_id",
)  # fmt: skip
_BREAK: Final = (
    "id", "tenant_id", "kind", "payer_id", "reference", "line_id", "withdrawal_id", "expected",
    "told", "owner", "opened_at", "closed_by", "resolution",
)  # fmt: skip


def load_return(*, payer_id: int, file_name: str, content: bytes, by: Actor) -> BankReturn:
    """Read a payer's return file and say what each line would do; nothing follows from it yet.

    Raises ReturnFileRefused, ReturnKnown for the same file (unless it was dropped), NotFound.
    """
    tree().node(payer_id)
    rows = read(content)
    books = _books(payer_id, rows)
    name = checked(file_name[-_MOST_NAME:] or "-", field="file", most=_MOST_NAME)
    loaded = BankReturn(
        id=next_id(),
        payer_id=payer_id,
        file_name=name,
        digest=hashlib.sha256(content).hexdigest(),
        state=ReturnState.PREVIEW,
        count=len(rows),
        uploaded_at=clock.now(),
        uploaded_by=str(by),
    )
    with unit_of_work():
        values = (
            loaded.id, current_tenant_id(), payer_id, name, loaded.digest,
            ReturnState.PREVIEW.value, len(rows), loaded.uploaded_at, loaded.uploaded_by, "",
        )  # fmt: skip
        if not sql.insert(BankReturn, _RETURN, [values], suffix=_ONCE):
            raise ReturnKnown
        _write_lines(loaded, rows, books)
        _record("withdrawals.load_bank_return", loaded, by)
    return loaded


def _books(payer_id: int, rows: Sequence[ReturnRow], *, lock: bool = False) -> dict[str, Booked]:
    """The payer's payouts that go by file, by reference; locked in the order of their ids."""
    references = list({row.reference for row in rows if row.reference})
    found = Withdrawal.objects.filter(
        reference__in=references, payer_id=payer_id, bank_file__isnull=False
    )
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    values = found.order_by("id").values_list("reference", "id", "state", "net")
    return {reference: Booked(id_, state, net) for reference, id_, state, net in values}


def _write_lines(
    loaded: BankReturn, rows: Sequence[ReturnRow], books: Mapping[str, Booked]
) -> None:
    tenant_id = current_tenant_id()
    found = findings(rows, books)
    lines = [
        (
            id_, tenant_id, loaded.id, row.line_no, row.reference, row.amount, row.is_paid,
            row.reason, finding, books[row.reference].id if row.reference in books else None,
        )
        for id_, row, finding in zip(next_ids(len(rows)), rows, found, strict=True)
    ]  # fmt: skip
    sql.insert(BankReturnLine, _LINE, lines)


def drop_return(*, return_id: int, by: Actor) -> BankReturn:
    """Do nothing with a loaded file; it may be loaded again. Raises NotFound, ReturnEnded."""
    with unit_of_work():
        loaded = _ended(return_id, ReturnState.DROPPED, by)
        _record("withdrawals.drop_bank_return", loaded, by)
    return loaded


def apply_return(*, return_id: int, by: Actor) -> BankReturn:
    """Let a loaded file have its consequences, by what the books say now.

    Payouts end as the bank says; what does not agree is opened as a break, owned by `by`; a payout
    of which the bank names another amount is in doubt, its money stays reserved. A constant number
    of statements. Raises NotFound, ReturnEnded (also for the second of two at once).
    """
    with unit_of_work():
        loaded = _ended(return_id, ReturnState.APPLIED, by)
        lines = list(loaded.lines.order_by("line_no"))
        rows = [
            ReturnRow(each.line_no, each.reference, each.amount, each.is_paid, each.reason)
            for each in lines
        ]
        books = _books(loaded.payer_id, rows, lock=True)
        for line, finding in zip(lines, findings(rows, books), strict=True):
            line.finding = finding
        BankReturnLine.objects.bulk_update(lines, ["finding"], batch_size=2_000)
        _end_payouts(lines, books, by)
        _open_breaks(loaded, lines, books, by)
        _record("withdrawals.apply_bank_return", loaded, by)
    return loaded


def _ended(return_id: int, state: ReturnState, by: Actor) -> BankReturn:
    now = clock.now()
    rows = BankReturn.objects.filter(id=return_id)
    ended = rows.filter(state=ReturnState.PREVIEW).update(
        state=state, ended_at=now, ended_by=str(by)
    )
    found: BankReturn | None = rows.first()
    if found is None:
        raise NotFound(kind="bank return", ref=return_id)
    if not ended:
        raise ReturnEnded
    return found


def _end_payouts(lines: Sequence[BankReturnLine], books: Mapping[str, Booked], by: Actor) -> None:
    paid, failed, doubted = [], {}, []
    for line in lines:
        if line.finding in MOVING:
            booked = books[line.reference]
            if line.finding == PAYS:
                paid.append(booked.id)
            else:
                failed[booked.id] = line.reason
        elif line.finding == Finding.AMOUNT_DIFFERS:
            booked = books[line.reference]
            doubted += [booked.id] if booked.state == WithdrawalState.SUBMITTED else []
    end_transfers(paid=paid, failed=failed, by=by)
    if doubted:
        why = "the bank names another amount"
        Withdrawal.objects.filter(id__in=doubted).update(state=WithdrawalState.UNKNOWN, reason=why)
        before, to = WithdrawalState.SUBMITTED, WithdrawalState.UNKNOWN
        steps.write_steps(doubted, before=before, to=to, by=by, reason=why)


def _open_breaks(
    loaded: BankReturn,
    lines: Sequence[BankReturnLine],
    books: Mapping[str, Booked],
    by: Actor,
) -> None:
    now, tenant_id = clock.now(), current_tenant_id()
    rows = []
    for line in lines:
        if line.finding in BREAKING:
            booked = books.get(line.reference)
            rows.append((
                next_id(), tenant_id, line.finding, loaded.payer_id, line.reference, line.id,
                booked.id if booked else None, booked.net if booked else None, line.amount,
                str(by), now, "", "",
            ))  # fmt: skip
    sql.insert(BankBreak, _BREAK, rows)


def take_break(*, break_id: int, by: Actor) -> BankBreak:
    """Become the one who sees to a difference. Raises NotFound, BreakClosed."""
    return _changed(break_id, by, "withdrawals.take_break", owner=str(by))


def close_break(*, break_id: int, resolution: str, by: Actor) -> BankBreak:
    """Say how a difference was resolved. Raises NotFound, ReasonMissing, BreakClosed."""
    if not resolution.strip():
        raise ReasonMissing
    told = resolution.strip()[: steps.MOST_REASON]
    given: dict[str, str | datetime] = {
        "closed_at": clock.now(), "closed_by": str(by), "resolution": told,
    }  # fmt: skip
    return _changed(break_id, by, "withdrawals.close_break", **given)


def _changed(break_id: int, by: Actor, action: str, **changes: str | datetime) -> BankBreak:
    rows = BankBreak.objects.filter(id=break_id)
    with unit_of_work():
        changed = rows.filter(closed_at__isnull=True).update(**changes)
        found: BankBreak | None = rows.first()
        if found is None:
            raise NotFound(kind="break", ref=break_id)
        if not changed:
            raise BreakClosed
        audit.record(
            action=action,
            subject_type="bank_break",
            subject_id=found.id,
            organisation_id=found.payer_id,
            after={"reference": found.reference, "kind": found.kind},
            by=by,
            reason=found.resolution,
        )
    return found


def _record(action: str, loaded: BankReturn, by: Actor) -> None:
    audit.record(
        action=action,
        subject_type="bank_return",
        subject_id=loaded.id,
        organisation_id=loaded.payer_id,
        after={
            "file": loaded.file_name,
            "sha256": loaded.digest,
            "lines": loaded.count,
            "state": str(loaded.state),
        },
        by=by,
    )
