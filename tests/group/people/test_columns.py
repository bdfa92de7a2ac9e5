"""Cells: amounts, states, and links for those who may follow them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from yipan.group.people.columns import (
    address_of,
    badge,
    link_to,
    list_of,
    money,
    pretty,
    reading,
    when,
)
from yipan.group.people.scope import Scope
from yipan.trade.orders.models import Order

READER = Scope(1, {"orders.read": ("/1/",)})
STRANGER = Scope(1, {"pool.read": ("/1/",)})


@pytest.mark.parametrize(
    ("fen", "shown"), [(123_450, "¥1,234.50"), (0, "¥0.00"), (-5, "-¥0.05"), (None, "–")]
)
def test_amounts_are_shown_as_people_read_them(fen: int | None, shown: str) -> None:
    assert f">{shown}<" in money(fen)


def test_what_is_taken_back_is_told_apart() -> None:
    assert "y-minus" in money(-1)
    assert "y-minus" not in money(1)


def test_texts_are_escaped() -> None:
    for cell in (badge("<b>"), pretty({"a": "<b>"})):
        assert "<b>" not in cell
    with reading(lambda: READER):
        assert "<b>" not in link_to(Order, 1, "<b>")


def test_a_link_leads_only_where_its_reader_may_go() -> None:
    with reading(lambda: READER):
        assert link_to(Order, 7, "T-1") == (
            '<a class="y-link" href="/console/orders/order/7/change/">T-1</a>'
        )
        assert address_of(Order, 7) == "/console/orders/order/7/change/"
        assert list_of(Order) == "/console/orders/order/"
    with reading(lambda: STRANGER):
        assert link_to(Order, 7, "T-1") == "T-1"
        assert (address_of(Order, 7), list_of(Order)) == ("", "")
    assert link_to(Order, 7, "T-1") == "T-1"


def test_nothing_is_a_dash() -> None:
    assert (link_to(Order, None, None), link_to(Order, 7, ""), when(None)) == ("–", "–", "–")


def test_moments_are_shown_in_the_readers_zone() -> None:
    with timezone.override("Asia/Shanghai"):
        assert when(datetime(2026, 3, 7, 16, 30, tzinfo=UTC)) == "2026-03-08 00:30"
