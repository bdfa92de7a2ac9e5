"""A database of its own for benchmarks, on the embedded server as it is run in earnest.

Importing this module points Django at it, so it must be the first import of a benchmark that
needs one; `fresh()` then makes the database anew, and `tenant()` a group to work in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from yipan.kernel import embedded

NAME = os.environ.get("YIPAN_BENCH_DATABASE", "bench")
FOLDER = Path(__file__).resolve().parent.parent.joinpath(".yipan", "bench-postgresql")
MAINTENANCE = embedded.start(FOLDER, database="postgres")
URL = make_conninfo(MAINTENANCE, dbname=NAME)
os.environ["DATABASE_URL"] = URL
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.config.settings")
os.environ.setdefault("YIPAN_SECRET_KEY", "for benchmarks only: nothing here is worth sealing")
os.environ.setdefault("YIPAN_LOG_LEVEL", "ERROR")
django.setup()

# Only now can the models be imported, and what uses them.
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from yipan.config.environment import app_password  # noqa: E402
from yipan.kernel.models import Tenant  # noqa: E402
from yipan.kernel.process_memory import forget_all  # noqa: E402
from yipan.kernel.provision import ensure_app_role  # noqa: E402
from yipan.kernel.tenancy import tenant_context  # noqa: E402


def fresh() -> None:
    """Drop the benchmark's database and make it anew, migrated and empty."""
    connections.close_all()
    name = sql.Identifier(NAME)
    with psycopg.connect(MAINTENANCE, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
    role = settings.YIPAN_APP_ROLE
    ensure_app_role(URL, role, app_password(settings.YIPAN_MASTER_SECRETS[0], role))
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    forget_all()


@contextmanager
def tenant(tenant_id: int) -> Iterator[Tenant]:
    """Work as one group."""
    with tenant_context(tenant_id):
        yield Tenant.objects.get(id=tenant_id)


def analyse() -> None:
    """Let the planner know what was loaded, as autovacuum would."""
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
