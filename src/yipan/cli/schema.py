"""Reaching a database whose tables are those of this version."""

from __future__ import annotations

from django.conf import settings

from yipan.cli.database import ensure_role, is_up_to_date, reach
from yipan.cli.screen import CommandFailed, notes
from yipan.kernel.migrating import migrate, missing_migrations


def reach_migrated() -> None:
    """Reach the database, for work that needs the tables.

    The embedded one is brought up to date where need be. Raises what `reach` raises.
    """
    reach()
    if settings.YIPAN_EMBEDDED:
        ensure_role()
        if not is_up_to_date():
            bring_up_to_date()
    elif not is_up_to_date() and (missing := missing_migrations("owner")):
        message = f"{len(missing)} migrations have not been applied. Run `yipan migrate` first."
        raise CommandFailed(message)


def bring_up_to_date() -> None:
    """Make the role and the tables as this version wants them."""
    with notes.status("Bringing the database up to date"):
        ensure_role()
        migrate(settings.YIPAN_DATABASE_URL, verbosity=0)
