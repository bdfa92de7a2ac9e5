"""From ASGI to our WSGI application, in threads.

Written for speed on the common way: a request whose body is there at once and an answer that is
whole take one trip to a thread and back. (a2wsgi, which does the same for any application, needs a
trip per part of the answer: eight times the processor time of a small request.)
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.http import HttpResponse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApplication = Callable[..., Iterable[bytes]]

_PLAIN: Final = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
_START: Final = "http.response.start"
_BODY: Final = "http.response.body"


class Incoming(io.RawIOBase):
    """A request's body that is still coming in, as a thread reads it."""

    def __init__(self, first: bytes, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._rest = memoryview(first)
        self._receive: Receive | None = receive
        self._loop = loop

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            if self._receive is None:
                return 0
            self._fetch(self._receive)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _fetch(self, receive: Receive) -> None:
        coming = asyncio.run_coroutine_threadsafe(_received(receive), self._loop)
        message = coming.result()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("the client went away")
        self._rest = memoryview(message.get("body", b""))
        if not message.get("more_body", False):
            self._receive = None


class Bridge:
    """An ASGI application that hands requests to a WSGI one, so many at once."""

    def __init__(self, application: WsgiApplication, *, threads: int) -> None:
        self._application = application
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        loop = asyncio.get_running_loop()
        body: Any = io.BytesIO()
        environ = environ_of(scope, body)
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            first = message.get("body", b"")
            body = io.BytesIO(first)
            if message.get("more_body", False):
                body = io.BufferedReader(Incoming(first, receive, loop))
            environ["wsgi.input"] = body
        whole = await loop.run_in_executor(self._executor, self._answer, environ, send, loop)
        if whole is not None:
            start, content = whole
            await send(start)
            await send({"type": _BODY, "body": content, "more_body": False})

    def _answer(
        self, environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop
    ) -> tuple[Message, bytes] | None:
        """The answer, if it is whole; else None, when it was sent part by part."""
        started: list[Message] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _error: Any = None
        ) -> Callable[[bytes], object]:
            started[:] = [
                {
                    "type": _START,
                    "status": int(status.split(" ", 1)[0]),
                    "headers": [
                        (name.lower().encode("latin-1"), value.encode("latin-1"))
                        for name, value in headers
                    ],
                }
            ]
            return _no_write

        parts = self._application(environ, start_response)
        try:
            if isinstance(parts, HttpResponse):
                return started[0], parts.content
            _send_parts(parts, started, send, loop)
            return None
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()


def environ_of(scope: Scope, body: object) -> dict[str, Any]:
    """What a WSGI application is told of a request (PEP 3333)."""
    server, client = scope.get("server"), scope.get("client")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0] if server else "localhost",
        "SERVER_PORT": str((server[1] if server else 0) or 0),
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        if b"_" in raw:  # it would pass for the one with a hyphen, which a proxy may have checked
            continue
        name = _PLAIN.get(raw) or "HTTP_" + raw.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        if name in environ:
            text = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{text}"
        environ[name] = text
    return environ


def _send_parts(
    parts: Iterable[bytes], started: list[Message], send: Send, loop: asyncio.AbstractEventLoop
) -> None:
    """Send an answer as it is made; the thread waits for the reader."""

    def give(message: Message) -> None:
        asyncio.run_coroutine_threadsafe(_given(send, message), loop).result()

    is_started = False
    for part in parts:
        if not is_started:
            give(started[0])
            is_started = True
        give({"type": _BODY, "body": part, "more_body": True})
    if not is_started:
        give(started[0])
    give({"type": _BODY, "body": b"", "more_body": False})


async def _received(receive: Receive) -> Message:
    return await receive()


async def _given(send: Send, message: Message) -> None:
    await send(message)


def _no_write(_data: bytes) -> object:
    message = "write() of PEP 3333 is not supported"
    raise NotImplementedError(message)
