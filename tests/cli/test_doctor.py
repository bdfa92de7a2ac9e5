"""Everything the doctor looks for, provoked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pytest_django import Settings

from tests.cli.harness import SECRET, Shell, open_folder, shell
from yipan.cli.checks import database as database_checks
from yipan.cli.checks import installation
from yipan.cli.checks.finding import Health
from yipan.kernel import clock, embedded


@pytest.fixture(scope="module")
def durable() -> Iterator[str]:
    """A server that keeps what it was told, which that of the other tests does not; migrated."""
    with open_folder() as folder:
        url = embedded.start(folder / "data", database="base")
        ran = shell(folder, DATABASE_URL=url, YIPAN_SECRET_KEY=SECRET).yipan("migrate")
        assert ran.code == 0, ran.err
        yield url
        embedded.leave(folder / "data")


def fresh(server: str, template: str) -> str:
    """A database of its own on the server."""
    with psycopg.connect(make_conninfo(server, dbname="postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS patient WITH (FORCE)")
        connection.execute(
            sql.SQL("CREATE DATABASE patient TEMPLATE {}").format(sql.Identifier(template))
        )
    return make_conninfo(server, dbname="patient")


@pytest.fixture
def database(durable: str) -> str:
    return fresh(durable, "base")


@pytest.fixture
def empty_database(durable: str) -> str:
    return fresh(durable, "template0")


@pytest.fixture
def healthy(outside: Shell, database: str) -> Shell:
    """A deployment in which the doctor finds nothing wrong: a worker is alive."""
    with psycopg.connect(database) as owner:
        owner.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour')"
        )
    return outside


def told(ran_out: str, subject: str, mark: str) -> str:
    """The findings of a subject with a mark, with what to do."""
    lines = ran_out.splitlines()
    found = [
        f"{line} {lines[number + 1] if number + 1 < len(lines) else ''}"
        for number, line in enumerate(lines)
        if line.startswith(f"{mark} {subject}")
    ]
    assert found, ran_out
    return "\n".join(found)


def test_where_all_is_well_it_says_so(healthy: Shell) -> None:
    ran = healthy.yipan("doctor")
    assert ran.code == 0, ran.out
    for subject in ("settings", "keys", "disk", "database", "walls", "clock", "queue"):
        told(ran.out, subject, "✓")
    assert "Nothing is wrong" in ran.err


@pytest.mark.parametrize(
    ("changed", "health", "words"),
    [
        ({"YIPAN_BASE_URL": "yipan"}, Health.WRONG, "no address"),
        ({"YIPAN_BASE_URL": "http://shop.example"}, Health.WARNING, "not encrypted"),
        ({"YIPAN_BASE_URL": "https://shop.example", "DEBUG": True}, Health.WRONG, "YIPAN_DEBUG"),
        ({"YIPAN_BASE_URL": "https://shop.example", "YIPAN_DEMO": True}, Health.WARNING, "demo"),
        ({"ALLOWED_HOSTS": ["*"]}, Health.WARNING, "YIPAN_HOSTS"),
        ({"YIPAN_BASE_URL": "https://shop.example"}, Health.OK, "shop.example"),
        ({}, Health.OK, "modules off: showcase"),
    ],
)
def test_settings_that_are_not_safe_are_found(
    settings: Settings, changed: dict[str, object], health: Health, words: str
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    worst = next(iter(installation.check_settings()))
    assert worst.health is health
    assert words in worst.what
    assert bool(worst.advice) is (health is not Health.OK)


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        (["development-only-not-a-secret"], "known to everybody"),
        (["tooshort"], "8 characters"),
        (["a" * 40], "1 different"),
        ([SECRET, "short"], "the second key"),
    ],
)
def test_secrets_that_are_none_are_found(
    settings: Settings, tmp_path: Path, secrets: list[str], words: str
) -> None:
    settings.YIPAN_MASTER_SECRETS, settings.HOME = secrets, tmp_path
    worst = next(iter(installation.check_keys()))
    assert worst.health is Health.WRONG
    assert words in worst.what


@pytest.mark.parametrize(
    ("changed", "health", "words"),
    [
        ({"YIPAN_DEMO": False, "YIPAN_SMS_URL": ""}, Health.WARNING, "nothing can send"),
        ({"YIPAN_DEMO": True, "YIPAN_SMS_URL": ""}, Health.OK, "/demo/inbox/"),
        ({"YIPAN_SMS_URL": "http://sms.example/send"}, Health.WARNING, "readable"),
        ({"YIPAN_SMS_URL": "https://sms.example/send"}, Health.OK, "sms.example"),
    ],
)
def test_whether_codes_can_be_sent_is_told(
    settings: Settings, changed: dict[str, object], health: Health, words: str
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    finding = next(installation.check_codes())
    assert finding.health is health
    assert words in finding.what


def test_what_is_wrong_makes_the_exit_code(healthy: Shell) -> None:
    ran = healthy.having(YIPAN_SECRET_KEY="tooshort").yipan("doctor")
    assert "8 characters" in told(ran.out, "keys", "✗")
    assert ran.code == 1


def test_a_second_key_is_told_of(healthy: Shell) -> None:
    ran = healthy.having(YIPAN_SECRET_KEY=f"{SECRET},{SECRET[::-1]}").yipan("doctor")
    assert "a second key is set" in told(ran.out, "keys", "✓")
    assert "0 values need the former key" in ran.out


def test_a_secrets_file_that_others_may_read_is_found(healthy: Shell) -> None:
    home = Path(healthy.environment["YIPAN_HOME"])
    home.mkdir(exist_ok=True)
    home.joinpath("secrets.env").write_text("YIPAN_SECRET_KEY=x\n")
    home.joinpath("secrets.env").chmod(0o644)
    ran = healthy.yipan("doctor")
    assert "chmod 600" in told(ran.out, "keys", "✗")
    assert ran.code == 1


def test_a_database_that_does_not_answer_is_found(tmp_path: Path) -> None:
    url = f"host={tmp_path} dbname=yipan"
    ran = shell(tmp_path, DATABASE_URL=url, YIPAN_SECRET_KEY=SECRET).yipan("doctor")
    assert "DATABASE_URL" in told(ran.out, "database", "✗")
    assert ran.code == 1


def test_missing_migrations_are_found(empty_database: str, tmp_path: Path) -> None:
    here = shell(tmp_path, DATABASE_URL=empty_database, YIPAN_SECRET_KEY=SECRET)
    ran = here.yipan("doctor")
    assert "yipan migrate" in told(ran.out, "database", "✗")
    assert ran.code == 1


def as_superuser(database: str) -> str:
    """The same database for the application, by a role that may do everything."""
    return make_conninfo(database, user=conninfo_to_dict(database).get("user") or "postgres")


def test_a_role_that_may_bypass_the_walls_is_found(healthy: Shell, database: str) -> None:
    ran = healthy.having(DATABASE_APP_URL=as_superuser(database)).yipan("doctor")
    assert "superuser" in told(ran.out, "walls", "✗")
    assert ran.code == 1


def test_a_wall_that_was_taken_down_is_found(healthy: Shell, database: str) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("ALTER TABLE orders_order DISABLE ROW LEVEL SECURITY")
    ran = healthy.yipan("doctor")
    assert "orders_order shows the rows of every tenant" in told(ran.out, "walls", "✗")
    assert ran.code == 1


def test_append_only_rows_that_can_be_changed_are_found(healthy: Shell, database: str) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("GRANT UPDATE ON ledger_posting TO yipan_app")
    try:
        ran = healthy.yipan("doctor")
    finally:
        with psycopg.connect(database) as owner:
            owner.execute("REVOKE UPDATE ON ledger_posting FROM yipan_app")
    assert "rows of ledger_posting" in told(ran.out, "walls", "✗")
    assert ran.code == 1


def test_values_that_no_key_opens_any_more_are_found(healthy: Shell) -> None:
    assert healthy.yipan("tenant", "create", "acme", "一盘").code == 0
    person = healthy.yipan(
        "person", "create", "boss", "老板", "--phone", "13800138000", given="correct horse\n"
    )
    assert person.code == 0, person.err
    other = healthy.having(YIPAN_SECRET_KEY=SECRET[::-1])
    ran = other.yipan("doctor")
    assert "people_person.phone_sealed" in told(ran.out, "keys", "✗")
    both = healthy.having(YIPAN_SECRET_KEY=f"{SECRET[::-1]},{SECRET}")
    assert both.yipan("doctor").code == 0
    assert " 0 values need the former key" not in both.yipan("doctor").out
    sealed = both.yipan("reseal")
    assert sealed.code == 0, sealed.err
    assert "0 values need the former key" in both.yipan("doctor").out
    assert "0 values are sealed anew" in both.yipan("reseal").err


def test_the_demos_password_where_there_is_no_demo_is_found(healthy: Shell) -> None:
    assert healthy.yipan("tenant", "create", "acme", "一盘").code == 0
    made = healthy.yipan("person", "create", "admin", "老板", given="yipan-demo\n")
    assert made.code == 0, made.err
    ran = healthy.yipan("doctor")
    assert "anybody can sign in to the group acme" in told(ran.out, "demo", "✗")
    assert healthy.having(YIPAN_DEMO="1").yipan("doctor").code == 0


def test_no_worker_and_late_jobs_are_found(outside: Shell, database: str) -> None:
    ran = outside.yipan("doctor")
    assert "yipan worker" in told(ran.out, "queue", "✗")
    assert ran.code == 1
    with psycopg.connect(database) as owner:
        owner.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at) "
            "VALUES ('default', 'late', '{}', 'todo', now() - interval '1 hour')"
        )
    assert "1 jobs have waited" in told(outside.yipan("doctor").out, "queue", "✗")


def test_failed_and_abandoned_jobs_are_told_of(healthy: Shell, database: str) -> None:
    with psycopg.connect(database) as owner:
        for name, status in (("broken", "failed"), ("left", "doing")):
            owner.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) "
                "VALUES ('default', %s, '{}', 'todo')",
                (name,),
            )
            owner.execute(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", (name,)
            )
            if status == "failed":
                owner.execute(
                    "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = %s", (name,)
                )
    ran = healthy.yipan("doctor")
    assert "1 jobs failed" in told(ran.out, "queue", "!")
    assert "1 jobs were left" in told(ran.out, "queue", "!")
    assert ran.code == 0


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    ("ahead", "health"), [(0, Health.OK), (10, Health.WARNING), (90, Health.WRONG)]
)
def test_a_clock_that_goes_wrong_is_found(ahead: int, health: Health) -> None:
    with clock.at(datetime.now(UTC) + timedelta(seconds=ahead)):  # noqa: TID251 - the real one
        (finding,) = database_checks.check_clock()
    assert finding.health is health
    assert bool(finding.advice) is (health is not Health.OK)


def test_a_server_that_may_lose_payments_is_found(healthy: Shell, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER DATABASE patient SET synchronous_commit = off")
    ran = healthy.yipan("doctor")
    assert "synchronous_commit is off" in told(ran.out, "database", "✗")
    assert ran.code == 1


def test_a_disk_that_fills_up_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, health in ((10**12, Health.OK), (10**9, Health.WARNING), (10**7, Health.WRONG)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        (finding,) = installation.check_disk()
        assert finding.health is health
