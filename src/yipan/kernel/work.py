"""Running a worker of the job queue."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg
import psycopg_pool
from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

GRACE_SECONDS: Final = 20
POOL_SECONDS: Final = 10
AGAIN_SECONDS: Final = 2
"""Until the next try, while the database does not answer."""
_AWAY: Final = (ConnectorException, psycopg.OperationalError, psycopg_pool.PoolTimeout)
_log = logging.getLogger(__name__)


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

    A job that runs when the signal comes may end in GRACE_SECONDS; the rest stays queued. While
    the database does not answer it waits, and goes on by itself; without `wait` it raises what the
    database's driver does.
    """
    for name in ("procrastinate.worker.worker", "procrastinate.utils"):
        logging.getLogger(name).addFilter(_is_news)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    asyncio.run(_work(concurrency, wait=wait))


def _is_news(record: logging.LogRecord) -> bool:
    """Not the queue's own words for a database that is away: a page of them, and we have ours."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, _AWAY)


async def _work(concurrency: int, *, wait: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    is_away = False
    while not stop.is_set():
        try:
            with worker_app(concurrency) as connected:
                async with connected.open_async():
                    if is_away:
                        _log.warning("The database answers again: jobs go on.")
                    is_away = False
                    await _work_until(stop, connected, concurrency, wait=wait)
        except _AWAY:
            if not wait:
                raise
            is_away = True
        if not wait:
            return
        if not stop.is_set():
            _log.warning("The database does not answer: jobs wait for it.")
            is_away = True
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


async def _work_until(stop: asyncio.Event, connected: App, concurrency: int, *, wait: bool) -> None:
    """Work until the stop, or until the database is away."""
    working = asyncio.ensure_future(
        connected.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=False,
        )
    )
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        working.cancel()  # it then ends what is under way
    stopping.cancel()
    with suppress(asyncio.CancelledError):
        await working
