"""What the tests of the pool start from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.group.organisations.builders import GroupTree, make_tree
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context


@pytest.fixture
def group(tenant: Tenant) -> Any:
    """HQ, two industry groups, three companies and five stores (see `make_tree`)."""
    planted = make_tree()
    with tenant_context(tenant.id):  # a fresh context trusts the cache again
        yield planted


@pytest.fixture
def committed_group(committed_tenant: Tenant) -> Any:
    """The same in a database where transactions commit."""
    planted = make_tree()
    with tenant_context(committed_tenant.id):
        yield planted


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[CaptureQueriesContext]]:
    """`with statements() as seen: …; len(seen)`."""
    return lambda: CaptureQueriesContext(connection)


__all__ = ["GroupTree", "committed_group", "group", "statements"]
