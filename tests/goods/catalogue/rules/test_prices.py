"""Which price counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.goods.catalogue.rules import (
    PriceSpan,
    SkuPrices,
    find_overlap,
    price_at,
    resolve_prices,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
STORE, COMPANY, OTHER = 3, 2, 9
LINEAGE = (STORE, COMPANY, 1)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def span(
    amount: int,
    first: int,
    end: int | None = None,
    *,
    organisation_id: int | None = None,
    kind: str = "list",
) -> PriceSpan:
    until = None if end is None else day(end)
    return PriceSpan(kind, amount, day(first), until, organisation_id)


def price(spans: list[PriceSpan], on: int, kind: str = "list") -> int | None:
    return price_at(spans, kind=kind, lineage=LINEAGE, at=day(on))


def test_a_price_holds_from_its_start_to_just_before_its_end() -> None:
    spans = [span(100, 1, 3)]
    assert [price(spans, on) for on in range(5)] == [None, 100, 100, None, None]


def test_a_price_without_end_gives_way_to_the_next_one() -> None:
    spans = [span(100, 0), span(120, 2)]
    assert [price(spans, on) for on in range(4)] == [100, 100, 120, 120]


def test_an_exception_ends_and_the_former_price_counts_again() -> None:
    spans = [span(100, 0), span(80, 2, 4)]
    assert [price(spans, on) for on in range(6)] == [100, 100, 80, 80, 100, 100]


def test_the_nearest_organisation_decides() -> None:
    everywhere, company = span(100, 3), span(90, 1, organisation_id=COMPANY)
    store = span(70, 0, 2, organisation_id=STORE)
    elsewhere = span(10, 0, organisation_id=OTHER)
    spans = [everywhere, company, store, elsewhere]
    assert [price(spans, on) for on in range(4)] == [70, 70, 90, 90]


def test_each_kind_has_its_own_price() -> None:
    spans = [span(100, 0), span(90, 0, kind="member")]
    assert resolve_prices(spans, lineage=LINEAGE, at=day(1)) == SkuPrices(100, 90, None)
    assert SkuPrices(100, 90, None).of_kind("member") == 90


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (span(1, 0, 3), span(2, 2, 5), True),
        (span(1, 0, 3), span(2, 3, 5), False),
        (span(1, 0, 9), span(2, 3, 5), True),
        (span(1, 0), span(2, 3, 5), False),
        (span(1, 0), span(2, 3), False),
        (span(1, 0), span(2, 0), True),
        (span(1, 0), span(2, 0, 5), True),
        (span(1, 0, 3), span(2, 0, 3, kind="promo"), False),
        (span(1, 0, 3), span(2, 0, 3, organisation_id=STORE), False),
    ],
)
def test_prices_clash_where_it_is_not_clear_which_counts(
    one: PriceSpan, other: PriceSpan, clash: bool
) -> None:
    assert find_overlap(one, [other]) == (other if clash else None)
    assert find_overlap(other, [one]) == (one if clash else None)


SPANS = st.builds(
    span,
    st.integers(0, 500),
    st.integers(0, 9),
    st.one_of(st.none(), st.integers(10, 15)),
    organisation_id=st.sampled_from([None, STORE, COMPANY, OTHER]),
)


@given(st.lists(SPANS, max_size=6), st.integers(-1, 16), st.randoms())
def test_the_order_of_prices_does_not_matter_where_none_clash(
    given_spans: list[PriceSpan], on: int, dice: object
) -> None:
    spans: list[PriceSpan] = []
    for each in given_spans:
        if find_overlap(each, spans) is None:
            spans.append(each)
    found = price(spans, on)
    assert price(spans[::-1], on) == found
    assert found is None or found in {each.amount for each in spans if each.holds_at(day(on))}
