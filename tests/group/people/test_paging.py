"""Long lists are counted to a limit."""

from __future__ import annotations

import pytest

from tests.group.organisations.builders import make_tree
from yipan.group.organisations.models import Organisation
from yipan.group.people import paging
from yipan.group.people.paging import CappedPaginator
from yipan.kernel.models import Tenant


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 10)


def test_short_lists_are_counted_whole(tenant: Tenant) -> None:
    make_tree()
    pages = CappedPaginator(Organisation.objects.filter(level="store").order_by("path"), 3)
    assert (pages.count, pages.num_pages, pages.is_capped) == (5, 2, False)


def test_long_lists_are_counted_to_the_limit(tenant: Tenant) -> None:
    make_tree()
    pages = CappedPaginator(Organisation.objects.order_by("path"), 3)
    assert (pages.count, pages.num_pages, pages.is_capped) == (10, 4, True)
    assert len(pages.page(4)) == 1


def test_lists_in_memory_are_counted_as_they_are() -> None:
    assert CappedPaginator(list(range(12)), 5).count == 12
