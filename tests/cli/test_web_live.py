"""The live stream as it is served: by two processes, and gone at once when they stop."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from tests.cli.harness import Shell

PATIENCE = 60
SOON = 5
"""Seconds; on a machine of its own it takes less than one."""
PASSWORD = "correct horse battery staple"
_EVENT = """
INSERT INTO kernel_outboxevent (id, tenant_id, name, organisation_id, payload, occurred_at)
SELECT %s, t.id, 'commission.released', NULL,
       json_build_object('batch_id', 1, 'entries', json_build_array(json_build_object(
           'entry_id', 1, 'line_id', 1, 'distributor_id', 4711, 'amount', %s, 'offset', 0))),
       now()
  FROM kernel_tenant t
"""
_SELLER = """
INSERT INTO distributors_distributor
       (id, tenant_id, organisation_id, person_id, code, name, kind, grade, status, joined_at,
        portrait)
SELECT 4711, o.tenant_id, o.id, p.id, 'WANG', 'Wang', 'guide', '', 'active', now(), ''
  FROM organisations_organisation o, people_person p
"""
_WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'kernel_tenant'::regclass"


class Listening:
    """An open stream of its own connection."""

    def __init__(self, port: int, session: str) -> None:
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", cookies={"sessionid": session}, timeout=PATIENCE
        )
        self._stream = self._client.stream("GET", "/live")
        self._response = self._stream.__enter__()
        self._lines = self._response.iter_lines()
        assert self._response.status_code == 200
        assert next(self._lines).startswith("retry:")

    def next_amount(self) -> int:
        for line in self._lines:
            if line.startswith("data: "):
                return int(json.loads(line.removeprefix("data: "))["amount"])
        raise AssertionError("the stream ended")

    def rest(self) -> list[str]:
        return list(self._lines)

    def close(self) -> None:
        self._stream.__exit__(None, None, None)
        self._client.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture
def web(group: Shell, database: str, port: int) -> Iterator[subprocess.Popen[str]]:
    made = group.yipan(
        "person", "create", "wang", "Wang", "--role", "administrator", given=f"{PASSWORD}\n"
    )
    assert made.code == 0, made.err
    with psycopg.connect(database) as owner:
        owner.execute(_SELLER)
    process = group.start("web", "--port", str(port), "--workers", "2")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def session_of(port: int) -> str:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as client:
        page = client.get("/console/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token
        client.post(
            "/console/login/",
            data={
                "csrfmiddlewaretoken": token[1],
                "group": "acme",
                "username": "wang",
                "password": PASSWORD,
            },
        )
        return client.cookies["sessionid"]


def test_two_processes_tell_everybody_and_stop_at_once(
    web: subprocess.Popen[str], port: int, database: str
) -> None:
    session = session_of(port)
    streams = [Listening(port, session) for _ in range(6)]  # spread over both processes
    for number, amount in enumerate((100, 250)):
        with psycopg.connect(database) as owner:
            owner.execute("SELECT set_config('yipan.tenant_id', id::text, true) FROM kernel_tenant")
            owner.execute(_EVENT, (9_000_000 + number, amount))
        assert [stream.next_amount() for stream in streams] == [amount] * 6
    began = time.monotonic()
    web.terminate()
    for stream in streams:
        stream.rest()
        stream.close()
    said, _ = web.communicate(timeout=PATIENCE)
    assert time.monotonic() - began < SOON
    assert web.returncode == 0, said
    assert "Traceback" not in said
    assert "refused" not in said


def test_a_stop_that_reaches_its_processes_themselves_ends_the_streams_too(
    web: subprocess.Popen[str], port: int
) -> None:
    """As a terminal's Ctrl-C does, and whoever ends all processes of that name."""
    session = session_of(port)
    streams = [Listening(port, session) for _ in range(6)]
    serving = [each for each in psutil.Process(web.pid).children() if port_of(each) == port]
    assert len(serving) == 2
    began = time.monotonic()
    for each in [*serving, psutil.Process(web.pid)]:
        each.send_signal(signal.SIGINT)
    for stream in streams:
        stream.rest()
        stream.close()
    said, _ = web.communicate(timeout=PATIENCE)
    assert time.monotonic() - began < SOON
    assert "refused" not in said


def test_requests_under_way_are_answered_before_it_stops(
    web: subprocess.Popen[str], port: int, database: str
) -> None:
    """One waits for the database when the stop comes; a stream is open, too."""
    stream = Listening(port, session_of(port))
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database) as owner:
        owner.execute("LOCK TABLE kernel_tenant")
        address = f"http://127.0.0.1:{port}/console/login/"
        waiting = pool.submit(httpx.get, address, timeout=PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while not owner.execute(_WAITING).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for each in psutil.Process(web.pid).children():
            each.send_signal(signal.SIGTERM)  # and once more by the parent
        web.terminate()
        stream.rest()
        stream.close()
        time.sleep(1)
        owner.rollback()
        assert waiting.result().status_code == 200
    web.communicate(timeout=PATIENCE)
    assert web.returncode == 0


def port_of(process: psutil.Process) -> int:
    """The port in the command line of a process that serves."""
    words = process.cmdline()
    return int(words[words.index("--port") + 1]) if "--port" in words else 0


def test_without_a_session_there_is_nothing_to_hear(web: subprocess.Popen[str], port: int) -> None:
    assert httpx.get(f"http://127.0.0.1:{port}/live").status_code == 401
    web.terminate()
    web.communicate(timeout=PATIENCE)
    assert web.returncode == 0


def test_a_full_collection_does_not_look_at_what_is_loaded_for_good() -> None:
    """It would take longer than most pages, in the middle of one."""
    code = (
        "import gc, time; from yipan.cli.web import keep_for_good\n"
        "import django; django.setup(); import yipan.config.asgi; keep_for_good()\n"
        "assert gc.get_freeze_count() > 50_000 > len(gc.get_objects())"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "yipan.config.settings", "YIPAN_DEMO": "1"}
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        check=True,
        timeout=PATIENCE,
    )
