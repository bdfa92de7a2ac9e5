"""Background tasks of the pool."""

from __future__ import annotations

from yipan.distribution.pool.actions.estimates import refresh_estimates
from yipan.kernel.jobs import in_each_tenant, periodic


@periodic("*/10 * * * *", name="pool.refresh_estimates")
def refresh_all_estimates() -> None:
    """Bring estimates up to the prices and rule versions in force."""
    in_each_tenant(refresh_estimates)
