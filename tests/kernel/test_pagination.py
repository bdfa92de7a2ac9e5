"""Pages by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.functions import Length
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests.conftest import make_tenant
from yipan.kernel.crypto import derived_key
from yipan.kernel.errors import InvalidField
from yipan.kernel.models import AuditEntry, Tenant
from yipan.kernel.pagination import (
    MAX_LIMIT,
    decode_cursor,
    encode_cursor,
    full_order,
    paginate,
)
from yipan.kernel.tenancy import tenant_context

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def write(subject_id: int, at: datetime = DAY, action: str = "seen") -> None:
    AuditEntry.objects.create(
        at=at, actor="system:-:system", action=action, subject_type="thing", subject_id=subject_id
    )


def walk(rows: Any, order: tuple[str, ...], limit: int) -> list[int]:
    """Subject ids of all pages, in the order they came."""
    found: list[int] = []
    cursor = None
    while True:
        page = paginate(rows, cursor=cursor, limit=limit, order=order)
        assert len(page.items) <= limit
        found += [row.subject_id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize(
    "order",
    [("id",), ("-id",), ("at",), ("-at", "subject_id"), ("at", "-action"), ("-action", "-at")],
)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_the_pages_together_are_the_list_whatever_the_order(
    tenant: Tenant, order: tuple[str, ...], limit: int
) -> None:
    for number in range(11):
        write(number, DAY + timedelta(days=number % 3), "abc"[number % 2])
    whole = AuditEntry.objects.order_by(*full_order(order)).values_list("subject_id", flat=True)
    assert walk(AuditEntry.objects.all(), order, limit) == list(whole)


@given(days=st.lists(st.integers(0, 3), max_size=12), limit=st.integers(1, 5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_of_the_same_moment_are_neither_lost_nor_repeated(
    tenant: Tenant, days: list[int], limit: int
) -> None:
    batch = len(days) * 1000 + limit
    for number, day in enumerate(days):
        write(number, DAY + timedelta(days=day), f"batch-{batch}")
    rows = AuditEntry.objects.filter(action=f"batch-{batch}", subject_id__lt=len(days))
    expected = sorted(rows.values_list("subject_id", flat=True))
    assert sorted(walk(rows, ("-at",), limit)) == expected


def test_a_page_costs_one_statement(
    tenant: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        write(number)
    with django_assert_num_queries(1):
        first = paginate(AuditEntry.objects.all(), cursor=None, limit=2, order=("-at",))
    with django_assert_num_queries(1):
        paginate(AuditEntry.objects.all(), cursor=first.next_cursor, limit=2, order=("-at",))


def test_a_new_row_before_the_position_shifts_nothing(tenant: Tenant) -> None:
    for number in range(4):
        write(number, DAY + timedelta(days=number))
    first = paginate(AuditEntry.objects.all(), cursor=None, limit=2, order=("-at",))
    write(99, DAY + timedelta(days=99))
    second = paginate(AuditEntry.objects.all(), cursor=first.next_cursor, limit=2, order=("-at",))
    assert [row.subject_id for row in second.items] == [1, 0]


def test_rows_may_be_dictionaries_and_the_order_an_annotation(tenant: Tenant) -> None:
    for number, action in enumerate(["aaa", "b", "cc", "dddd"]):
        write(number, action=action)
    rows = AuditEntry.objects.annotate(size=Length(F("action")) + Value(0)).values("id", "size")
    first = paginate(rows, cursor=None, limit=3, order=("-size",))
    second = paginate(rows, cursor=first.next_cursor, limit=3, order=("-size",))
    assert [row["size"] for row in [*first.items, *second.items]] == [4, 3, 2, 1]


def test_a_cursor_that_was_changed_cut_or_invented_is_refused(tenant: Tenant) -> None:
    for number in range(3):
        write(number)
    rows = AuditEntry.objects.all()
    good = paginate(rows, cursor=None, limit=1, order=("-at",)).next_cursor
    assert good is not None
    swapped = ("A" if good[0] != "A" else "B") + good[1:]
    for bad in [swapped, good[:-4], "x", "!!!", "é", good + "AAAA", "A" * 400]:
        with pytest.raises(InvalidField) as caught:
            paginate(rows, cursor=bad, limit=1, order=("-at",))
        assert caught.value.data["field"] == "cursor"


def test_a_cursor_fits_only_its_own_order_and_tenant(tenant: Tenant) -> None:
    for number in range(3):
        write(number)
    rows = AuditEntry.objects.all()
    cursor = paginate(rows, cursor=None, limit=1, order=("-at",)).next_cursor
    with pytest.raises(InvalidField):
        paginate(rows, cursor=cursor, limit=1, order=("at",))
    with tenant_context(make_tenant("other").id), pytest.raises(InvalidField):
        paginate(AuditEntry.objects.all(), cursor=cursor, limit=1, order=("-at",))


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_page_has_1_to_200_items(tenant: Tenant, limit: int) -> None:
    with pytest.raises(InvalidField) as caught:
        paginate(AuditEntry.objects.all(), cursor=None, limit=limit, order=("id",))
    assert caught.value.data["field"] == "limit"


def test_a_cursor_of_the_former_master_secret_still_works(tenant: Tenant, settings: Any) -> None:
    cursor = encode_cursor([7], purpose="list")
    settings.YIPAN_MASTER_SECRETS = ["a new one", *settings.YIPAN_MASTER_SECRETS]
    derived_key.cache_clear()
    try:
        assert decode_cursor(cursor, purpose="list") == [7]
    finally:
        derived_key.cache_clear()
