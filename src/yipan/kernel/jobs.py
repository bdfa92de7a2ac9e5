"""Background jobs on the PostgreSQL queue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import close_old_connections
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from yipan.kernel import clock, long_work, one_time_codes, text_messages
from yipan.kernel.models import IdempotencyRecord, Tenant
from yipan.kernel.tenancy import tenant_context

IDEMPOTENCY_DAYS = 30
KEPT_FAILURES_DAYS = 30
_log = logging.getLogger(__name__)


class TenantsFailed(RuntimeError):
    """A job did its work for some tenants and not for others; the log says why, for each."""


def periodic(cron: str, *, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have a function run by the workers on a schedule (UTC), never twice at once.

    A sixth field of `cron` is seconds. While one run lasts the next waits, and no third is queued.
    A run that fails is written to the log and not repeated: the next tick is the repetition, so
    each function takes up whatever is left to do.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name, lock=name)
        def run(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
            function()

        return function

    return register


def in_each_tenant(action: Callable[[], object]) -> None:
    """Run an action as every active tenant in turn.

    One that fails is written to the log and keeps no other from its turn; TenantsFailed at the
    end marks the job as failed.
    """
    failed = []
    for tenant in Tenant.objects.filter(is_active=True).order_by("id"):
        with tenant_context(tenant.id, tenant.config_epoch):
            try:
                action()
            except Exception:  # noqa: BLE001 - one group's trouble is not another's
                _log.exception("failed for the tenant %s", tenant.code)
                failed.append(tenant.code)
                close_old_connections()  # one that broke would fail the others too
    if failed:
        message = f"failed for {len(failed)} tenants: {', '.join(failed)}"
        raise TenantsFailed(message)


@periodic("17 3 * * *", name="kernel.forget_old_keys")
def forget_old_keys() -> None:
    """Remove idempotency keys older than 30 days."""
    limit = clock.now() - timedelta(days=IDEMPOTENCY_DAYS)
    in_each_tenant(lambda: IdempotencyRecord.objects.filter(created_at__lt=limit).delete())


@app.task(name=long_work.TASK)
def do_long_work(tenant_id: int, work_id: int) -> None:
    """Do a work that somebody asked for on a page."""
    with tenant_context(tenant_id):
        long_work.do(work_id)


@periodic("*/2 * * * *", name="kernel.close_lost_work")
def close_lost_work() -> None:
    """Say of works that nobody does any more that they failed."""
    in_each_tenant(long_work.close_lost)


@periodic("27 3 * * *", name="kernel.forget_old_work")
def forget_old_work() -> None:
    """Remove long works that ended more than 30 days ago, with their files."""
    in_each_tenant(long_work.forget_old)


@periodic("22 3 * * *", name="kernel.forget_old_codes")
def forget_old_codes() -> None:
    """Remove one-time codes and text messages older than a day."""
    in_each_tenant(_forget_codes_and_messages)


def _forget_codes_and_messages() -> None:
    one_time_codes.forget_old()
    text_messages.forget_old()


@app.periodic(cron="* * * * *")
@app.task(name="kernel.rescue_jobs", queueing_lock="kernel.rescue_jobs", pass_context=True)
async def rescue_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Take the jobs of workers that died from them, with the locks they hold.

    A periodic job ends as failed, for its next run takes up the work; any other runs again. This
    job itself holds no lock, so that nothing can keep it from running.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        _log.warning("the worker of job %s (%s) died", job.id, job.task_name)
        if job.queueing_lock:
            await manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job)


@app.periodic(cron="41 3 * * *")
@app.task(name="kernel.forget_old_jobs", queueing_lock="kernel.forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Remove failed jobs older than 30 days; those that succeeded are removed at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=24 * KEPT_FAILURES_DAYS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )
