"""What tests of payments share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.trade.orders.builders import Shop, open_shop
from tests.trade.payments.builders import FakeProvider
from yipan.kernel.models import Tenant
from yipan.trade.payments.providers import registry


@pytest.fixture(autouse=True)
def _sandbox(settings: Any) -> None:
    settings.YIPAN_SANDBOX_PAYMENTS = True


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return open_shop()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """A provider registered for this test alone."""
    provider = FakeProvider()
    monkeypatch.setitem(registry._providers, provider.code, provider)
    return provider  # type: ignore[return-value]
