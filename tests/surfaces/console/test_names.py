"""Names of tables and columns are in the reader's language, and only on the screens."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from yipan.distribution.commissions.models import Entry
from yipan.kernel.models import AuditEntry
from yipan.surfaces.console.names import names_of
from yipan.trade.orders.models import Order


def test_tables_and_columns_have_two_languages() -> None:
    options = Order._meta
    with translation.override("en"):
        assert options.verbose_name_plural == "orders"
        assert options.get_field("placed_at").verbose_name == "placed at"
    with translation.override("zh-hans"):
        assert options.verbose_name_plural == "订单"
        assert options.get_field("placed_at").verbose_name == "下单时间"


def test_many_of_a_kind_are_called_rightly() -> None:
    assert names_of(Entry) == ("commission entry", "commission entries")
    assert names_of(AuditEntry) == ("audit entry", "audit entries")


@pytest.mark.django_db(databases=["default", "owner"])
def test_migrations_see_none_of_it() -> None:
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes detected" in out.getvalue()
