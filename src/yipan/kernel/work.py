"""Running a worker of the job queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

GRACE_SECONDS: Final = 20
POOL_SECONDS: Final = 10


class WorkerConnector(PsycopgConnector):
    """The worker's own pool; jobs that defer others do so in their own Django transaction."""

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


@contextmanager
def worker_app(concurrency: int) -> Iterator[App]:
    """The queue, connected as a worker needs it."""
    connector = WorkerConnector(
        kwargs=connector_params("default"),
        min_size=1,
        max_size=concurrency + 3,
        timeout=POOL_SECONDS,
    )
    with app.replace_connector(connector) as connected:
        yield connected


def run_worker(*, concurrency: int, wait: bool = True) -> None:
    """Work until SIGINT or SIGTERM; without `wait`, until nothing is left to do.

    A job that runs when the signal comes may end in GRACE_SECONDS; the rest stays queued.
    """
    with worker_app(concurrency) as connected:
        connected.run_worker(
            concurrency=concurrency,
            wait=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=True,
        )
