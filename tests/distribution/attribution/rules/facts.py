"""Facts for tests of the attribution rules: builders and Hypothesis strategies."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindingFact,
    BindOn,
    DistributorStanding,
    LineFact,
    LinkModel,
    OrderFacts,
    Scope,
    Source,
    TouchFact,
)

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
BUYER = 900
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
TOUCH_SOURCES = (Source.CODE, Source.COUPON, Source.LINK)

ids = st.integers(1, 4)
"""Few distributors and SKUs, so that they meet."""

spans = st.sampled_from(
    [
        timedelta(0),
        MICROSECOND,
        DAY,
        *(day * DAY + off for day in (1, 2, 3, 15) for off in (-MICROSECOND, 0 * DAY, MICROSECOND)),
    ]
) | st.timedeltas(timedelta(0), 20 * DAY)
moments = spans.map(lambda span: NOW - span) | spans.map(lambda span: NOW + span)

policies = st.builds(
    AttributionPolicy,
    window_days=st.sampled_from([1, 2, 3, 15, 90]),
    order=st.permutations(list(Source)).flatmap(
        lambda order: st.integers(1, 4).map(lambda count: tuple(order[:count]))
    ),
    link_model=st.sampled_from(LinkModel),
    scope=st.sampled_from(Scope),
    bind_on=st.sampled_from(BindOn),
    binding_days=st.sampled_from([0, 1, 15, 365]),
    protection_days=st.sampled_from([0, 1, 15, 400]),
    self_purchase=st.booleans(),
)

bindings = st.builds(
    BindingFact,
    id=st.integers(1, 99),
    distributor_id=ids,
    bound_at=moments,
    valid_until=st.none() | moments,
    protected_until=st.none() | moments,
)

orders = st.builds(
    OrderFacts,
    id=st.integers(1, 2),
    placed_at=st.just(NOW),
    lines=st.lists(ids, min_size=1, max_size=5).map(
        lambda skus: tuple(LineFact(number, sku) for number, sku in enumerate(skus, start=10))
    ),
    member_id=st.none() | st.just(BUYER),
)


def standing_of(distributor_id: int) -> st.SearchStrategy[DistributorStanding]:
    mostly = st.sampled_from([True, True, True, False])
    return st.builds(
        DistributorStanding,
        distributor_id=st.just(distributor_id),
        active=mostly,
        distribution_on=mostly,
        qualification_required=mostly.map(lambda often: not often),
        qualified_from=st.none() | moments,
        qualified_until=st.none() | moments,
        own_member_id=st.sampled_from([None, None, BUYER]),
    )


standings = st.fixed_dictionaries({number: standing_of(number) for number in range(1, 5)})


@st.composite
def touch_lists(draw: st.DrawFn) -> list[TouchFact]:
    """Touches with distinct ids and orders of recording, many at the same moment."""
    count = draw(st.integers(0, 8))
    sequence = draw(st.permutations(range(count)))
    return [
        TouchFact(
            id=number,
            source=draw(st.sampled_from(TOUCH_SOURCES)),
            at=draw(moments),
            recorded_seq=sequence[number],
            distributor_id=draw(ids),
            sku_id=draw(st.none() | ids),
            order_id=draw(st.none() | st.integers(1, 2)),
        )
        for number in range(count)
    ]
