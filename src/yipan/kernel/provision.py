"""Making a database ready for its first migration."""

from __future__ import annotations

import psycopg
from psycopg import sql


def ensure_app_role(owner_url: str, role: str, password: str) -> None:
    """Create the application's role, or set its password again.

    Needs an owner who may create roles; where roles are managed by hand, create it there and set
    DATABASE_APP_URL instead. Raises psycopg.Error.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = "ALTER" if found else "CREATE"
        statement = sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
