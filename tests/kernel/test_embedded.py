"""The embedded server: any folder, one server however many ask, gone when nobody uses it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yipan.kernel import embedded

USE = """
import sys, time
from pathlib import Path
from yipan.kernel import embedded
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def use(folder: Path) -> subprocess.Popen[str]:
    """A process that uses a server until its input ends."""
    command = [sys.executable, "-W", "error", "-c", USE, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=60)
    return process.returncode


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def place() -> Iterator[Path]:
    """A temporary folder that other accounts may pass, as the one the server runs as for root."""
    with tempfile.TemporaryDirectory(prefix="yipan-tests-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def server(place: Path) -> Path:
    """A folder whose server has been started once."""
    folder = place / "data"
    first = use(folder)
    assert url_of(first)
    assert end(first) == 0
    return folder


@pytest.mark.parametrize("name", ["data", "with space and 汉字 and 'quote' and $sign", "x" * 150])
def test_any_folder_will_do(place: Path, name: str) -> None:
    process = use(place / name)
    url = url_of(process)
    assert url == embedded.url(place / name)
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_database(), '盘'").fetchone()
    assert row == ("yipan", "盘")
    assert end(process) == 0
    assert not answers(url)


def test_many_who_start_it_at_once_share_one_server(place: Path) -> None:
    users = [use(place / "data") for _ in range(4)]
    urls = {url_of(user) for user in users}
    assert len(urls) == 1
    for user in users[:3]:
        assert end(user) == 0
    assert answers(urls.copy().pop())
    assert end(users[3]) == 0
    assert not answers(urls.pop())


def test_a_killed_user_does_not_keep_the_server_alive(server: Path) -> None:
    killed = use(server)
    url = url_of(killed)
    killed.kill()
    killed.wait()
    assert answers(url)
    last = use(server)
    url_of(last)
    assert end(last) == 0
    assert not answers(url)


def test_a_killed_server_comes_back_with_its_data(server: Path) -> None:
    user = use(server)
    url = url_of(user)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    postmaster = int((server / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    end(user)
    time.sleep(0.1)
    again = use(server)
    with psycopg.connect(url_of(again)) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert end(again) == 0


def test_who_uses_a_server_that_was_killed_can_have_it_back(place: Path) -> None:
    folder = place / "data"
    embedded.start(folder)
    try:
        assert embedded.is_alive(folder)
        process = int((folder / "postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while embedded.is_alive(folder):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        embedded.revive(folder)
        assert embedded.is_alive(folder)
        psycopg.connect(embedded.url(folder)).close()
    finally:
        embedded.leave(folder)
    assert not embedded.is_alive(folder)


def test_nobody_else_may_open_its_socket(server: Path) -> None:
    user = use(server)
    url_of(user)
    mode = (server / ".s.PGSQL.5432").stat().st_mode
    assert not mode & (stat.S_IRWXG | stat.S_IRWXO)
    end(user)


def test_it_leaves_a_folder_with_other_things_in_it_alone(tmp_path: Path) -> None:
    tmp_path.joinpath("letter.txt").write_text("dear")
    with pytest.raises(embedded.EmbeddedServerFailed, match="not empty"):
        embedded.start(tmp_path)
    assert tmp_path.joinpath("letter.txt").read_text() == "dear"


def test_data_of_another_version_is_refused_with_a_way_out(tmp_path: Path) -> None:
    tmp_path.joinpath("PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedServerFailed, match="PostgreSQL 16"):
        embedded.start(tmp_path)
