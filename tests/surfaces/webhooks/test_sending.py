"""Requests over real sockets."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.surfaces.webhooks.builders import Receiver
from yipan.kernel import clock
from yipan.surfaces.webhooks import sending, signing
from yipan.surfaces.webhooks.sending import Message, Outcome, send

BODY = '{"type":"order.paid","timestamp":"2026-01-01T00:00:00Z","data":{"名":"一盘"}}'


def message(url: str, secret: str, number: int = 1, *more: str) -> Message:
    headers = signing.headers_of(
        message_id=str(number), at=clock.now(), body=BODY, secrets_=[secret, *more]
    )
    return Message(number, url, {**headers, "Content-Type": "application/json"}, BODY)


def test_the_receiver_can_check_the_signature_with_the_public_library(receiver: Receiver) -> None:
    secret = signing.new_secret()
    (outcome,) = send([message(receiver.url, secret)])
    assert outcome == Outcome(1, 204, "")
    ((headers, body),) = receiver.got
    assert Webhook(secret).verify(body, headers) == json.loads(BODY)
    assert headers["content-type"] == "application/json"
    assert headers["host"] == receiver.url.split("/")[2]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(body, headers)


def test_while_a_secret_is_replaced_both_check(receiver: Receiver) -> None:
    new, old = signing.new_secret(), signing.new_secret()
    send([message(receiver.url, new, 1, old)])
    ((headers, body),) = receiver.got
    assert Webhook(new).verify(body, headers)
    assert Webhook(old).verify(body, headers)


def test_a_refusal_is_an_outcome_with_the_beginning_of_the_answer(receiver: Receiver) -> None:
    receiver.answer(500, b"no\nroom\x00 left " + b"x" * 100_000)
    (outcome,) = send([message(receiver.url, signing.new_secret())])
    assert outcome.status == 500
    assert outcome.error.startswith("500 no room left xxx")
    assert len(outcome.error) < 250
    assert not outcome.is_success


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.answer(302, b"", Location=receiver.url)
    (outcome,) = send([message(receiver.url, signing.new_secret())])
    assert outcome.status == 302
    assert not outcome.is_success
    assert len(receiver.got) == 1


def test_cookies_of_one_answer_go_into_no_other_request(receiver: Receiver) -> None:
    receiver.answer(200, b"", **{"Set-Cookie": "a=1; Path=/"})
    secret = signing.new_secret()
    send([message(receiver.url, secret, 1)])
    send([message(receiver.url, secret, 2)])
    assert all("cookie" not in headers for headers, _ in receiver.got)


def test_an_answer_that_does_not_come_is_not_waited_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.3)
    receiver.delay = 1
    began = time.monotonic()
    (outcome,) = send([message(receiver.url, signing.new_secret())])
    assert time.monotonic() - began < 0.9
    assert outcome == Outcome(1, None, "no answer within 0.3 s")


def test_many_go_side_by_side_and_one_that_fails_stops_no_other(receiver: Receiver) -> None:
    receiver.delay = 0.3
    secret = signing.new_secret()
    messages = [message(receiver.url, secret, number) for number in range(20)]
    messages.insert(3, message("http://127.0.0.1:1/", secret, 99))
    began = time.monotonic()
    outcomes = send(messages)
    assert time.monotonic() - began < 3
    assert [each.delivery_id for each in outcomes] == [each.delivery_id for each in messages]
    assert [each.is_success for each in outcomes] == [each.delivery_id != 99 for each in messages]
    assert "ConnectError" in outcomes[3].error


def test_inside_addresses_are_not_even_connected_to(receiver: Receiver, settings: Any) -> None:
    settings.YIPAN_WEBHOOK_PRIVATE_NETWORKS = False
    settings.YIPAN_DEMO = True
    local = receiver.url.replace("127.0.0.1", "localhost")
    outcomes = send([message(url, signing.new_secret()) for url in (receiver.url, local)])
    assert [each.status for each in outcomes] == [None, None]
    assert all("private network" in each.error for each in outcomes)
    assert receiver.got == []


def test_a_certificate_must_be_for_the_name(receiver: Receiver) -> None:
    (outcome,) = send([message(receiver.url.replace("http:", "https:"), signing.new_secret())])
    assert outcome.status is None
    assert "ConnectError" in outcome.error


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    (outcome,) = send([message(receiver.url, signing.new_secret())])
    assert outcome.is_success
