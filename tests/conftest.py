"""One embedded PostgreSQL for all runs; a migrated template; a clone of it for every worker.

Tests run as the application's role, behind row-level security, as in production.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from yipan.config.environment import app_password, database
from yipan.kernel import embedded
from yipan.kernel.models import Tenant
from yipan.kernel.process_memory import forget_all
from yipan.kernel.provision import ensure_app_role
from yipan.kernel.tenancy import tenant_context

if TYPE_CHECKING:
    from tests.group.organisations.builders import GroupTree
    from tests.group.people.consoles import Console

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "yipan.kernel.postgresql"
T = TypeVar("T")

# A busy machine is slow, not wrong: examples have no time of their own, tests as a whole do.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")
# Every test client has a site of its own, which would first look through all static files.
settings.WHITENOISE_AUTOREFRESH = True


def _server() -> str:
    """Connection string of the server's maintenance database; started where need be."""
    given = os.environ.get("YIPAN_TEST_DATABASE_URL")
    if given:
        return given
    url = embedded.start(ROOT / ".yipan" / "test-postgresql", database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")
    os.environ["YIPAN_TEST_DATABASE_URL"] = url
    return url


SERVER = _server()
PASSWORD = app_password(settings.YIPAN_MASTER_SECRETS[0], settings.YIPAN_APP_ROLE)


def _point_django_at(name: str) -> None:
    url = make_conninfo(SERVER, dbname=name)
    settings.DATABASES["owner"].update(database(url, engine=ENGINE))
    settings.DATABASES["default"].update(
        database(url, engine=ENGINE, user=settings.YIPAN_APP_ROLE, password=PASSWORD)
    )
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict.update(settings.DATABASES[alias])
    forget_all()


# Before anything connects: the settings were read before this file could say where the server is.
for _alias in ("default", "owner"):
    settings.DATABASES[_alias].update(database(SERVER, engine=ENGINE))


def _template_name() -> str:
    digest = hashlib.sha256()
    source = ROOT / "src" / "yipan"
    for path in sorted([*source.rglob("migrations/*.py"), source / "kernel" / "access.py"]):
        digest.update(path.relative_to(source).as_posix().encode())
        digest.update(path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def _run(*statements: sql.Composed) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(823467)")
        for statement in statements:
            connection.execute(statement)


def _clone(template: str, name: str) -> None:
    _run(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template)
        ),
    )


def _drop(name: str) -> None:
    with suppress(psycopg.Error):
        _run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _ensure_template(name: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(823468)")
        if guard.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return
        building = f"{name}_building"
        ensure_app_role(SERVER, settings.YIPAN_APP_ROLE, PASSWORD)
        _drop(building)
        _run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(building)))
        _point_django_at(building)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        for alias in ("default", "owner"):
            connections[alias].close()
        _run(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(building), sql.Identifier(name)
            )
        )


@pytest.fixture(scope="session")
def template_database(django_db_blocker: pytest.FixtureRequest) -> str:
    """Name of the migrated database that others are cloned from."""
    name = _template_name()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _ensure_template(name)
    return name


@pytest.fixture(scope="session")
def worker_database(template_database: str) -> Iterator[str]:
    """Name of this worker's own database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    name = f"test_{os.getpid()}_{worker}"
    _clone(template_database, name)
    yield name
    _drop(name)


@pytest.fixture(scope="session")
def django_db_setup(
    worker_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Tests of `db` run inside a transaction of the worker's database."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _point_django_at(worker_database)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for alias in ("default", "owner"):
            connections[alias].close()


@pytest.fixture
def committed(
    django_db_setup: None,
    worker_database: str,
    template_database: str,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[None]:
    """A database of its own in which transactions really commit, for concurrency."""
    name = f"{worker_database}_own"
    _clone(template_database, name)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        _point_django_at(name)
        try:
            yield
        finally:
            _point_django_at(worker_database)
            _drop(name)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Tests read the source's words, whatever language the platform speaks by default."""
    with translation.override("en"):
        yield


def make_tenant(code: str = "acme", name: str = "一盘集团") -> Tenant:
    """A retail group with nothing in it."""
    return Tenant.objects.create(code=code, name=name)


@pytest.fixture
def tenant(db: None) -> Iterator[Tenant]:
    """A retail group, its context entered, all rolled back afterwards."""
    created = make_tenant()
    with tenant_context(created.id):
        yield created


@pytest.fixture
def group(tenant: Tenant) -> GroupTree:
    """The small tree of organisations that most tests play in."""
    # Its models are there only once the settings are read.
    from tests.group.organisations.builders import make_tree

    return make_tree()


@pytest.fixture
def boss(group: GroupTree) -> Console:
    """Headquarters' administrator, signed in to the console."""
    from tests.group.people.builders import make_person
    from tests.group.people.consoles import Console

    return Console.of(make_person("boss", group.headquarters, "administrator"))


@pytest.fixture
def committed_tenant(committed: None) -> Iterator[Tenant]:
    """A retail group in a database where transactions commit, its context entered."""
    created = make_tenant()
    with tenant_context(created.id):
        yield created


@pytest.fixture
def run_concurrently() -> Callable[[Callable[[int], T], int], list[T | Exception]]:
    """`run_concurrently(action, n)`: the action n times at once, each on its own connection.

    The action gets its number; answers and exceptions come back in order. Needs `committed`.
    """

    def run(action: Callable[[int], T], times: int) -> list[T | Exception]:
        def one(number: int) -> T | Exception:
            try:
                return action(number)
            except Exception as error:  # noqa: BLE001 - handed back to the test
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=times) as pool:
            return list(pool.map(one, range(times)))

    return run
