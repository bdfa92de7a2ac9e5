"""Reaching the database before a command's work begins; without Django, so that it is quick."""

from __future__ import annotations

import psycopg
from django.conf import settings

from yipan.cli.screen import CommandFailed
from yipan.config.environment import app_password, text
from yipan.kernel import embedded
from yipan.kernel.provision import ensure_app_role, mark_of, wanted_mark

OLDEST = 15
"""The oldest PostgreSQL that Yipan runs on."""


def reach() -> None:
    """Start the embedded server where it is the one; see that the server is new enough.

    Raises EmbeddedServerFailed, CommandFailed, psycopg.Error.
    """
    if settings.YIPAN_EMBEDDED:
        embedded.start(settings.YIPAN_EMBEDDED_FOLDER)
        return
    with psycopg.connect(settings.YIPAN_DATABASE_URL) as connection:
        major = connection.info.server_version // 10_000
    if major < OLDEST:
        message = f"The database is PostgreSQL {major}; Yipan needs {OLDEST} or newer."
        raise CommandFailed(message)


def is_up_to_date() -> bool:
    """Whether the database is marked as one of this version."""
    return mark_of(settings.YIPAN_DATABASE_URL) == wanted_mark()


def ensure_role() -> None:
    """Have the application's role sign in with the password it derives, unless it is managed."""
    if not text("DATABASE_APP_URL"):
        role = settings.YIPAN_APP_ROLE
        password = app_password(settings.YIPAN_MASTER_SECRETS[0], role)
        ensure_app_role(settings.YIPAN_DATABASE_URL, role, password)
