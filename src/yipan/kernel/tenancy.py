"""Tenants: one retail group each, who never meet.

Two walls: the ORM manager refuses to query without a tenant in context and filters by it; and
PostgreSQL row-level security compares `tenant_id` with the session setting that the database
wrapper (`yipan.kernel.postgresql`) keeps equal to this context.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


class TenantMissing(RuntimeError):
    """A tenant's table was touched with no tenant in context: a defect, never a user's error."""


@dataclass(slots=True)
class _Context:
    tenant_id: int
    epoch: int | None  # None: not read yet
    changed: bool = False  # configuration changed in the running transaction
    seen: dict[str, Any] = field(default_factory=dict)  # what was read of it since the last change


_context: ContextVar[_Context | None] = ContextVar("yipan_tenant", default=None)


def current_tenant_id() -> int:
    """The tenant of the running context. Raises TenantMissing."""
    context = _context.get()
    if context is None:
        message = "no tenant in context"
        raise TenantMissing(message)
    return context.tenant_id


def tenant_id_or_none() -> int | None:
    """The tenant of the running context, or None outside of any."""
    context = _context.get()
    return None if context is None else context.tenant_id


def current_context() -> _Context:
    """The context itself, for the configuration cache. Raises TenantMissing."""
    context = _context.get()
    if context is None:
        message = "no tenant in context"
        raise TenantMissing(message)
    return context


@contextmanager
def tenant_context(tenant_id: int, epoch: int | None = None) -> Iterator[None]:
    """Work as one tenant. `epoch`, where the caller just read it, saves a statement."""
    token = _context.set(_Context(tenant_id, epoch))
    try:
        yield
    finally:
        _context.reset(token)


def end_of_transaction() -> None:
    """Forget what the ended transaction changed or saw of the configuration.

    Whether it was committed or rolled back, the epoch is read again at the next use.
    """
    context = _context.get()
    if context is not None and context.changed:
        context.changed, context.epoch = False, None
        context.seen.clear()
