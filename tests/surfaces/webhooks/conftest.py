"""Fixtures of the webhooks' tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.surfaces.openapi.builders import make_organisation
from tests.surfaces.webhooks.builders import Receiver, listening
from yipan.group.organisations.models import Organisation
from yipan.kernel.models import Tenant


@pytest.fixture
def root(tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def committed_root(committed_tenant: Tenant) -> Organisation:
    return make_organisation()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A program that listens on this machine, which the settings allow."""
    settings.YIPAN_WEBHOOK_PRIVATE_NETWORKS = True
    with listening() as heard:
        yield heard
