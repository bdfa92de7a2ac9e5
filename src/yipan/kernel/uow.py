"""Unit of work: one transaction for a use case, and rows written once at its end.

Append-only rows that nothing in the transaction reads back (outbox, facts, audit) are gathered and
inserted just before the commit, all tables in one statement.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from yipan.kernel import sql
from yipan.kernel.tenancy import end_of_transaction

_Key = tuple[type[models.Model], tuple[str, ...], str]


@dataclass(slots=True)
class _Work:
    buffers: dict[_Key, list[Sequence[object]]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


class _State(threading.local):
    work: _Work | None = None


_state = _State()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Atomic; nested uses join the outer one without a savepoint.

    An error inside must reach the outermost block, which rolls everything back.
    """
    if _state.work is not None:
        yield
        return
    _state.work = work = _Work()
    try:
        with transaction.atomic():
            yield
            _flush(work)
    finally:
        _state.work = None
        end_of_transaction()


def append(
    model: type[models.Model],
    columns: tuple[str, ...],
    row: Sequence[object],
    *,
    on_conflict: str = "",
) -> None:
    """Have a row inserted at the end of the running unit of work.

    `on_conflict` is an ON CONFLICT clause, the same for all rows of the table.
    """
    _running().buffers.setdefault((model, columns, on_conflict), []).append(row)


def is_running() -> bool:
    """Whether a unit of work runs, so that there are notes to look into."""
    return _state.work is not None


def notes() -> dict[str, Any]:
    """What modules note for themselves while the unit of work runs, under `module.thing`."""
    return _running().notes


def _running() -> _Work:
    if _state.work is None:
        message = "this needs a running unit of work"
        raise RuntimeError(message)
    return _state.work


def _flush(work: _Work) -> None:
    if not work.buffers:
        return
    inserts, params = [], []
    for number, ((model, columns, conflict), rows) in enumerate(work.buffers.items()):
        inserts.append(f"w{number} AS ({sql.insert_statement(model, columns)} {conflict})")
        params.extend(sql.columnwise(model, columns, rows))
    sql.execute(f"WITH {', '.join(inserts)} SELECT 1", params)
