"""The commands, each loaded only when it is asked for, and how their errors are told."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Final, NoReturn

import django
import psycopg
import typer
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

from yipan.cli.screen import CommandFailed, notes
from yipan.config import launch
from yipan.kernel.embedded import EmbeddedServerFailed
from yipan.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the list of commands shows it."""

    name: str
    about: str
    panel: str
    module: str = ""
    """In this package; it has `app`, a group of commands, or `command`, a single one."""
    needs_django: bool = True


_RUN: Final = "Run"
_CARE: Final = "Look after"
_DATA: Final = "Data"
_SETUP: Final = "Set up"
COMMANDS: Final = (
    Command("up", "Start everything; Ctrl-C stops it.", _RUN, needs_django=False),
    Command("web", "Serve pages and API only.", _RUN, needs_django=False),
    Command("worker", "Run background jobs only.", _RUN),
    Command("migrate", "Bring the database up to date.", _CARE),
    Command("doctor", "Check the installation and say what to do.", _CARE),
    Command("ledger", "Prove that the ledger is whole.", _CARE),
    Command("reseal", "Seal anew after a change of secrets.", _CARE),
    Command("demo", "Generate a demo group with months of trade.", _DATA),
    Command("import", "Load orders from files.", _DATA, module="imports"),
    Command("export", "Write orders, entries and facts to files.", _DATA, module="exports"),
    Command("tenant", "Found retail groups.", _SETUP, module="tenants"),
    Command("person", "Open accounts for people.", _SETUP, module="people"),
    Command("api-client", "Give programs access to the API.", _SETUP, module="api_clients"),
)
_ABOUT: Final = """
Yipan: one pool of goods for every channel.

Without DATABASE_URL everything lives in the folder .yipan (or YIPAN_HOME), with an embedded
PostgreSQL. Settings: docs/guides/configuration.md.
"""


# Errors that are somebody's to mend who does not read our code; others show where they arose.
_TOLD: Final = (
    CommandFailed,
    DatabaseError,
    DomainError,
    EmbeddedServerFailed,
    ImproperlyConfigured,
    OSError,
    launch.NotConfigured,
    psycopg.Error,
)


def main() -> NoReturn:
    """Run the command of the process's arguments and exit with its code."""
    words = sys.argv[1:]
    try:
        _root(words)(words, prog_name="yipan")
    except KeyboardInterrupt:
        _fail("Stopped.", 130)
    except _TOLD as error:
        _fail(_sentence(error), 1)
    sys.exit(0)


def _root(words: Sequence[str]) -> typer.Typer:
    """The command that the words name as it is, and the others by name only."""
    root = typer.Typer(
        help=_ABOUT, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    root.callback()(lambda: None)
    named = next((word for word in words if not word.startswith("-")), "")
    for command in COMMANDS:
        if command.name == named:
            _attach(root, command, _loaded(command, is_question="--help" in words))
        else:
            root.command(command.name, help=command.about, rich_help_panel=command.panel)(_stand_in)
    return root


def _stand_in() -> None:
    """Stands for a command that was not asked for."""


def _attach(root: typer.Typer, command: Command, module: ModuleType) -> None:
    if hasattr(module, "app"):
        root.add_typer(module.app, name=command.name, help=command.about, no_args_is_help=True)
    else:
        root.command(command.name)(module.command)


def _loaded(command: Command, *, is_question: bool) -> ModuleType:
    """The module of a command; what it imports needs the settings, so they are settled first."""
    if is_question:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.config.settings")
    else:
        launch.prepare()
    if command.needs_django:
        django.setup()
    return import_module(f"{__package__}.{command.module or command.name}")


def _sentence(error: BaseException) -> str:
    if isinstance(error, psycopg.OperationalError | OperationalError):
        said = str(error).strip().splitlines()
        return f"The database cannot be used: {said[0] if said else 'it does not answer'}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error).strip() or type(error).__name__


def _fail(sentence: str, code: int) -> NoReturn:
    notes.print(sentence, style="red")
    sys.exit(code)
