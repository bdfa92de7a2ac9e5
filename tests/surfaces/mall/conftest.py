"""What tests of the mall share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.surfaces.mall.builders import Phone
from tests.trade.checkout.builders import Mall, open_mall
from yipan.kernel.models import Tenant


@pytest.fixture(autouse=True)
def _sandbox(settings: Any) -> None:
    settings.YIPAN_SANDBOX_PAYMENTS = True


@pytest.fixture
def mall(tenant: Tenant) -> Mall:
    return open_mall()


@pytest.fixture
def phone(mall: Mall) -> Phone:
    """A visitor in the shop of the store."""
    return Phone.new().enter(mall.shop.tree["R1-A"])
