"""The queue of background jobs: somebody works on it, and nothing is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db import connection

from yipan.cli.checks.finding import Finding, ok, warning, wrong

_QUEUE: Final = "queue"
_STATE = """
SELECT (SELECT count(*) FROM procrastinate_workers
         WHERE last_heartbeat > now() - interval '45 seconds'),
       (SELECT count(*) FROM procrastinate_jobs j
          LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
         WHERE j.status = 'doing'
           AND (w.id IS NULL OR w.last_heartbeat < now() - interval '45 seconds')),
       (SELECT count(*) FROM procrastinate_jobs j
         WHERE j.status = 'todo' AND coalesce(j.scheduled_at, (
                   SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id
               )) < now() - interval '10 minutes'),
       (SELECT count(DISTINCT j.id) FROM procrastinate_jobs j
          JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'failed'
         WHERE j.status = 'failed' AND e.at > now() - interval '1 day')
"""


def check_queue() -> Iterator[Finding]:
    """Workers alive, jobs abandoned, jobs late, jobs failed."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        workers, abandoned, late, failed = cursor.fetchone()
    start = "Start one with `yipan worker` (or everything with `yipan up`)."
    if not workers:
        # Nobody expects jobs to run while the embedded server is only up for this check.
        tell = warning if settings.YIPAN_EMBEDDED and not late else wrong
        yield tell(_QUEUE, "no worker is running: nothing is released or paid out", start)
    else:
        yield ok(_QUEUE, f"workers alive: {workers}")
    if abandoned:
        yield warning(
            _QUEUE,
            f"{abandoned} jobs were left by workers that died",
            "A running worker takes them up within two minutes.",
        )
    if late:
        yield wrong(
            _QUEUE,
            f"{late} jobs have waited for more than 10 minutes",
            "Start more workers, or raise YIPAN_WORKER_CONCURRENCY.",
        )
    if failed:
        yield warning(
            _QUEUE,
            f"{failed} jobs failed since yesterday",
            "The worker's log says why; periodic jobs are tried again at their next time.",
        )
