"""Bringing the schema up to date."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from yipan.kernel.provision import one_at_a_time, set_mark, wanted_mark


def missing_migrations(using: str = "default") -> list[str]:
    """Names of the migrations that have not been applied, such as `orders.0002_indexes`."""
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(owner_url: str, **options: Any) -> None:
    """Apply the migrations, put up the walls, and mark the database; others wait meanwhile.

    `options` go to Django's command `migrate`.
    """
    with one_at_a_time(owner_url):
        call_command("migrate", database="owner", interactive=False, **options)
        set_mark(owner_url, wanted_mark())
