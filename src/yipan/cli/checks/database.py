"""The database: reachable, new enough, up to date, durable, and walled between tenants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from yipan.cli.checks.finding import Finding, ok, warning, wrong
from yipan.cli.database import OLDEST
from yipan.kernel import clock, crypto
from yipan.kernel.access import tenant_models
from yipan.kernel.migrating import missing_migrations
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

_DATABASE: Final = "database"
_WALLS: Final = "walls"
_CLOCK: Final = "clock"
_KEYS: Final = "keys"
_SKEW_WARNING: Final = timedelta(seconds=2)
_SKEW_WRONG: Final = timedelta(seconds=30)
_DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
_OWNED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'MEMBER')
 ORDER BY 1 LIMIT 1
"""


def check_reach() -> Iterator[Finding]:
    """Whether both ways into the database work; the first finding is wrong where one does not."""
    with psycopg.connect(settings.YIPAN_DATABASE_URL) as owner:
        version = owner.info.server_version
        encoding = owner.info.parameter_status("server_encoding")
    said = f"PostgreSQL {version // 10_000}.{version % 10_000}"
    if version < OLDEST * 10_000:
        yield wrong(
            _DATABASE, f"{said} is too old", f"Move to PostgreSQL {OLDEST} or newer, best 17 or 18."
        )
        return
    if encoding != "UTF8":
        yield wrong(
            _DATABASE,
            f"the database keeps text as {encoding}",
            "Make a database WITH ENCODING 'UTF8' TEMPLATE template0 and use that.",
        )
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_database()")
            role, name = cursor.fetchone()
    except DatabaseError as error:
        yield wrong(
            _DATABASE,
            f"the application's role cannot sign in: {str(error).splitlines()[0]}",
            "Run `yipan migrate`, which makes the role; or set DATABASE_APP_URL.",
        )
        return
    where = "embedded" if settings.YIPAN_EMBEDDED else "outside"
    yield ok(_DATABASE, f"{said} ({where}), database {name}, as {role}")


def check_durable() -> Iterator[Finding]:
    """Whether a power cut loses what was paid."""
    with connection.cursor() as cursor:
        for name in _DURABLE:
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone()[0] == "off":
                yield wrong(
                    _DATABASE,
                    f"{name} is off: a power cut may lose payments",
                    f"Switch {name} on in the server's configuration.",
                )


def check_migrations() -> Iterator[Finding]:
    """Whether the tables are those of this version."""
    missing = missing_migrations()
    if missing:
        some = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
        yield wrong(
            _DATABASE, f"{len(missing)} migrations are not applied: {some}", "Run `yipan migrate`."
        )
    else:
        yield ok(_DATABASE, "all migrations are applied")


def check_walls() -> Iterator[Finding]:
    """Whether the application's role could see or change what it must not."""
    advice = "Run `yipan migrate` to put up the walls, and give the role no rights by hand."
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if any(cursor.fetchone()):
            yield wrong(
                _WALLS,
                "the application's role is a superuser or may bypass row-level security",
                "Give the application a role of its own: unset DATABASE_APP_URL, or name one there "
                "that is NOSUPERUSER NOBYPASSRLS.",
            )
            return
        cursor.execute(_OWNED)
        owned = cursor.fetchone()
        if owned:
            yield wrong(_WALLS, f"the application's role owns tables, such as {owned[0]}", advice)
            return
    open_tables = [model._meta.db_table for model in tenant_models() if not _is_walled(model)]
    for table in open_tables:
        yield wrong(_WALLS, f"{table} shows the rows of every tenant", advice)
    loose = [
        model._meta.db_table
        for model in tenant_models()
        if model.append_only and _may_change(model._meta.db_table)
    ]
    for table in loose:
        yield wrong(_WALLS, f"rows of {table} can be changed or deleted", advice)
    if not open_tables and not loose:
        yield ok(_WALLS, f"{len(tenant_models())} tables show one tenant at a time")


def _is_walled(model: type) -> bool:
    """With row_security off a query fails where rows would be hidden, and answers where not."""
    table = model._meta.db_table  # type: ignore[attr-defined]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL row_security = off")
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608 - a table of ours
    except DatabaseError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def _may_change(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'UPDATE') OR has_table_privilege(%s, 'DELETE') "
            "OR has_table_privilege(%s, 'TRUNCATE')",
            [f'"{table}"'] * 3,
        )
        return bool(cursor.fetchone()[0])


def check_clock() -> Iterator[Finding]:
    """Whether this machine and the database agree on the time."""
    before = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    after = clock.now()
    skew = abs(theirs - (before + (after - before) / 2))
    said = f"{skew.total_seconds():.3f} s between this machine and the database"
    advice = "Have both machines follow a time server (timedatectl set-ntp true)."
    if skew > _SKEW_WRONG:
        yield wrong(_CLOCK, said, advice)
    elif skew > _SKEW_WARNING:
        yield warning(_CLOCK, said, advice)
    else:
        yield ok(_CLOCK, said)


def check_sealed() -> Iterator[Finding]:
    """Whether every encrypted value can still be opened, and how many only by a former key."""
    live, *former = [crypto.key_id("at-rest", number) for number in crypto.generations()]
    by_former = 0
    for place, keys in _sealed_with().items():
        lost = sum(count for key, count in keys.items() if key not in {live, *former})
        by_former += sum(keys[key] for key in former)
        if lost:
            yield wrong(
                _KEYS,
                f"{lost} values of {place} were sealed with a key that is not set any more",
                "Put the former secret back as the second one: YIPAN_SECRET_KEY=new,former.",
            )
    if former:
        yield ok(_KEYS, f"{by_former} values need the former key")


def _sealed_with() -> dict[str, Counter[str]]:
    """How many values each key has sealed, by table and column, over all tenants."""
    found: dict[str, Counter[str]] = {}
    for tenant in Tenant.objects.order_by("id"):
        with tenant_context(tenant.id), connection.cursor() as cursor:
            for table, column in _sealed_columns():
                cursor.execute(
                    f"SELECT split_part({column}, '.', 1), count(*) FROM {table} "  # noqa: S608
                    f"WHERE tenant_id = %s AND {column} <> '' GROUP BY 1",
                    [tenant.id],
                )
                found.setdefault(f"{table}.{column}", Counter()).update(dict(cursor.fetchall()))
    return found


def _sealed_columns() -> list[tuple[str, str]]:
    return [
        (model._meta.db_table, str(field.column))
        for model in tenant_models()
        for field in model._meta.concrete_fields
        if str(field.column).endswith("_sealed")
    ]
