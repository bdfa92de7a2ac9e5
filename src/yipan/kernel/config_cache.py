"""Configuration that is read all the time and changed rarely: the tree and the policies.

Values are cached in the process under (tenant, epoch). The epoch is a column of the tenant that
every change of configuration raises in its own transaction, so a cached value is never older than
the moment at which the epoch was read: with the API key, or on the first use in a context.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from yipan.kernel import sql
from yipan.kernel.process_memory import on_forget
from yipan.kernel.tenancy import current_context

T = TypeVar("T")
_MOST: Final = 256
_lock = threading.Lock()
_values: OrderedDict[tuple[int, int, str], Any] = OrderedDict()


def cached(name: str, load: Callable[[], T]) -> T:
    """The value of `load` for the tenant and epoch in context."""
    context = current_context()
    if context.changed:
        if name not in context.seen:
            context.seen[name] = load()
        return cast("T", context.seen[name])
    if context.epoch is None:
        row = sql.fetch_one(
            "SELECT config_epoch FROM kernel_tenant WHERE id = %s", (context.tenant_id,)
        )
        context.epoch = row[0] if row else 0
    key = (context.tenant_id, cast("int", context.epoch), name)
    with _lock:
        if key in _values:
            _values.move_to_end(key)
            return cast("T", _values[key])
    value = load()
    with _lock:
        _values[key] = value
        while len(_values) > _MOST:
            _values.popitem(last=False)
    return value


def configuration_changed() -> None:
    """Raise the epoch, inside the transaction of the change.

    Until the transaction ends nothing is cached for others: it may still be rolled back.
    """
    context = current_context()
    sql.execute(
        "UPDATE kernel_tenant SET config_epoch = config_epoch + 1 WHERE id = %s",
        (context.tenant_id,),
    )
    context.changed = True
    context.seen.clear()


def refresh() -> None:
    """Read the epoch again at the next use (long-lived contexts call this per batch)."""
    current_context().epoch = None


@on_forget
def clear() -> None:
    """Forget everything (after the process changed databases)."""
    with _lock:
        _values.clear()
