"""Background tasks of orders."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.trade.orders.actions import count_units_sold


@periodic("*/15 * * * *", name="orders.count_units_sold")
def bestsellers() -> None:
    """Tell the catalogue what sells, for sorting by sales."""
    in_each_tenant(count_units_sold)
