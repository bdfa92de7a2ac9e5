"""`yipan doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import psycopg
import typer
from django.db import DatabaseError
from rich.text import Text

from yipan.cli.checks import database, demo, installation, queue
from yipan.cli.checks.finding import Finding, Health, wrong
from yipan.cli.database import reach
from yipan.cli.screen import CommandFailed, answers, notes
from yipan.kernel.embedded import EmbeddedServerFailed

Check = Callable[[], Iterator[Finding]]

_WITHOUT_DATABASE: Final[tuple[Check, ...]] = (
    installation.check_settings,
    installation.check_keys,
    installation.check_codes,
    installation.check_disk,
)
_WITH_TABLES: Final[tuple[Check, ...]] = (
    database.check_walls,
    database.check_sealed,
    demo.check_sign_ins,
    queue.check_queue,
)
_LOOKS: Final = {
    Health.OK: ("✓", "green"),
    Health.WARNING: ("!", "yellow"),
    Health.WRONG: ("✗", "red"),
}


def command() -> None:
    """Check the installation and say what to do.

    Looks at settings, keys, disk, database, the walls between tenants, clock and queue. Exit code
    1 if anything is wrong; warnings alone leave it 0.
    """
    findings = list(_findings())
    for finding in findings:
        mark, colour = _LOOKS[finding.health]
        answers.print(Text(mark, style=colour), f"{finding.subject:<9} {finding.what}")
        if finding.advice:
            answers.print(f"            → {finding.advice}", style="bold")
    count = sum(finding.health is Health.WRONG for finding in findings)
    if count:
        notes.print(f"{count} {'thing is' if count == 1 else 'things are'} wrong.", style="red")
        raise typer.Exit(1)
    notes.print("Nothing is wrong.", style="green")


def _findings() -> Iterator[Finding]:
    for check in _WITHOUT_DATABASE:
        yield from check()
    try:
        reach()
        reached = list(database.check_reach())
    except (CommandFailed, EmbeddedServerFailed) as error:
        yield wrong("database", str(error), "See docs/guides/operations.md.")
        return
    except (psycopg.Error, DatabaseError) as error:
        yield wrong(
            "database",
            f"it does not answer: {str(error).strip().splitlines()[0]}",
            "Check DATABASE_URL, and that the server runs and lets this machine in.",
        )
        return
    yield from reached
    if any(finding.health is Health.WRONG for finding in reached):
        return
    yield from database.check_durable()
    yield from database.check_clock()
    migrations = list(database.check_migrations())
    yield from migrations
    if all(finding.health is Health.OK for finding in migrations):
        for check in _WITH_TABLES:
            yield from check()
