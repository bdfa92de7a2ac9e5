"""Background work of the catalogue."""

from __future__ import annotations

from datetime import timedelta

from yipan.goods.catalogue.actions import copy_list_prices
from yipan.goods.catalogue.pictures import KEPT_IN
from yipan.kernel import kept_files
from yipan.kernel.jobs import in_each_tenant, periodic


@periodic("*/5 * * * *", name="catalogue.copy_list_prices")
def list_prices_that_started() -> None:
    """Sort goods by the list prices that started or ended since."""
    in_each_tenant(copy_list_prices)


@periodic("41 3 * * *", name="catalogue.forget_scaled_pictures")
def forget_scaled_pictures() -> None:
    """Remove the sizes of pictures that nobody looked at for 90 days; they are made again."""
    kept_files.forget_unused(KEPT_IN, unused_for=timedelta(days=90))
