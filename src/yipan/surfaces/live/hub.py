"""Who listens in this process, and the one look a second at what there is to tell them.

All of it lives in the event loop; only the looks at the database run in threads of their own. What
a look costs does not depend on the number of listeners.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from django.db import close_old_connections
from django.utils import translation

from yipan.kernel.tenancy import tenant_context
from yipan.surfaces.live.admission import Who, admitted, still_in
from yipan.surfaces.live.background import background_of
from yipan.surfaces.live.following import look, snapshot_now
from yipan.surfaces.live.telling import Message, messages_of, sync

EVERY_SECONDS: Final = 1.0
RECHECK_SECONDS: Final = 30.0
MOST_PER_PERSON: Final = 8
MOST: Final = 2_000
"""Listeners of one process."""
_QUEUE: Final = 100
_THREADS: Final = 2
T = TypeVar("T")
_log = logging.getLogger(__name__)


class TooManyListeners(Exception):
    """This person, or this process, has as many open streams as it may have."""


class Listener:
    """One open stream."""

    def __init__(self, who: Who) -> None:
        self.who = who
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUE)

    def tell(self, frame: bytes) -> None:
        """Put a frame into the queue; one that is full is replaced by the word to look again."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            frame = frame_of(sync(), self.who.language)
        self.queue.put_nowait(frame)

    def end(self) -> None:
        """Have the stream end, with what was not sent yet left out."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """The listeners of one process."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[Listener]] = {}
        self._snapshots: dict[int, str] = {}
        self._executor: ThreadPoolExecutor | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_ending = False
        self.looks = 0
        """Looks at the outbox so far."""

    async def admit(self, cookie_header: str) -> Listener | None:
        """A new listener; None where nobody is signed in. Raises TooManyListeners."""
        found = await self._in_thread(partial(_admission, cookie_header))
        if found is None:
            return None
        who, snapshot = found
        everybody = [each for group in self._listeners.values() for each in group]
        own = sum(each.who.person_id == who.person_id for each in everybody)
        if self._is_ending or own >= MOST_PER_PERSON or len(everybody) >= MOST:
            raise TooManyListeners
        listener = Listener(who)
        self._listeners.setdefault(who.tenant_id, set()).add(listener)
        self._snapshots.setdefault(who.tenant_id, snapshot)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener; a group that nobody listens to is not looked at any more."""
        tenant_id = listener.who.tenant_id
        group = self._listeners.get(tenant_id, set())
        group.discard(listener)
        if not group:
            self._listeners.pop(tenant_id, None)
            self._snapshots.pop(tenant_id, None)

    def end(self) -> None:
        """End every stream at once, and let nobody in any more."""
        self._is_ending = True
        for group in self._listeners.values():
            for listener in group:
                listener.end()

    async def _run(self) -> None:
        """Look once a second as long as anybody listens."""
        rechecked = time.monotonic()
        while self._listeners and not self._is_ending:
            began = time.monotonic()
            await asyncio.gather(*[self._look(tenant_id) for tenant_id in list(self._listeners)])
            if began - rechecked >= RECHECK_SECONDS:
                rechecked = began
                await self._recheck()
            await asyncio.sleep(max(0.05, EVERY_SECONDS - (time.monotonic() - began)))

    async def _look(self, tenant_id: int) -> None:
        snapshot = self._snapshots.get(tenant_id)
        if snapshot is None:
            return
        try:
            now, messages = await self._in_thread(partial(_news, tenant_id, snapshot))
        except Exception:  # noqa: BLE001 - the next look may do better
            _log.exception("a look for the listeners of tenant %s failed", tenant_id)
            return
        self.looks += 1
        if tenant_id in self._snapshots:
            self._snapshots[tenant_id] = now
            _tell(self._listeners[tenant_id], messages)

    async def _recheck(self) -> None:
        """End the streams of those who signed out or were let go."""
        for tenant_id, group in list(self._listeners.items()):
            pairs = [(each.who.session_key, each.who.person_id) for each in group]
            try:
                live = await self._in_thread(partial(still_in, tenant_id, pairs))
            except Exception:  # noqa: BLE001 - the next one may do better
                _log.exception("the sessions of listeners could not be looked at")
                return
            for listener in list(group):
                if listener.who.session_key not in live:
                    listener.end()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._executor is None:
            self._executor = ThreadPoolExecutor(_THREADS, thread_name_prefix="live")
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, _with_connection, work
        )


def frame_of(message: Message, language: str) -> bytes:
    """A message as it travels."""
    with translation.override(language):
        text = str(message.text)
    said = {"kind": message.kind, **message.data, "text": text, "tone": message.tone}
    return f"event: {message.kind}\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode()


def _tell(listeners: Iterable[Listener], messages: list[Message]) -> None:
    """Each message to whom it is for; written once per language."""
    if not messages:
        return
    everybody = list(listeners)
    by_distributor: dict[int | None, list[Listener]] = {None: everybody}
    for listener in everybody:
        if listener.who.distributor_id is not None:
            by_distributor.setdefault(listener.who.distributor_id, []).append(listener)
    for message in messages:
        frames: dict[str, bytes] = {}
        for listener in by_distributor.get(message.to, ()):
            language = listener.who.language
            if language not in frames:
                frames[language] = frame_of(message, language)
            listener.tell(frames[language])


def _admission(cookie_header: str) -> tuple[Who, str] | None:
    who = admitted(cookie_header)
    return None if who is None else (who, snapshot_now())


def _news(tenant_id: int, snapshot: str) -> tuple[str, list[Message]]:
    with tenant_context(tenant_id):
        found = look(snapshot)
        if found.is_too_much:
            return found.snapshot, [sync()]
        if not found.events:
            return found.snapshot, []
        return found.snapshot, messages_of(found.events, background_of(found.events))


def _with_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
