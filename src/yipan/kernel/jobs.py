"""Background jobs on the PostgreSQL queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from procrastinate.contrib.django import app

from yipan.kernel import clock
from yipan.kernel.models import IdempotencyRecord, Tenant
from yipan.kernel.tenancy import tenant_context

IDEMPOTENCY_DAYS = 30


def periodic(cron: str, *, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have a function run by the workers on a schedule (UTC), never twice at once."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        @app.periodic(cron=cron)
        @app.task(name=name, queueing_lock=name, lock=name, pass_context=False)
        def run(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
            function()

        return function

    return register


def each_tenant() -> Iterator[Tenant]:
    """The active tenants one by one, each with its context entered."""
    for tenant in Tenant.objects.filter(is_active=True).order_by("id"):
        with tenant_context(tenant.id, tenant.config_epoch):
            yield tenant


@periodic("17 3 * * *", name="kernel.forget_old_keys")
def forget_old_keys() -> None:
    """Remove idempotency keys older than 30 days."""
    for _ in each_tenant():
        limit = clock.now() - timedelta(days=IDEMPOTENCY_DAYS)
        IdempotencyRecord.objects.filter(created_at__lt=limit).delete()
