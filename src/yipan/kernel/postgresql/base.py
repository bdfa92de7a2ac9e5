"""A PostgreSQL wrapper that keeps the session setting `yipan.tenant_id` equal to the context."""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from yipan.kernel.tenancy import tenant_id_or_none

SETTING = "yipan.tenant_id"
_UNKNOWN = object()


class DatabaseWrapper(base.DatabaseWrapper):
    """Sends the tenant setting only when it changed, just before the next cursor is used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tenant_in_session: object = _UNKNOWN

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._tenant_in_session = _UNKNOWN
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        self._carry_tenant()
        return super().create_cursor(name)

    def prepared_cursor(self) -> Any:
        """A cursor that binds on the server, so that repeated statements are planned once."""
        self.ensure_connection()
        self._carry_tenant()
        return self._prepare_cursor(psycopg.Cursor(self.connection))  # type: ignore[attr-defined]

    def _carry_tenant(self) -> None:
        wanted = tenant_id_or_none()
        if wanted == self._tenant_in_session or self.connection is None:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return  # only the rollback is possible now, and it needs no tenant
        value = "" if wanted is None else str(wanted)
        with psycopg.Cursor(self.connection) as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", (SETTING, value))
        self._tenant_in_session = wanted

    def close_if_unusable_or_obsolete(self) -> None:
        """Before and after each request: also let a connection go that the server has hung up.

        Else the first request of every thread after a restart of the database would fail.
        """
        if self.connection is not None and not self.in_atomic_block and _was_heard(self.connection):
            self.errors_occurred = True  # so that it is tried, and closed if it is of no use
        super().close_if_unusable_or_obsolete()

    # A rollback takes the setting back too, so what we remember is worth nothing after it.
    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._tenant_in_session = _UNKNOWN

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._tenant_in_session = _UNKNOWN


def _was_heard(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server said something unasked: mostly that it ends, or nothing any more."""
    try:
        listening = select.poll()
        listening.register(connection.fileno(), select.POLLIN)
    except (psycopg.Error, OSError, ValueError):
        return True
    return bool(listening.poll(0))
