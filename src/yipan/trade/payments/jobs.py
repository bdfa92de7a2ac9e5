"""Background tasks of payments."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.trade.payments.actions import ask_about_pending, expire_unpaid, make_repayments


@periodic("* * * * * */15", name="payments.repay")
def repay() -> None:
    """Give back what is due through the providers that took it."""
    in_each_tenant(make_repayments)


@periodic("* * * * * 10", name="payments.ask")
def ask() -> None:
    """Ask about payments whose notification did not come."""
    in_each_tenant(ask_about_pending)


@periodic("* * * * * 40", name="payments.expire")
def expire() -> None:
    """Cancel orders that nobody paid in time; their goods go back."""
    in_each_tenant(expire_unpaid)
