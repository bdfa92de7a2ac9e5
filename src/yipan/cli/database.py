"""Reaching the database before a command's work begins."""

from __future__ import annotations

import psycopg
from django.conf import settings

from yipan.cli.screen import CommandFailed
from yipan.config import launch
from yipan.config.environment import app_password, text
from yipan.kernel import embedded
from yipan.kernel.provision import ensure_app_role, migrate, missing_migrations

OLDEST = 15
"""The oldest PostgreSQL that Yipan runs on."""


def reach() -> None:
    """Start the embedded server where it is the one; see that the server is new enough.

    Raises EmbeddedServerFailed, CommandFailed, psycopg.Error.
    """
    if launch.is_embedded():
        embedded.start(settings.YIPAN_EMBEDDED_FOLDER)
        return
    with psycopg.connect(settings.YIPAN_DATABASE_URL) as connection:
        major = connection.info.server_version // 10_000
    if major < OLDEST:
        message = f"The database is PostgreSQL {major}; Yipan needs {OLDEST} or newer."
        raise CommandFailed(message)


def reach_migrated() -> None:
    """As `reach`, for work that needs the tables. Raises CommandFailed too."""
    reach()
    if launch.is_embedded():
        bring_up_to_date()
    elif missing := missing_migrations():
        message = f"{len(missing)} migrations have not been applied. Run `yipan migrate` first."
        raise CommandFailed(message)


def bring_up_to_date(*, verbosity: int = 0, always: bool = False) -> bool:
    """Make the role and the tables as this version wants them; whether there was work to do."""
    url = settings.YIPAN_DATABASE_URL
    if not text("DATABASE_APP_URL"):
        role = settings.YIPAN_APP_ROLE
        ensure_app_role(url, role, app_password(settings.YIPAN_MASTER_SECRETS[0], role))
    if not always and not missing_migrations("owner"):
        return False
    migrate(url, verbosity=verbosity)
    return True
