"""The ASGI entry: the live stream is served by the event loop, everything else by threads."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

from yipan.config import environment as env
from yipan.config.bridge import Bridge, Message, Receive, Scope, Send
from yipan.config.wsgi import application as wsgi_application
from yipan.kernel.modules import is_enabled
from yipan.surfaces.live.stream import PATH, hub, live

THREADS: Final = 4
"""A request mostly waits for the database, so each process takes several at once; more than these
only wait for each other's turn at the interpreter."""

_bridge = Bridge(wsgi_application, threads=env.number("YIPAN_WEB_THREADS", THREADS))
_is_live = is_enabled("live")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or note that the process starts or stops."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        if _is_live and scope["path"] == PATH:
            await live(scope, receive, send)
        else:
            await _bridge(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Message = await receive()
        if message["type"] == "lifespan.startup":
            _end_streams_first()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            hub.end()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _end_streams_first() -> None:
    """Have the signals that stop this process end the streams, too, and be heard once only.

    The server waits for its open requests, and streams do not end by themselves. Its own handlers
    hear the signals through the loop, whatever stands here; but at a second one, as when a terminal
    tells every process and the parent tells its children again, it would never end.
    """
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def stop(*_: object) -> None:
        signal.set_wakeup_fd(-1)  # by which the loop hears of signals
        for number in numbers:
            signal.signal(number, lambda *_: None)
        loop.call_soon_threadsafe(hub.end)

    for number in numbers:
        signal.signal(number, stop)
        signal.siginterrupt(number, False)
