"""How far long work is, written beside its transaction so that everybody sees it at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from django.db import OperationalError, connection

from yipan.kernel import clock
from yipan.kernel.tenancy import current_tenant_id

EVERY_SECONDS: Final = 0.5
_PATIENCE: Final = "SET lock_timeout = '200ms'"
_TELL: Final = """
UPDATE kernel_longwork SET done = %s, total = %s, seen_at = %s
 WHERE tenant_id = %s AND id = %s
RETURNING cancel_asked
"""


@dataclass(slots=True)
class Progress:
    """Counts steps; tells them on a connection of its own, twice a second at most."""

    work_id: int
    done: int = 0
    total: int = 0
    cancel_asked: bool = False
    _told: float = 0.0
    _side: Any = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._side is not None:
            self._side.close()
            self._side = None

    def expect(self, total: int, *, done: int = 0) -> None:
        """So many steps, of which some are done; told at once."""
        self.total, self.done = total, done
        self._tell()

    def advance(self, steps: int) -> None:
        """So many more steps are done."""
        self.done += steps
        if time.monotonic() - self._told >= EVERY_SECONDS:
            self._tell()

    def _tell(self) -> None:
        if self._side is None:
            self._side = connection.copy()
            with self._side.cursor() as cursor:
                cursor.execute(_PATIENCE)
        self._told = time.monotonic()
        given = (self.done, self.total, clock.now(), current_tenant_id(), self.work_id)
        try:
            with self._side.cursor() as cursor:
                cursor.execute(_TELL, given)
                row = cursor.fetchone()
        except OperationalError:
            return  # the work's own transaction holds the row: it will say so itself
        self.cancel_asked = bool(row and row[0])
