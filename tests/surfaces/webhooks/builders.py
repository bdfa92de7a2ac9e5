"""Endpoints, events, and a real HTTP server that listens."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.db import connection

from yipan.group.organisations.models import Organisation
from yipan.kernel import clock
from yipan.kernel.actor import SYSTEM
from yipan.kernel.ids import next_id
from yipan.kernel.models import OutboxEvent
from yipan.surfaces.webhooks import actions
from yipan.surfaces.webhooks.actions import IssuedSecret
from yipan.surfaces.webhooks.models import Delivery, DeliveryState, Endpoint

URL = "https://erp.example.com/hooks"


def make_endpoint(organisation: Organisation, url: str = URL, *events: str) -> IssuedSecret:
    """An endpoint that hears everything, or the events named."""
    return actions.create_endpoint(
        organisation_id=organisation.id, url=url, events=events or ["*"], by=SYSTEM
    )


def tell(
    organisation: Organisation | None, name: str = "order.paid", **payload: Any
) -> OutboxEvent:
    """An event in the outbox, as if announced in a transaction of its own."""
    event: OutboxEvent = OutboxEvent.objects.create(
        name=name,
        organisation_id=organisation.id if organisation else None,
        payload=payload,
        occurred_at=clock.now(),
    )
    return event


def wait_until_settled() -> None:
    """Wait until no older transaction of the server is open, as those of other tests may be.

    Readers of the outbox stop before the first open transaction, in whatever database it is.
    """
    stop_at = time.monotonic() + 60
    while time.monotonic() < stop_at:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot()) > "
                "coalesce((SELECT max(xact) FROM kernel_outboxevent), '0'::xid8)"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    message = "an older transaction stayed open"
    raise TimeoutError(message)


def hand_on() -> int:
    """Hand on what was told."""
    wait_until_settled()
    return actions.hand_on_events()


def make_delivery(endpoint: Endpoint, **values: Any) -> Delivery:
    """A delivery of a fresh event that waits to be sent."""
    event = tell(endpoint.organisation, number=next_id())
    given = {
        "event_name": event.name,
        "state": DeliveryState.WAITING,
        "next_at": clock.now(),
        "created_at": clock.now(),
        **values,
    }
    made: Delivery = Delivery.objects.create(endpoint=endpoint, event_id=event.id, **given)
    return made


@dataclass
class Receiver:
    """What a listening program got, and what it answers."""

    port: int = 0
    url: str = ""
    answers: list[tuple[int, Mapping[str, str], bytes]] = field(default_factory=list)
    """One per request, in order; after the last one always 204."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers and body of every request."""
    delay: float = 0

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Say what the next request is answered."""
        self.answers.append((status, headers, body))

    @property
    def ids(self) -> list[str]:
        """The message ids, in the order they came."""
        return [headers["webhook-id"] for headers, _ in self.got]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """Callers that hang up are part of the tests."""


@contextmanager
def listening(certificate: Path | None = None) -> Iterator[Receiver]:
    """A server on a port of this machine, over TLS where it has a certificate."""
    receiver = Receiver()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status, headers, answer = (
                    receiver.answers.pop(0) if receiver.answers else (204, {}, b"")
                )
            time.sleep(receiver.delay)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            """Keep quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.port = server.server_address[1]
    receiver.url = f"http://127.0.0.1:{receiver.port}/hook?from=yipan"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
