"""Rows written in one statement arrive as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yipan.kernel import sql
from yipan.kernel.ids import next_id
from yipan.kernel.models import OutboxEvent, Tenant
from yipan.kernel.tenancy import current_tenant_id

COLUMNS = ("id", "tenant_id", "name", "organisation_id", "payload", "occurred_at")
ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))]
)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001
# What an array's text form gives a meaning to, besides everything else that a column may hold.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("\",{}\\ \n'NUL"), st.characters(exclude_characters="\0", codec="utf-8")
    ),
    max_size=12,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.tuples(TEXTS, st.integers(-(2**63), 2**63 - 1) | st.none(), MOMENTS), max_size=5
    )
)
def test_whatever_is_inserted_is_read_back(
    tenant: Tenant, values: list[tuple[str, int | None, datetime]]
) -> None:
    rows = [
        (next_id(), current_tenant_id(), name, number, "{}", moment)
        for name, number, moment in values
    ]
    assert sql.insert(OutboxEvent, COLUMNS, rows) == len(rows)
    found = OutboxEvent.objects.filter(id__in=[row[0] for row in rows]).order_by("id")
    read = [(row.name, row.organisation_id, row.occurred_at) for row in found]
    assert read == values


@pytest.mark.parametrize("name", ["", "NULL", "{}", 'a"b', "a\\b", "a,b", " ", "'"])
def test_texts_with_a_meaning_of_their_own_stay_what_they_are(tenant: Tenant, name: str) -> None:
    with connection.cursor() as cursor:
        statement = f"SELECT * FROM ({sql.unnested(OutboxEvent, ('name',))}) AS t"
        (array,) = sql.columnwise(OutboxEvent, ("name",), [(name,), ("x",)])
        cursor.execute(statement, [str(array)])
        assert cursor.fetchall() == [(name,), ("x",)]
