"""Row ids given by the application before the insert.

Ids come in blocks from one database sequence (hi-lo): a block is fetched once and then handed
out in memory, so rows can point at each other before they are written and a batch of any size
costs no extra statement. Unique over all processes; gaps are normal; order is only rough.
"""

from __future__ import annotations

import os
import threading
from typing import Final

from django.db import connection

from yipan.kernel.process_memory import on_forget

BLOCK: Final = 65_536
SEQUENCE: Final = "yipan_id_block"

_lock = threading.Lock()
_next = 0
_end = 0
_pid = 0


def _refill() -> None:
    global _next, _end, _pid  # noqa: PLW0603 - the block is per process by design
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{SEQUENCE}')")
        (block,) = cursor.fetchone()
    _next = block * BLOCK
    _end = _next + BLOCK
    _pid = os.getpid()


def next_id() -> int:
    """One fresh 64-bit id."""
    return next_ids(1)[0]


def next_ids(count: int) -> range:
    """`count` fresh consecutive ids; at most one statement, and only when a block ran out."""
    global _next  # noqa: PLW0603
    if not 0 <= count <= BLOCK:
        message = f"count must be 0..{BLOCK}"
        raise ValueError(message)
    with _lock:
        if _pid != os.getpid() or _next + count > _end:
            _refill()
        first = _next
        _next += count
    return range(first, first + count)


@on_forget
def forget_block() -> None:
    """Drop the block in memory (after the process changed databases)."""
    global _end  # noqa: PLW0603
    with _lock:
        _end = 0
