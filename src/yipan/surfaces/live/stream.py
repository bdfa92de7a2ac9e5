"""`/live`: a stream of server-sent events (ASGI).

`GET` with the session's cookie; 401 without one, 429 with too many streams open. Each event has its
kind as `event:` and JSON as `data:` with `kind`, `text` (a sentence to be shown, or empty), `tone`
and the ids of what it is about.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from yipan.surfaces.live.hub import Hub, Listener, TooManyListeners

PATH: Final = "/live"
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 30 * 60.0
"""Then the browser comes again, perhaps to another process."""
RETRY_MS: Final = 3000

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

hub = Hub()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request for the stream."""
    if scope["method"] != "GET":
        await _refuse(send, HTTPStatus.METHOD_NOT_ALLOWED, (b"allow", b"GET"))
        return
    try:
        listener = await hub.admit(_cookies(scope))
    except TooManyListeners:
        await _refuse(send, HTTPStatus.TOO_MANY_REQUESTS, (b"retry-after", b"60"))
        return
    if listener is None:
        await _refuse(send, HTTPStatus.UNAUTHORIZED)
        return
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await _speak(listener, gone, send)
    finally:
        hub.leave(listener)
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone


async def _speak(listener: Listener, gone: asyncio.Future[None], send: Send) -> None:
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": _HEADERS})
    await _send(send, f"retry: {RETRY_MS}\n\n".encode())
    until = time.monotonic() + LONGEST_SECONDS
    next_frame: asyncio.Future[bytes | None] = asyncio.ensure_future(listener.queue.get())
    try:
        while time.monotonic() < until:
            either: set[asyncio.Future[Any]] = {next_frame, gone}
            done, _ = await asyncio.wait(
                either,
                timeout=HEARTBEAT_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if gone in done:
                return
            if next_frame not in done:
                await _send(send, b": \n\n")
                continue
            frame = next_frame.result()
            if frame is None:
                break
            await _send(send, frame)
            next_frame = asyncio.ensure_future(listener.queue.get())
    finally:
        next_frame.cancel()
    await _send(send, b"", more=False)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _refuse(send: Send, status: HTTPStatus, *headers: tuple[bytes, bytes]) -> None:
    plain = (b"content-type", b"text/plain; charset=utf-8")
    no_store = (b"cache-control", b"no-store")
    await send(
        {"type": "http.response.start", "status": status, "headers": [plain, no_store, *headers]}
    )
    await _send(send, f"{status.phrase}\n".encode(), more=False)


def _cookies(scope: Scope) -> str:
    values = [value for name, value in scope["headers"] if name == b"cookie"]
    return b"; ".join(values).decode("latin-1")
