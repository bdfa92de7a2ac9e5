"""Background tasks of withdrawals."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.payouts.withdrawals.actions import query_awaited, submit_approved

_EVERY_15_SECONDS = "* * * * * */15"


@periodic(_EVERY_15_SECONDS, name="withdrawals.submit_approved")
def submit_all_approved() -> None:
    """Hand approved payouts to their providers."""
    in_each_tenant(_submit)


def _submit() -> None:
    while submit_approved():
        pass


@periodic(_EVERY_15_SECONDS, name="withdrawals.query_awaited")
def query_all_awaited() -> None:
    """Ask how payouts stand that were handed over."""
    in_each_tenant(_query)


def _query() -> None:
    while query_awaited():
        pass
