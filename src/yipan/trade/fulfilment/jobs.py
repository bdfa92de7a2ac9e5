"""Background tasks of fulfilment."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.trade.fulfilment.actions import receive_overdue, tidy_up


@periodic("7 * * * *", name="fulfilment.receive")
def receive() -> None:
    """Parcels of which nobody says anything count as received."""
    in_each_tenant(receive_overdue)


@periodic("* * * * * 20", name="fulfilment.tidy_up")
def tidy() -> None:
    """Fulfilments follow orders that went another way."""
    in_each_tenant(tidy_up)
