"""The oldest PostgreSQL we run on, from a distribution: Debian's server over TCP with passwords."""

from __future__ import annotations

import os
import pwd
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.cli.harness import SECRET, Shell, open_folder, shell

SUPERUSER_PASSWORD = "super"
OWNER = "retail owner"
OWNER_PASSWORD = "ow:ner @1"


def binaries() -> Path | None:
    """The oldest server of 15 or newer that is installed."""
    found = [
        folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if re.fullmatch(r"\d+", folder.parent.name)
        and int(folder.parent.name) >= 15
        and folder.joinpath("initdb").exists()
    ]
    return min(found, key=lambda folder: int(folder.parent.name), default=None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The superuser's connection string of a server that wants passwords."""
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL ≥ 15 of the distribution (apt-get install postgresql)")
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with open_folder() as place:
        if user is not None:
            os.chown(place, user, -1)
        password = place / "password"
        password.write_text(SUPERUSER_PASSWORD)
        password.chmod(0o644)

        def call(program: str, *words: str) -> None:
            command: list[str | Path] = [programs / program, "-D", place / "data", *words]
            with place.joinpath("log").open("ab") as log:
                done = subprocess.run(
                    command, stdout=log, stderr=log, cwd="/", check=False, user=user
                )
            assert done.returncode == 0, place.joinpath("log").read_text()

        call("initdb", "-U", "super", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8")
        options = f"-p {port} -c unix_socket_directories= -c listen_addresses=127.0.0.1"
        call("pg_ctl", "start", "-w", "-o", options)
        try:
            yield make_conninfo(
                host="127.0.0.1", port=port, dbname="postgres", user="super",
                password=SUPERUSER_PASSWORD,
            )  # fmt: skip
        finally:
            call("pg_ctl", "stop", "-w", "-m", "immediate")


@pytest.fixture(scope="module")
def deployment(server: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A database owned by somebody who may make roles and nothing else."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE \"{OWNER}\" LOGIN CREATEROLE PASSWORD '{OWNER_PASSWORD}'")
        connection.execute(
            f"CREATE DATABASE retail OWNER \"{OWNER}\" ENCODING 'UTF8' TEMPLATE template0"
        )
    url = make_conninfo(server, dbname="retail", user=OWNER, password=OWNER_PASSWORD)
    made = shell(tmp_path_factory.mktemp("retail"), DATABASE_URL=url, YIPAN_SECRET_KEY=SECRET)
    ran = made.yipan("migrate")
    assert ran.code == 0, ran.err
    return made


def test_the_walls_stand_on_the_oldest_server(deployment: Shell) -> None:
    said = deployment.yipan("doctor").out
    assert "(outside), database retail, as yipan_app" in said
    assert "✓ walls" in said
    assert "✗ queue" in said  # nobody works yet
    assert said.count("✗") == 1, said


def test_a_group_trades_on_it(deployment: Shell, tmp_path: Path) -> None:
    size = ("--days", "9", "--orders", "60", "--stores", "3", "--skus", "30")
    ran = deployment.yipan("demo", *size)
    assert ran.code == 0, ran.err
    assert deployment.yipan("ledger", "verify").code == 0
    ran = deployment.yipan("export", "orders", "--to", str(tmp_path / "orders.csv"))
    assert ran.code == 0, ran.err
    assert len(tmp_path.joinpath("orders.csv").read_text().splitlines()) > 60


def test_another_secret_gets_the_role_a_password_of_its_own(deployment: Shell) -> None:
    """The role's password is derived from the secret: `yipan migrate` sets it after a change."""
    changed = deployment.having(YIPAN_SECRET_KEY=f"{SECRET[::-1]},{SECRET}")
    assert changed.yipan("tenant", "list").code == 1
    assert changed.yipan("migrate").code == 0
    assert changed.yipan("tenant", "list").code == 0
    assert deployment.yipan("migrate").code == 0


def test_serving_processes_need_not_know_the_owner(deployment: Shell) -> None:
    url = make_conninfo(deployment.environment["DATABASE_URL"], user="yipan_app")
    with psycopg.connect(deployment.environment["DATABASE_URL"]) as owner:
        owner.execute("ALTER ROLE yipan_app PASSWORD 'served'")
    serving = deployment.having(
        DATABASE_URL="", DATABASE_APP_URL=make_conninfo(url, password="served")
    )
    ran = serving.yipan("tenant", "list")
    assert ran.code == 0, ran.err
    refused = serving.yipan("migrate")
    assert refused.code == 1
    assert "Traceback" not in refused.err
    assert deployment.yipan("migrate").code == 0
