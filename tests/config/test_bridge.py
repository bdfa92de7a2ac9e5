"""From ASGI to WSGI and back, nothing gets lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse

from yipan.config.bridge import Bridge, environ_of


def scope(**more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "scheme": "https",
        "server": ("127.0.0.1", 8000),
        "client": ("10.0.0.7", 5000),
        **more,
    }


def ask(bridge: Bridge, given: dict[str, Any], *parts: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """(start of the answer, its parts)."""
    waiting = [
        {"type": "http.request", "body": part, "more_body": number < len(parts) - 1}
        for number, part in enumerate(parts)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(bridge(given, receive, send))
    assert [each["type"] for each in sent].count("http.response.start") == 1
    assert [each["more_body"] for each in sent[1:]][-1] is False
    return sent[0], [each["body"] for each in sent[1:]]


def echo(environ: dict[str, Any], start_response: Any) -> HttpResponse:
    start_response("201 Created", [("X-One", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return HttpResponse(environ["wsgi.input"].read())


LENGTH = [(b"content-length", b"9")]


def test_a_body_arrives_whole_however_it_comes() -> None:
    bridge = Bridge(echo, threads=1)
    for parts in ([b"one two 3"], [b"one", b" two", b"", b" 3"], [b"", b"one two 3"]):
        start, answer = ask(bridge, scope(headers=LENGTH), *parts)
        assert b"".join(answer) == b"one two 3"
        assert start["status"] == 201
        assert start["headers"].count((b"x-one", b"1")) == 1
        assert [value for name, value in start["headers"] if name == b"set-cookie"] == [
            b"a=1",
            b"b=2",
        ]


def test_a_whole_answer_is_sent_in_one_piece() -> None:
    _, parts = ask(Bridge(echo, threads=1), scope(headers=LENGTH), b"one two 3")
    assert len(parts) == 1


def test_an_answer_made_bit_by_bit_is_sent_bit_by_bit_and_closed() -> None:
    closed = threading.Event()

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            yield b"a"
            yield b"b"

        def close(self) -> None:
            closed.set()

    def application(_environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return Parts()

    _, parts = ask(Bridge(application, threads=1), scope())
    assert parts == [b"a", b"b", b""]
    assert closed.is_set()


def test_a_client_that_goes_away_in_the_middle_is_an_error_of_reading() -> None:
    seen: list[type[BaseException]] = []

    def application(environ: dict[str, Any], start_response: Any) -> HttpResponse:
        try:
            environ["wsgi.input"].read()
        except OSError as error:
            seen.append(type(error))
        start_response("400 Bad Request", [])
        return HttpResponse(b"")

    sent: list[Any] = []
    messages = [{"type": "http.request", "body": b"one", "more_body": True}]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Bridge(application, threads=1)(scope(headers=LENGTH), receive, send))
    assert seen == [ConnectionAbortedError]


def test_the_environ_says_what_the_request_said() -> None:
    environ = environ_of(
        scope(
            path="/订单/a b",
            query_string=b"q=%E8%AE%A2&b",
            headers=[
                (b"host", b"shop.example"),
                (b"content-type", b"text/plain"),
                (b"content-length", b"3"),
                (b"x-one", b"1"),
                (b"x-one", b"2"),
                (b"cookie", b"a=1"),
                (b"cookie", b"b=2"),
            ],
        ),
        None,
    )
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/订单/a b"
    assert environ["QUERY_STRING"] == "q=%E8%AE%A2&b"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert environ["HTTP_X_ONE"] == "1,2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == ("10.0.0.7", "https")


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen() -> None:
    environ = environ_of(scope(headers=[(b"x_forwarded_proto", b"https")]), None)
    assert not any(name.startswith("HTTP_X_") for name in environ)


@pytest.mark.parametrize("threads", [1, 3])
def test_so_many_requests_run_at_once_as_there_are_threads(threads: int) -> None:
    running, most = 0, 0
    lock = threading.Lock()
    pause = threading.Event()

    def application(_environ: dict[str, Any], start_response: Any) -> HttpResponse:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pause.wait(0.05)
        with lock:
            running -= 1
        start_response("200 OK", [])
        return HttpResponse(b"")

    bridge = Bridge(application, threads=threads)

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def ignore(_message: Any) -> None:
        return

    async def all_at_once() -> None:
        await asyncio.gather(*[bridge(scope(), nothing, ignore) for _ in range(6)])

    asyncio.run(all_at_once())
    assert most == threads
