"""Making a database ready: the application's role, and its schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import make_conninfo

_MIGRATING: Final = 823_469
"""Number of the lock that one migration at a time holds."""


def ensure_app_role(owner_url: str, role: str, password: str) -> None:
    """Create the application's role, or set its password again.

    Needs an owner who may create roles; where roles are managed by hand, create it there and set
    DATABASE_APP_URL instead. Raises psycopg.Error.
    """
    if _may_sign_in(owner_url, role, password):
        return
    with psycopg.connect(owner_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = "ALTER" if found else "CREATE"
        statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _may_sign_in(owner_url: str, role: str, password: str) -> bool:
    try:
        psycopg.connect(make_conninfo(owner_url, user=role, password=password)).close()
    except psycopg.OperationalError:
        return False
    return True


def missing_migrations(using: str = "default") -> list[str]:
    """Names of the migrations that have not been applied, such as `orders.0002_indexes`."""
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(owner_url: str, **options: Any) -> None:
    """Apply the migrations and put up the walls; one process at a time, the others wait.

    `options` go to Django's command `migrate`.
    """
    with _alone(owner_url):
        call_command("migrate", database="owner", interactive=False, **options)


@contextmanager
def _alone(owner_url: str) -> Iterator[None]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_MIGRATING,))
        yield
