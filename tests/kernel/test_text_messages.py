"""Messages reach the gateway, or the inbox in demo mode; and nothing of them stays."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from yipan.kernel import text_messages
from yipan.kernel.models import Tenant, TextMessage
from yipan.kernel.text_messages import NotDelivered, NothingSends

PHONE = "+8613800138000"


class Gateway(HTTPServer):
    """A gateway of text messages that answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.status = 200


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers.items()), json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.YIPAN_SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.YIPAN_SMS_TOKEN = "a-token"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_gateway_is_told_and_the_words_are_forgotten(tenant: Tenant, gateway: Gateway) -> None:
    id_ = text_messages.send(phone=PHONE, text="Your code is 123456", code="123456", purpose="p")
    text_messages.hand_over(id_)
    ((headers, body),) = gateway.heard
    assert headers["Authorization"] == "Bearer a-token"
    assert headers["Idempotency-Key"] == str(id_)
    assert body["to"] == PHONE
    assert body["code"] == "123456"
    row = TextMessage.objects.get(id=id_)
    assert (row.state, row.text_sealed, row.code_sealed) == ("sent", "", "")
    text_messages.hand_over(id_)  # the job runs again: nothing is sent twice
    assert len(gateway.heard) == 1


def test_what_the_gateway_refuses_waits_and_is_given_up_in_the_end(
    tenant: Tenant, gateway: Gateway
) -> None:
    gateway.status = 503
    id_ = text_messages.send(phone=PHONE, text="x", purpose="p")
    with pytest.raises(NotDelivered):
        text_messages.hand_over(id_)
    row = TextMessage.objects.get(id=id_)
    assert (row.state, row.error) == ("waiting", "HTTP 503")
    text_messages.give_up(id_)
    row.refresh_from_db()
    assert (row.state, row.text_sealed) == ("failed", "")


def test_a_gateway_that_is_not_there_is_said_so(tenant: Tenant, settings: Any) -> None:
    settings.YIPAN_SMS_URL = "http://127.0.0.1:9/"
    id_ = text_messages.send(phone=PHONE, text="x", purpose="p")
    with pytest.raises(NotDelivered):
        text_messages.hand_over(id_)


def test_the_inbox_is_there_in_demo_mode_only(tenant: Tenant, settings: Any) -> None:
    settings.YIPAN_SMS_URL = ""
    settings.YIPAN_DEMO = True
    text_messages.send(phone=PHONE, text="hello", code="1", purpose="p")
    text_messages.send(phone=PHONE, text="again", code="2", purpose="p")
    assert [message.text for message in text_messages.newest(10)] == ["again", "hello"]
    settings.YIPAN_DEMO = False
    assert text_messages.newest(10) == []
    with pytest.raises(NothingSends):
        text_messages.send(phone=PHONE, text="x", purpose="p")


def test_the_job_carries_no_phone_and_no_words(committed_tenant: Tenant, settings: Any) -> None:
    settings.YIPAN_SMS_URL = "http://127.0.0.1:9/"
    id_ = text_messages.send(phone=PHONE, text="x", code="123456", purpose="p")
    (job,) = ProcrastinateJob.objects.filter(task_name=text_messages.TASK)
    assert job.args == {"tenant_id": committed_tenant.id, "message_id": id_}
