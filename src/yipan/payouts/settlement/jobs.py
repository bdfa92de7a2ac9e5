"""Background tasks of settlement."""

from yipan.kernel.jobs import each_tenant, periodic
from yipan.payouts.settlement.actions import correct_holds, date_undated, release_due


@periodic("* * * * *", name="settlement.release_due")
def release_all_due() -> None:
    """Release everything that is due, chunk by chunk."""
    for _ in each_tenant():
        while release_due():
            pass


@periodic("23 * * * *", name="settlement.catch_up")
def catch_up() -> None:
    """See to what happened while settlement was switched off."""
    for _ in each_tenant():
        while date_undated():
            pass
        correct_holds()
