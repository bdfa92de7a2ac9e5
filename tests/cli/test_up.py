"""Real processes: everything starts together, ends together, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from tests.cli.harness import Shell, open_folder, shell
from yipan.kernel import embedded

PATIENCE = 90


@pytest.fixture(scope="module")
def here() -> Iterator[Shell]:
    """A home with an embedded database that was started before, without a demo."""
    with open_folder() as folder:
        made = shell(folder, YIPAN_DEMO="0")
        ran = made.yipan("migrate")
        assert ran.code == 0, ran.err
        yield made


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def until(happened: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.read() == b"ok\n")
    except OSError:
        return False


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    return found


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def database_is_down(here: Shell) -> bool:
    try:
        psycopg.connect(embedded.url(Path(here.environment["YIPAN_HOME"]) / "postgresql")).close()
    except psycopg.OperationalError:
        return True
    return False


def greeting_of(process: subprocess.Popen[str]) -> str:
    """What `yipan up` says until it serves."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Ctrl-C stops it" in line:
            return said
    raise AssertionError(said)


@pytest.fixture
def running(here: Shell, port: int) -> Iterator[subprocess.Popen[str]]:
    """`yipan up`, serving."""
    process = here.start("up", "--port", str(port))
    try:
        assert "/api/v1" in greeting_of(process)
        assert answers(port)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        until(lambda: database_is_down(here))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_cleanly(
    running: subprocess.Popen[str], here: Shell, number: signal.Signals
) -> None:
    children = family(running)
    assert len(children) >= 3  # web, its workers, the jobs' worker
    running.send_signal(number)
    said, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert "Traceback" not in said
    assert all(is_gone(child) for child in children)
    assert database_is_down(here)


def test_ctrl_c_in_the_terminal_reaches_all_and_still_ends_in_order(here: Shell, port: int) -> None:
    """A terminal sends SIGINT to every process of the foreground group at once."""
    process = subprocess.Popen(
        here.command("up", "--port", str(port)),
        env=dict(here.environment),
        cwd=here.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    greeting_of(process)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert database_is_down(here)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_when_one_half_dies_all_end_and_it_says_so(
    running: subprocess.Popen[str], here: Shell, name: str
) -> None:
    children = family(running)
    (victim,) = [c for c in psutil.Process(running.pid).children() if name in c.cmdline()]
    victim.kill()
    said, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 1
    assert f"{name} ended with code" in said
    assert all(is_gone(child) for child in children)
    assert database_is_down(here)


def test_when_it_is_killed_the_others_end_by_themselves(
    running: subprocess.Popen[str], here: Shell
) -> None:
    children = family(running)
    running.kill()
    until(lambda: all(is_gone(child) for child in children))
    until(lambda: database_is_down(here))


def test_a_database_that_is_killed_is_started_again_and_work_goes_on(
    running: subprocess.Popen[str], here: Shell, port: int
) -> None:
    folder = Path(here.environment["YIPAN_HOME"]) / "postgresql"
    began = datetime.now(UTC)  # noqa: TID251 - compared with the database's
    mark = folder / "postmaster.pid"
    former = int(mark.read_text().split()[0])
    os.kill(former, signal.SIGKILL)
    until(lambda: mark.exists() and int(mark.read_text().split()[0]) != former)
    until(lambda: answers(port))
    assert [answers(port) for _ in range(20)] == [True] * 20  # in every thread of every process
    until(lambda: _workers_since(began, embedded.url(folder)) == 1)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, said
    assert "PostgreSQL has ended. Starting it again." in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_told_at_once(here: Shell, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        ran = here.yipan("up", "--port", str(port))
    assert ran.code == 1
    assert "--port" in ran.err
    assert "Traceback" not in ran.err


def test_the_halves_run_apart_and_share_the_database(here: Shell, port: int) -> None:
    began = datetime.now(UTC)  # noqa: TID251 - compared with the database's
    halves = [here.start("web", "--port", str(port), "--workers", "1"), here.start("worker")]
    folder = Path(here.environment["YIPAN_HOME"]) / "postgresql"
    try:
        until(lambda: answers(port))
        until(lambda: _workers_since(began, embedded.url(folder)) == 1)
    finally:
        for half in halves:
            half.terminate()
        said = [half.communicate(timeout=PATIENCE)[0] for half in halves]
    assert [half.returncode for half in halves] == [0, 0], said
    until(lambda: database_is_down(here))


def _workers_since(moment: datetime, url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s", (moment,)
        ).fetchone()
    return int(row[0]) if row else 0


def test_pages_say_what_they_may_load(running: subprocess.Popen[str], port: int) -> None:
    assert running.poll() is None
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        headers = answer.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
