"""Background work of the catalogue."""

from __future__ import annotations

from yipan.goods.catalogue.actions import copy_list_prices
from yipan.kernel.jobs import in_each_tenant, periodic


@periodic("*/5 * * * *", name="catalogue.copy_list_prices")
def list_prices_that_started() -> None:
    """Sort goods by the list prices that started or ended since."""
    in_each_tenant(copy_list_prices)
