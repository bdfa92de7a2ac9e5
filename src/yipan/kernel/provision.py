"""Making a database ready, as far as it goes without Django: role, and mark of the schema."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

_MIGRATING: Final = 823_469
"""Number of the lock that one migration at a time holds."""
_WITH_TABLES: Final = ("django", "procrastinate")
"""Packages whose tables stand beside ours."""


def ensure_app_role(owner_url: str, role: str, password: str) -> None:
    """Create the application's role, or set its password again.

    Needs an owner who may create roles; where roles are managed by hand, create it there and set
    DATABASE_APP_URL instead. Raises psycopg.Error.
    """
    if may_sign_in(owner_url, role, password):
        return
    with psycopg.connect(owner_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        # Only a superuser may name NOSUPERUSER once the role is there.
        wanted = (
            "ALTER ROLE {} LOGIN PASSWORD {}"
            if found
            else "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}"
        )
        statement = sql.SQL(wanted).format(sql.Identifier(role), sql.Literal(password))
        connection.execute(statement)


def may_sign_in(owner_url: str, role: str, password: str) -> bool:
    """Whether a role of the owner's server may sign in with a password."""
    try:
        psycopg.connect(make_conninfo(owner_url, user=role, password=password)).close()
    except psycopg.OperationalError:
        return False
    return True


def wanted_mark() -> str:
    """What a database of this version is marked with: a digest of all that makes its tables."""
    digest = hashlib.sha256()
    source = Path(__file__).resolve().parent.parent
    for path in sorted([*source.rglob("migrations/*.py"), source / "kernel" / "access.py"]):
        digest.update(path.relative_to(source).as_posix().encode())
        digest.update(path.read_bytes())
    for package in _WITH_TABLES:
        digest.update(f"{package} {version(package)}".encode())
    return f"yipan {digest.hexdigest()[:32]}"


def mark_of(url: str) -> str:
    """What a database is marked with; empty where it is not."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT obj_description(to_regclass('public.django_migrations'), 'pg_class')"
        ).fetchone()
    return str(row[0]) if row and row[0] else ""


def set_mark(owner_url: str, mark: str) -> None:
    """Mark a database, so that the next start need not look at every migration."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        statement = sql.SQL("COMMENT ON TABLE public.django_migrations IS {}")
        connection.execute(statement.format(sql.Literal(mark)))


@contextmanager
def one_at_a_time(owner_url: str) -> Iterator[None]:
    """One process at a time changes the schema; the others wait."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_MIGRATING,))
        yield
