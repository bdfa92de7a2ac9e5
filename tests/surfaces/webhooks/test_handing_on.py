"""From the outbox to deliveries: each event once, in commit order, to those who may hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.conftest import make_tenant
from tests.surfaces.openapi.builders import make_organisation
from tests.surfaces.webhooks.builders import hand_on, make_endpoint, tell, wait_until_settled
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.ids import next_id
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.webhooks import actions, jobs
from yipan.surfaces.webhooks.actions import handing_on
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint, OutboxPosition


def heard_by(endpoint: Endpoint) -> list[int]:
    """Ids of the events that are on their way, in the order they were handed on."""
    deliveries = Delivery.objects.filter(endpoint=endpoint).order_by("id")
    return list(deliveries.values_list("event_id", flat=True))


def test_each_event_is_handed_on_once(committed_root: Organisation) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    first, second = tell(committed_root), tell(committed_root)
    assert hand_on() == 2
    assert hand_on() == 0
    third = tell(committed_root)
    assert hand_on() == 1
    assert heard_by(endpoint) == [first.id, second.id, third.id]
    delivery = Delivery.objects.get(event_id=first.id)
    assert delivery.state == DeliveryState.WAITING
    assert delivery.attempts == 0
    assert delivery.next_at is not None
    assert delivery.next_at <= clock.now()


def test_an_endpoint_hears_what_its_patterns_cover(committed_root: Organisation) -> None:
    one = make_endpoint(committed_root, "https://a.example/", "order.paid").endpoint
    some = make_endpoint(committed_root, "https://b.example/", "order.*").endpoint
    both = make_endpoint(
        committed_root, "https://c.example/", "order.paid", "withdrawal.*"
    ).endpoint
    paid = tell(committed_root, "order.paid")
    cancelled = tell(committed_root, "order.cancelled")
    failed = tell(committed_root, "withdrawal.failed")
    assert hand_on() == 5
    assert heard_by(one) == [paid.id]
    assert heard_by(some) == [paid.id, cancelled.id]
    assert heard_by(both) == [paid.id, failed.id]


def test_an_endpoint_hears_of_its_own_subtree_only(committed_root: Organisation) -> None:
    company = make_organisation("C1", committed_root)
    store, other = make_organisation("S1", company), make_organisation("C2", committed_root)
    at_root = make_endpoint(committed_root).endpoint
    at_company = make_endpoint(company).endpoint
    at_store = make_endpoint(store).endpoint
    told = [tell(each) for each in (committed_root, company, store, other)]
    hand_on()
    ids = [each.id for each in told]
    assert heard_by(at_root) == ids
    assert heard_by(at_company) == ids[1:3]
    assert heard_by(at_store) == ids[2:3]


def test_events_of_no_organisation_are_for_the_root(committed_root: Organisation) -> None:
    at_root = make_endpoint(committed_root).endpoint
    at_company = make_endpoint(make_organisation("C1", committed_root)).endpoint
    event = tell(None)
    hand_on()
    assert heard_by(at_root) == [event.id]
    assert heard_by(at_company) == []


def test_another_tenants_events_stay_there(committed_root: Organisation) -> None:
    make_endpoint(committed_root)
    other = make_tenant("other")
    with tenant_context(other.id):
        stranger = make_organisation()
        make_endpoint(stranger)
        tell(stranger)
        assert hand_on() == 1
    assert hand_on() == 0


def test_what_happened_before_an_endpoint_is_not_for_it(committed_root: Organisation) -> None:
    for _ in range(3):
        tell(committed_root)
    first = make_endpoint(committed_root).endpoint
    before_second = tell(committed_root)
    second = make_endpoint(committed_root).endpoint
    after = tell(committed_root)
    hand_on()
    assert heard_by(first) == [before_second.id, after.id]
    assert heard_by(second) == [after.id]


def test_an_endpoint_that_is_off_hears_nothing(committed_root: Organisation) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    actions.change_endpoint(endpoint=endpoint, is_active=False, by=SYSTEM)
    tell(committed_root)
    assert hand_on() == 0
    actions.change_endpoint(endpoint=endpoint, is_active=True, by=SYSTEM)
    event = tell(committed_root)
    assert hand_on() == 1
    assert heard_by(endpoint) == [event.id]


class LateWriter:
    """A transaction of its own that writes an event and ends when told."""

    def __init__(self, organisation: Organisation) -> None:
        self.connection = psycopg.connect(**connection.get_connection_params())
        tenant_id = organisation.tenant_id
        self.connection.execute(
            "SELECT set_config('yipan.tenant_id', %s, false)", (str(tenant_id),)
        )
        self.event_id = next_id()
        self.connection.execute(
            "INSERT INTO kernel_outboxevent (id, tenant_id, name, organisation_id, payload, "
            "occurred_at) VALUES (%s, %s, 'order.paid', %s, '{}', %s)",
            (self.event_id, tenant_id, organisation.id, clock.now()),
        )


def test_a_transaction_that_commits_late_is_neither_missed_nor_taken_twice(
    committed_root: Organisation,
) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    before = tell(committed_root)
    hand_on()
    late = LateWriter(committed_root)
    try:
        after = tell(committed_root)  # begins later, with a greater id, and is done first
        assert actions.hand_on_events() == 0
        assert heard_by(endpoint) == [before.id]
        late.connection.commit()
        hand_on()
        hand_on()
        assert heard_by(endpoint) == [before.id, late.event_id, after.id]
    finally:
        late.connection.close()


def test_a_transaction_that_is_taken_back_leaves_no_gap(committed_root: Organisation) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    late = LateWriter(committed_root)
    try:
        after = tell(committed_root)
        assert actions.hand_on_events() == 0
        late.connection.rollback()
        hand_on()
        assert heard_by(endpoint) == [after.id]
    finally:
        late.connection.close()


def test_many_events_are_taken_in_whole_transactions(
    committed_root: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_on, "_AT_ONCE", 3)
    endpoint = make_endpoint(committed_root).endpoint
    told = [tell(committed_root) for _ in range(4)]
    with connection.cursor() as cursor:  # seven events in one transaction: more than at once
        cursor.execute(
            "INSERT INTO kernel_outboxevent (id, tenant_id, name, organisation_id, payload, "
            "occurred_at) SELECT %s + n, %s, 'order.paid', %s, '{}', %s "
            "FROM generate_series(1, 7) n",
            [next_id() + 1000, committed_root.tenant_id, committed_root.id, clock.now()],
        )
    last = tell(committed_root)
    assert hand_on() == 12
    heard = heard_by(endpoint)
    assert heard[:4] == [each.id for each in told]
    assert heard[-1] == last.id
    assert len(set(heard)) == 12


def test_two_readers_at_once_hand_each_event_on_once(
    committed_root: Organisation, run_concurrently: Callable[..., list[Any]]
) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    told = [tell(committed_root).id for _ in range(30)]
    wait_until_settled()
    tenant_id = committed_root.tenant_id

    def read(_: int) -> int:
        with tenant_context(tenant_id):
            return actions.hand_on_events()

    made = run_concurrently(read, 6)
    assert sum(made) == 30
    assert heard_by(endpoint) == told


def test_writers_and_readers_at_once_lose_nothing(
    committed_root: Organisation, run_concurrently: Callable[..., list[Any]]
) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    tenant_id = committed_root.tenant_id

    def work(number: int) -> list[int]:
        with tenant_context(tenant_id):
            if number % 3 == 0:
                return [actions.hand_on_events() for _ in range(20)] and []
            return [tell(committed_root).id for _ in range(25)]

    told = [each for ids in run_concurrently(work, 9) for each in ids]
    hand_on()
    assert sorted(heard_by(endpoint)) == sorted(told)
    assert len(told) == 150


def test_the_statements_do_not_grow_with_the_events(
    committed_root: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        make_endpoint(committed_root)
    tell(committed_root)
    wait_until_settled()
    with django_assert_num_queries(8):  # two of them begin and end the transaction
        actions.hand_on_events()
    for _ in range(50):
        tell(committed_root)
    wait_until_settled()
    with django_assert_num_queries(8):
        assert actions.hand_on_events() == 150


def test_where_nobody_listens_one_look_is_all(
    tenant: Tenant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert actions.hand_on_events() == 0
    assert not OutboxPosition.objects.exists()


def test_the_job_serves_every_tenant(committed_root: Organisation) -> None:
    endpoint = make_endpoint(committed_root).endpoint
    event = tell(committed_root)
    with tenant_context(make_tenant("other").id):
        stranger = make_endpoint(make_organisation()).endpoint
        told = tell(stranger.organisation)
    wait_until_settled()
    jobs.hand_on_events()
    assert heard_by(endpoint) == [event.id]
    with tenant_context(stranger.tenant_id):
        assert heard_by(stranger) == [told.id]


def test_old_entries_leave_the_log(root: Organisation) -> None:
    endpoint = make_endpoint(root).endpoint
    now = clock.now()
    for days, state in [(31, "delivered"), (31, "given_up"), (29, "delivered"), (0, "waiting")]:
        Delivery.objects.create(
            endpoint=endpoint,
            event_id=next_id(),
            event_name="order.paid",
            state=state,
            created_at=now - timedelta(days=days),
            ended_at=None if state == "waiting" else now - timedelta(days=days),
        )
    jobs.forget_old_deliveries()
    left = Delivery.objects.order_by("created_at").values_list("state", flat=True)
    assert list(left) == ["delivered", "waiting"]
