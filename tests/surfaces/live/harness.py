"""A browser that listens, as far as ASGI shows one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.sessions.backends.db import SessionStore

from yipan.group.people.models import Person
from yipan.group.people.sessions import BACKEND, SESSION_KEY
from yipan.surfaces.live import stream
from yipan.surfaces.live.hub import Hub


def session_of(person: Person) -> str:
    """The key of a fresh session of a person."""
    session = SessionStore()
    session[SESSION_KEY] = person.tenant_id
    session[PERSON_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@dataclass
class Browser:
    """One open stream and what came of it."""

    cookies: dict[str, str]
    status: int = 0
    body: bytes = b""
    is_over: bool = False
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def open(self, method: str = "GET") -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [(b"cookie", cookie.encode())] if cookie else []
        scope = {"type": "http", "method": method, "path": "/live", "headers": headers}
        self._task = asyncio.create_task(stream.live(scope, self._receive, self._send))

    def close(self) -> None:
        self._gone.set()

    @property
    def heard(self) -> list[dict[str, Any]]:
        """The data of every event so far."""
        frames = self.body.decode().split("\n\n")
        return [
            json.loads(line.removeprefix("data: "))
            for frame in frames
            for line in frame.splitlines()
            if line.startswith("data: ")
        ]

    def kinds(self) -> list[str]:
        return [each["kind"] for each in self.heard]

    async def until(self, happened: Callable[[], bool], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not happened():  # noqa: ASYNC110 - what happens sets no event of ours
                await asyncio.sleep(0.02)

    async def opened(self) -> None:
        self.open()
        await self.until(lambda: b"retry:" in self.body or self.is_over)

    async def done(self) -> None:
        if self._task is not None:
            await self._task

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message["body"]
            self.is_over = not message["more_body"]


def browser_of(person: Person, language: str = "en") -> Browser:
    """A browser in which a person is signed in."""
    return Browser(
        {
            settings.SESSION_COOKIE_NAME: session_of(person),
            settings.LANGUAGE_COOKIE_NAME: language,
        }
    )


def listening(scene: Callable[[], Any]) -> None:
    """Play a scene (an async function) in an event loop, with a hub of its own."""

    async def play() -> None:
        stream.hub = Hub()
        try:
            await scene()
        finally:
            stream.hub.end()
            await asyncio.sleep(0.05)

    asyncio.run(play())
