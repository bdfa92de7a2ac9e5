"""What tests of fulfilment share."""

from __future__ import annotations

import pytest

from tests.trade.orders.builders import Shop, open_shop
from yipan.kernel.models import Tenant


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()
