"""Background tasks of settlement."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.payouts.settlement.actions import correct_holds, date_undated, release_due


@periodic("* * * * *", name="settlement.release_due")
def release_all_due() -> None:
    """Release everything that is due, chunk by chunk."""
    in_each_tenant(release_until_done)


def release_until_done() -> None:
    """Release chunk after chunk until nothing is due."""
    while release_due():
        pass


@periodic("23 * * * *", name="settlement.catch_up")
def catch_up() -> None:
    """See to what happened while settlement was switched off."""
    in_each_tenant(_catch_up)


def _catch_up() -> None:
    while date_undated():
        pass
    correct_holds()
