"""Unit of work: one transaction for a use case, and rows written once at its end.

Append-only rows that nothing in the transaction reads back (outbox, facts) are gathered and
inserted in one statement per table just before the commit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import models, transaction

from yipan.kernel import sql

_Key = tuple[type[models.Model], tuple[str, ...]]


class _State(threading.local):
    buffers: dict[_Key, list[Sequence[object]]] | None = None


_state = _State()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Atomic; nested uses join the outer one without a savepoint.

    An error inside must reach the outermost block, which rolls everything back.
    """
    if _state.buffers is not None:
        yield
        return
    _state.buffers = {}
    try:
        with transaction.atomic():
            yield
            _flush(_state.buffers)
    finally:
        _state.buffers = None


def append(model: type[models.Model], columns: tuple[str, ...], row: Sequence[object]) -> None:
    """Have a row inserted at the end of the running unit of work."""
    if _state.buffers is None:
        message = "append needs a running unit of work"
        raise RuntimeError(message)
    _state.buffers.setdefault((model, columns), []).append(row)


def _flush(buffers: dict[_Key, list[Sequence[object]]]) -> None:
    for (model, columns), rows in buffers.items():
        sql.insert(model, columns, rows)
