"""`yipan web`."""

from __future__ import annotations

import gc
import multiprocessing
import os
from importlib import import_module
from typing import Annotated, Final

import django
import typer
from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from yipan.cli.database import is_up_to_date, reach
from yipan.cli.lifeline import end, hold_on
from yipan.cli.screen import CommandFailed
from yipan.kernel.migrating import missing_migrations

# A request mostly waits for the database, so each process takes several at once; more than these
# only wait for each other's turn at the interpreter.
THREADS: Final = 4
_KILL_SECONDS: Final = 10
_MODULE: Final = "yipan.config.asgi"


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def keep_for_good() -> None:
    """Take what is loaded by now out of the collector's sight: it stays until the end anyway.

    A full collection looks at every object: 120 to 160 ms in the middle of somebody's page, and a
    copy of all that the processes share.
    """
    gc.collect()
    gc.freeze()


def _check_tables() -> None:
    """Whether the tables are there. Ours may be older than they are, while a version is changed."""
    if is_up_to_date():
        return
    django.setup()
    if missing_migrations("owner"):
        message = "Migrations have not been applied. Run `yipan migrate` first."
        raise CommandFailed(message)
    connections.close_all()


def command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[
        int,
        typer.Option(
            help="Processes; 0: one per processor.", envvar="YIPAN_WEB_WORKERS", min=0, max=256
        ),
    ] = 0,
    threads: Annotated[
        int, typer.Option(help="Threads per process.", envvar="YIPAN_WEB_THREADS", min=1, max=64)
    ] = THREADS,
    access_log: Annotated[bool, typer.Option(help="Write a line per request.")] = False,
) -> None:
    """Serve pages and API only.

    Any number of these may serve one database, behind a load balancer. Ends on SIGINT and SIGTERM
    after the requests under way.
    """
    hold_on()
    reach()
    _check_tables()
    os.environ.setdefault("YIPAN_BASE_URL", f"http://localhost:{port}")
    os.environ["YIPAN_WEB_THREADS"] = str(threads)
    if multiprocessing.get_start_method() == "fork":
        # Before the processes that serve it are forked: they share what is loaded.
        import_module(_MODULE)
        keep_for_good()
    server = Granian(
        target=f"{_MODULE}:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers or processors(),
        workers_kill_timeout=_KILL_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=access_log,
    )
    try:
        server.serve()
    except SystemExit as ended:
        end(int(ended.code or 0))
    end()
