"""Jobs run on a real worker, as the application's role, behind the walls."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tests.conftest import make_tenant
from yipan.kernel import sql
from yipan.kernel.jobs import TenantsFailed, in_each_tenant, periodic, rescue_jobs
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.work import run_worker, worker_app

pytestmark = pytest.mark.usefixtures("committed")

ran: list[object] = []
running = threading.Semaphore(1)
NEVER = "0 0 29 2 *"  # far enough away not to meddle


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    ran.clear()
    yield
    connections.close_all()


@app.task(name="tests.note")
def note(number: int) -> None:
    ran.append(number)


@app.task(name="tests.fail", queueing_lock="tests.fail")
def fail() -> None:
    message = "the bridge is closed"
    raise ValueError(message)


@app.task(name="tests.see")
def see() -> None:
    in_each_tenant(lambda: ran.append((current_tenant_id(), OutboxEvent.objects.count())))


@periodic(NEVER, name="tests.alone")
def alone() -> None:
    ran.append(running.acquire(blocking=False))
    if len(ran) == 1:  # the next tick comes while this run lasts
        app.tasks["tests.alone"].defer(timestamp=2)
    time.sleep(0.5)
    running.release()


@periodic("* * * * *", name="tests.every_minute")
def every_minute() -> None:
    ran.append("a minute passed")


def jobs_left() -> list[tuple[str, str]]:
    return [
        (str(name), str(status))
        for name, status in sql.fetch(
            "SELECT task_name, status::text FROM procrastinate_jobs "
            "WHERE task_name LIKE 'tests.%%' AND task_name <> 'tests.every_minute' ORDER BY id"
        )
    ]


def work_until(done: Callable[[], bool], *, seconds: float = 20) -> None:
    """Run a worker as `yipan worker` does until something has happened."""

    async def work() -> None:
        with worker_app(concurrency=4) as queue:
            await run(queue)

    async def run(queue: App) -> None:
        async with queue.open_async():
            worker = asyncio.create_task(
                queue.run_worker_async(concurrency=4, install_signal_handlers=False)
            )
            deadline = time.monotonic() + seconds
            while not done() and time.monotonic() < deadline:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    asyncio.run(work())
    assert done()


def test_a_deferred_job_runs_and_leaves_nothing_behind() -> None:
    note.defer(number=7)
    run_worker(concurrency=2, wait=False)
    assert 7 in ran
    assert jobs_left() == []


def test_a_job_deferred_in_a_transaction_that_is_rolled_back_never_was() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.defer(number=1)
        raise ZeroDivisionError
    assert jobs_left() == []


def test_a_job_sees_each_tenant_behind_its_wall() -> None:
    tenants = [make_tenant("one"), make_tenant("two")]
    Tenant.objects.filter(code="two").update(is_active=True)
    see.defer()
    run_worker(concurrency=2, wait=False)
    assert [seen for seen in ran if isinstance(seen, tuple)] == [(t.id, 0) for t in tenants]


def test_a_closed_tenant_is_left_alone() -> None:
    make_tenant("closed")
    Tenant.objects.update(is_active=False)
    in_each_tenant(lambda: ran.append("never"))
    assert ran == []


def test_a_failing_tenant_does_not_keep_the_others_from_their_turn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = make_tenant("first"), make_tenant("second")

    def act() -> None:
        if current_tenant_id() == first.id:
            message = "out of paper"
            raise ValueError(message)
        ran.append(current_tenant_id())

    with pytest.raises(TenantsFailed, match="first"):
        in_each_tenant(act)
    assert ran == [second.id]
    assert "out of paper" in caplog.text


def test_a_failed_job_is_kept_and_logged_with_its_story(caplog: pytest.LogCaptureFixture) -> None:
    fail.defer()
    with caplog.at_level(logging.ERROR):
        run_worker(concurrency=1, wait=False)
    assert jobs_left() == [("tests.fail", "failed")]
    assert "the bridge is closed" in caplog.text


def test_a_periodic_job_is_run_by_the_worker_on_its_schedule() -> None:
    work_until(lambda: "a minute passed" in ran)


def test_a_periodic_job_is_queued_once_and_never_runs_twice_at_once() -> None:
    task = app.tasks["tests.alone"]
    task.defer(timestamp=1)
    with pytest.raises(AlreadyEnqueued):
        task.defer(timestamp=1)
    work_until(lambda: [run for run in ran if run in {True, False}] == [True, True])


def abandon(task_name: str) -> None:
    """Leave a job as a worker leaves it that died a minute ago."""
    [(worker,)] = sql.fetch(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') "
        "RETURNING id"
    )
    sql.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = %s",
        (worker, task_name),
    )


def test_the_job_of_a_worker_that_died_runs_again() -> None:
    note.defer(number=9)
    abandon("tests.note")
    work_until(lambda: 9 in ran)
    assert rescue_jobs.name in app.tasks


def test_the_lock_of_a_worker_that_died_is_given_back() -> None:
    task = app.tasks["tests.alone"]
    task.defer(timestamp=1)
    abandon("tests.alone")
    task.defer(timestamp=2)
    work_until(lambda: True in ran)
    assert ("tests.alone", "failed") in jobs_left()
