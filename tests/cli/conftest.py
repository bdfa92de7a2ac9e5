"""Databases for commands: each has one of its own, already migrated."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.cli.harness import SECRET, Shell, shell
from tests.conftest import SERVER


def run_statement(statement: str, name: str, template: str = "template0") -> None:
    """Run a statement about databases on the server, its `{}` being their names."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        names = [sql.Identifier(name), sql.Identifier(template)][: statement.count("{}")]
        connection.execute(sql.SQL(statement).format(*names))


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The owner's connection string of a database with nothing in it."""
    name = f"cli_{os.getpid()}_empty"
    run_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    run_statement("CREATE DATABASE {} TEMPLATE {}", name)
    yield make_conninfo(SERVER, dbname=name)
    run_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture
def database(template_database: str) -> Iterator[str]:
    """The owner's connection string of a migrated database without a tenant."""
    name = f"cli_{os.getpid()}"
    run_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    run_statement("CREATE DATABASE {} TEMPLATE {}", name, template_database)
    yield make_conninfo(SERVER, dbname=name)
    run_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture
def outside(database: str, tmp_path: Path) -> Shell:
    """A deployment with an outside database."""
    return shell(tmp_path, DATABASE_URL=database, YIPAN_SECRET_KEY=SECRET)


@pytest.fixture
def group(outside: Shell) -> Shell:
    """The same with one group in it."""
    made = outside.yipan("tenant", "create", "acme", "一盘集团")
    assert made.code == 0, made.err
    return outside
