"""Deliveries from the first try to the last."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from standardwebhooks import Webhook

from tests.surfaces.webhooks.builders import (
    Receiver,
    hand_on,
    make_delivery,
    make_endpoint,
    tell,
)
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.models import AuditEntry
from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.webhooks import actions, jobs
from yipan.surfaces.webhooks.errors import EndpointSwitchedOff
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint
from yipan.surfaces.webhooks.rules import PAUSES
from yipan.surfaces.webhooks.sending import send


def state_of(delivery: Delivery) -> tuple[str, int]:
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts


def test_an_event_arrives_signed_as_it_happened(
    committed_root: Organisation, receiver: Receiver
) -> None:
    issued = make_endpoint(committed_root, receiver.url, "order.paid")
    event = tell(committed_root, "order.paid", number="A-1", 名="一盘")
    hand_on()
    jobs.send_due()
    ((headers, body),) = receiver.got
    assert Webhook(issued.secret).verify(body, headers) == {
        "type": "order.paid",
        "timestamp": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "data": {"number": "A-1", "名": "一盘"},
    }
    assert headers["webhook-id"] == str(event.id)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 204)
    assert delivery.ended_at is not None
    assert delivery.next_at is None
    assert actions.send_due() == 0


def test_a_failed_try_is_repeated_later_with_the_same_id_and_body(
    root: Organisation, receiver: Receiver
) -> None:
    issued = make_endpoint(root, receiver.url)
    delivery = make_delivery(issued.endpoint)
    receiver.answer(503, b"busy")
    actions.send_due()
    assert state_of(delivery) == ("waiting", 1)
    assert (delivery.last_status, delivery.last_error) == (503, "503 busy")
    assert actions.send_due() == 0
    with clock.at(clock.now() + timedelta(seconds=6)):
        assert actions.send_due() == 1
    assert state_of(delivery) == ("delivered", 2)
    assert delivery.last_error == ""
    first, second = receiver.got
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert int(second[0]["webhook-timestamp"]) - int(first[0]["webhook-timestamp"]) >= 5


def test_pauses_grow_over_three_days_and_then_it_is_given_up(
    root: Organisation, receiver: Receiver
) -> None:
    delivery = make_delivery(make_endpoint(root, receiver.url).endpoint)
    began = now = clock.now()
    for pause in PAUSES:
        receiver.answer(500)
        with clock.at(now):
            assert actions.send_due() == 1
        delivery.refresh_from_db()
        assert delivery.next_at is not None
        assert pause * 0.9 <= delivery.next_at - now <= pause * 1.1
        now = delivery.next_at
    assert timedelta(days=2.7) < now - began < timedelta(days=3.6)
    receiver.answer(500)
    with clock.at(now):
        assert actions.send_due() == 1
    assert state_of(delivery) == ("given_up", 10)
    assert delivery.next_at is None
    with clock.at(now + timedelta(days=9)):
        assert actions.send_due() == 0


def test_an_endpoint_that_says_gone_is_switched_off_with_all_that_waits(
    root: Organisation, receiver: Receiver
) -> None:
    endpoint = make_endpoint(root, receiver.url).endpoint
    other = make_endpoint(root, receiver.url).endpoint
    later = clock.now() + timedelta(hours=1)
    told, waits = make_delivery(endpoint), make_delivery(endpoint, next_at=later)
    unconcerned = make_delivery(other, next_at=later)
    receiver.answer(410)
    actions.send_due()
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.ended_by) == (False, "410 Gone")
    assert state_of(told) == ("given_up", 1)
    assert state_of(waits) == ("given_up", 0)
    assert state_of(unconcerned) == ("waiting", 0)


def test_a_sender_that_dies_costs_a_try_and_two_minutes(
    root: Organisation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = make_delivery(make_endpoint(root, receiver.url).endpoint)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("yipan.surfaces.webhooks.actions.sending.send", die)
        with pytest.raises(KeyboardInterrupt):
            actions.send_due()
    assert actions.send_due() == 0
    with clock.at(clock.now() + timedelta(minutes=2, seconds=1)):
        assert actions.send_due() == 1
    assert state_of(delivery) == ("delivered", 2)


def test_many_senders_at_once_send_each_delivery_once(
    committed_root: Organisation, receiver: Receiver, run_concurrently: Callable[..., list[Any]]
) -> None:
    endpoint = make_endpoint(committed_root, receiver.url).endpoint
    for _ in range(100):
        make_delivery(endpoint)
    tenant_id = committed_root.tenant_id

    def work(_: int) -> int:
        with tenant_context(tenant_id):
            return actions.send_due()

    assert sum(run_concurrently(work, 4)) == 100
    assert len(set(receiver.ids)) == len(receiver.ids) == 100
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}


def test_requests_go_out_outside_of_transactions(
    committed_root: Organisation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def watched(messages: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return send(messages)

    monkeypatch.setattr("yipan.surfaces.webhooks.actions.sending.send", watched)
    make_delivery(make_endpoint(committed_root, receiver.url).endpoint)
    actions.send_due()
    assert seen == [False]


def test_the_statements_do_not_grow_with_the_deliveries(
    root: Organisation, receiver: Receiver, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    endpoint = make_endpoint(root, receiver.url).endpoint
    for number in (1, 40):
        for _ in range(number):
            make_delivery(endpoint)
        # Claim, savepoint of the test's transaction, record, release, and a look for more.
        with django_assert_num_queries(5):
            assert actions.send_due() == number


def test_a_secret_that_cannot_be_opened_stops_no_other_endpoint(
    root: Organisation, receiver: Receiver
) -> None:
    broken = make_endpoint(root, receiver.url).endpoint
    whole = make_endpoint(root, receiver.url).endpoint
    Endpoint.objects.filter(id=broken.id).update(secret_sealed=whole.secret_sealed)
    lost, fine = make_delivery(broken), make_delivery(whole)
    assert actions.send_due() == 2
    assert state_of(lost) == ("waiting", 1)
    assert "no live key opens" in lost.last_error
    assert state_of(fine) == ("delivered", 1)


def test_after_a_rotation_messages_bear_both_signatures_for_a_day(
    root: Organisation, receiver: Receiver
) -> None:
    old = make_endpoint(root, receiver.url)
    new = actions.rotate_secret(endpoint=old.endpoint, by=SYSTEM)
    make_delivery(old.endpoint)
    actions.send_due()
    headers, body = receiver.got[-1]
    assert Webhook(old.secret).verify(body, headers) == Webhook(new.secret).verify(body, headers)
    with clock.at(clock.now() + timedelta(hours=25)):
        make_delivery(old.endpoint)
        actions.send_due()
    assert len(receiver.got[-1][0]["webhook-signature"].split()) == 1


def test_secrets_are_sealed_where_they_rest(root: Organisation) -> None:
    issued = make_endpoint(root)
    row = Endpoint.objects.filter(id=issued.endpoint.id).values().get()
    assert issued.secret.startswith("whsec_")
    assert issued.secret not in str(row)
    assert issued.secret[6:] not in str(row)


def test_a_delivery_is_sent_again_by_hand_whatever_became_of_it(
    root: Organisation, receiver: Receiver
) -> None:
    delivery = make_delivery(make_endpoint(root, receiver.url).endpoint)
    actions.send_due()
    assert state_of(delivery) == ("delivered", 1)
    actions.replay_delivery(delivery=delivery, by=SYSTEM)
    assert state_of(delivery) == ("waiting", 0)
    actions.send_due()
    assert state_of(delivery) == ("delivered", 1)
    assert receiver.ids == [str(delivery.event_id)] * 2
    assert AuditEntry.objects.filter(action="webhooks.replay").count() == 1


def test_a_span_brings_back_what_was_missed(
    committed_root: Organisation, receiver: Receiver
) -> None:
    endpoint = make_endpoint(committed_root, receiver.url, "order.*").endpoint
    since = clock.now()
    delivered, failed = make_delivery(endpoint), make_delivery(endpoint)
    receiver.answer(204)
    Delivery.objects.filter(id=failed.id).update(state=DeliveryState.GIVEN_UP, next_at=None)
    actions.send_due()
    actions.change_endpoint(endpoint=endpoint, is_active=False, by=SYSTEM)
    missed = tell(committed_root, "order.paid", number=3)
    tell(committed_root, "withdrawal.failed")
    actions.change_endpoint(endpoint=endpoint, is_active=True, by=SYSTEM)
    until = clock.now()
    span: dict[str, Any] = {"endpoint": endpoint, "since": since, "until": until, "by": SYSTEM}
    assert actions.replay_span(**span) == 2
    actions.send_due()
    assert sorted(receiver.ids) == sorted(
        str(each) for each in (delivered.event_id, failed.event_id, missed.id)
    )
    assert actions.replay_span(**span) == 0
    assert actions.replay_span(**span, delivered_too=True) == 3


def test_nothing_is_replayed_to_an_endpoint_that_is_off(root: Organisation) -> None:
    endpoint = make_endpoint(root).endpoint
    delivery = make_delivery(endpoint)
    actions.change_endpoint(endpoint=endpoint, is_active=False, by=SYSTEM)
    assert state_of(delivery) == ("given_up", 0)
    delivery.endpoint.refresh_from_db()
    with pytest.raises(EndpointSwitchedOff):
        actions.replay_delivery(delivery=delivery, by=SYSTEM)
    now = clock.now()
    with pytest.raises(EndpointSwitchedOff):
        actions.replay_span(endpoint=endpoint, since=now - timedelta(days=1), until=now, by=SYSTEM)


def test_the_answer_of_an_endpoint_is_kept_in_short_only(
    root: Organisation, receiver: Receiver
) -> None:
    delivery = make_delivery(make_endpoint(root, receiver.url).endpoint)
    receiver.answer(400, json.dumps({"long": "x" * 10_000}).encode())
    actions.send_due()
    delivery.refresh_from_db()
    assert len(delivery.last_error) <= 300
