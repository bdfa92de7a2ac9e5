"""`yipan migrate`."""

from __future__ import annotations

from yipan.cli.database import reach
from yipan.cli.schema import bring_up_to_date
from yipan.cli.screen import notes


def command() -> None:
    """Bring the database up to date.

    Creates the application's role where it is missing, applies the migrations as the owner
    (DATABASE_URL), and puts up the walls between the tenants. Safe to run again, and on several
    machines at once: the others wait for the first.
    """
    reach()
    bring_up_to_date()
    notes.print("The database is up to date.")
