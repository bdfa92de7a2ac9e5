"""`yipan up`."""

from __future__ import annotations

import http.client
import os
import socket
import time
from typing import Annotated, Final

import psycopg
import typer
from django.conf import settings
from rich.panel import Panel
from rich.table import Table

from yipan.cli.database import ensure_role, is_up_to_date, reach
from yipan.cli.demo_kept import kept_demo
from yipan.cli.processes import PATIENCE_SECONDS, Children, interruptible, run
from yipan.cli.screen import CommandFailed, answers, notes
from yipan.kernel import embedded

_START_SECONDS: Final = 60
_START_PATIENCE_SECONDS: Final = 2
_LOOK_SECONDS: Final = 0.2
_REVIVED_SECONDS: Final = 10
"""A server that is started again has to run for longer than this."""


def command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    demo: Annotated[
        bool | None,
        typer.Option(
            help="Generate the demo group if there is none (default: YIPAN_DEMO, which is on with "
            "the embedded database).",
        ),
    ] = None,
) -> None:
    """Start everything; Ctrl-C stops it.

    Starts the embedded PostgreSQL (or uses DATABASE_URL), brings the database up to date,
    generates a demo group at the first start in demo mode, and serves the web and the background
    jobs as one tree of processes. If one of them ends, all end, with exit code 1.
    """
    began = time.monotonic()
    wants_demo = settings.YIPAN_DEMO if demo is None else demo
    _check_free(host, port)
    os.environ.setdefault("YIPAN_BASE_URL", f"http://localhost:{port}")
    children = Children()
    ended = None
    serving = False
    with interruptible():
        try:
            _make_ready(wants_demo=wants_demo)
            children.start("web", ["web", "--host", host, "--port", str(port)])
            children.start("worker", ["worker"])
            ended = _await_answer(children, host, port)
            serving = ended is None
            if serving:
                _tell(seconds=time.monotonic() - began, demo=wants_demo)
                ended = _watch(children)
        except KeyboardInterrupt:
            notes.print("Stopping.")
        finally:
            # Before it serves, nothing is under way; and what is still starting may not listen.
            for name in children.stop(PATIENCE_SECONDS if serving else _START_PATIENCE_SECONDS):
                notes.print(f"{name} did not end in time and was killed.", style="yellow")
            embedded.leave(settings.YIPAN_EMBEDDED_FOLDER)
    if ended:
        message = f"{ended[0]} ended with code {ended[1]}, so everything was stopped."
        raise CommandFailed(message)


def _make_ready(*, wants_demo: bool) -> None:
    """Database, tables and demo. What takes long runs as a command of its own, and only then."""
    with notes.status("Starting PostgreSQL" if settings.YIPAN_EMBEDDED else "Connecting"):
        reach()
        ensure_role()
        is_ready = is_up_to_date()
    if not is_ready:
        run("migrate")
    if wants_demo and not _has_tenant():
        notes.print("Making the demo group. This takes about a minute, once.")
        run("demo")


def _has_tenant() -> bool:
    with psycopg.connect(settings.YIPAN_DATABASE_URL) as connection:
        found = connection.execute("SELECT 1 FROM kernel_tenant WHERE is_active LIMIT 1")
        return found.fetchone() is not None


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = (
                f"Nothing can listen on {host}:{port} ({error.strerror}). "
                f"Choose another: --port {port + 1}, with make: make run ARGS='--port {port + 1}'."
            )
            raise CommandFailed(message) from error


def _await_answer(children: Children, host: str, port: int) -> tuple[str, int] | None:
    """Wait until the web answers; the child that ended instead, if one did."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only
    deadline = time.monotonic() + _START_SECONDS
    with notes.status("Starting web and worker"):
        while (ended := children.ended()) is None:
            if _answers(address, port):
                return None
            if time.monotonic() > deadline:
                message = f"The web did not answer within {_START_SECONDS} s."
                raise CommandFailed(message)
            time.sleep(0.05)
    return ended


def _answers(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=_START_SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


def _watch(children: Children) -> tuple[str, int]:
    """Until a child ends; which, and its code. An embedded server that ends is started again."""
    folder = settings.YIPAN_EMBEDDED_FOLDER
    revived = 0.0
    while (ended := children.ended()) is None:
        if settings.YIPAN_EMBEDDED and not embedded.is_alive(folder):
            if time.monotonic() - revived < _REVIVED_SECONDS:
                message = f"PostgreSQL does not stay up: see {folder}.log."
                raise CommandFailed(message)
            notes.print("PostgreSQL has ended. Starting it again.", style="yellow")
            embedded.revive(folder)
            revived = time.monotonic()
            notes.print("PostgreSQL runs again.")
        time.sleep(_LOOK_SECONDS)
    return ended


def _tell(*, seconds: float, demo: bool) -> None:
    base = os.environ["YIPAN_BASE_URL"]
    table = Table.grid(padding=(0, 2))
    if settings.YIPAN_DEMO:
        table.add_row("Tour", f"{base}/demo/")
    table.add_row("Console", f"{base}/console/")
    table.add_row("Workbench", f"{base}/w/")
    made = kept_demo(settings.HOME) if demo else None
    if made is not None:
        table.add_row("Mall", f"{base}/m/{made['tenant']}/")
    table.add_row("API", f"{base}/api/v1/docs")
    if made is not None:
        table.add_row("Group code", made["tenant"])
        table.add_row("Password", made["password"])
        for one in made["sign_ins"]:
            told = f"{one['username']:<9} {one['role']:<14} {one['organisation']}"
            table.add_row("Sign-in", told)
        table.add_row("API key", made["api_key"])
    answers.print(Panel(table, title="Yipan runs", expand=False))
    notes.print(f"Ready after {seconds:.1f} s. Ctrl-C stops it.")
