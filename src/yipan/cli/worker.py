"""`yipan worker`."""

from __future__ import annotations

from typing import Annotated

import typer

from yipan.cli.lifeline import end, hold_on
from yipan.cli.schema import reach_migrated
from yipan.kernel.work import run_worker


def command(
    concurrency: Annotated[
        int,
        typer.Option(help="Jobs at once.", envvar="YIPAN_WORKER_CONCURRENCY", min=1, max=64),
    ] = 4,
) -> None:
    """Run background jobs only.

    Any number of these may work for one database. Ends on SIGINT and SIGTERM after the jobs under
    way.
    """
    hold_on()
    reach_migrated()
    run_worker(concurrency=concurrency)
    end()
