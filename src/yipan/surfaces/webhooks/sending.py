"""HTTP requests to endpoints, many at once, outside of every transaction."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import httpx

from yipan.surfaces.webhooks.addresses import resolved
from yipan.surfaces.webhooks.errors import AddressRefused

TOTAL_SECONDS: Final = 15
"""For name, connection, request and answer together."""
_TIMEOUT: Final = httpx.Timeout(10, connect=5)
_EXCERPT: Final = 200  # bytes of the answer
_AT_ONCE: Final = 32
_LIMITS: Final = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=0)


@dataclass(frozen=True, slots=True)
class Message:
    """One request to send."""

    delivery_id: int
    url: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request ended."""

    delivery_id: int
    status: int | None
    """None: there was no answer."""
    error: str
    """Empty where the answer was a success."""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The endpoint says that it wants no more."""
        return self.status == HTTPStatus.GONE


def send(messages: Sequence[Message]) -> list[Outcome]:
    """Send messages side by side; failures are outcomes, not errors."""
    return asyncio.run(_send_all(messages))


async def _send_all(messages: Sequence[Message]) -> list[Outcome]:
    gate = asyncio.Semaphore(_AT_ONCE)
    # The transport alone: no proxy of the environment, which would resolve the name once more and
    # unchecked, no redirects, and no cookies that one endpoint sets and another gets.
    async with httpx.AsyncHTTPTransport(
        verify=_trusted(), trust_env=False, limits=_LIMITS
    ) as transport:

        async def one(message: Message) -> Outcome:
            async with gate:
                return await _send_one(transport, message)

        return list(await asyncio.gather(*(one(message) for message in messages)))


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def _send_one(transport: httpx.AsyncHTTPTransport, message: Message) -> Outcome:
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await _answer_to(transport, message)
    except TimeoutError:
        error = f"no answer within {TOTAL_SECONDS} s"
    except AddressRefused as refused:
        error = str(refused)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as failed:
        error = f"{type(failed).__name__}: {failed}"
    return Outcome(message.delivery_id, None, error)


async def _answer_to(transport: httpx.AsyncHTTPTransport, message: Message) -> Outcome:
    destination = await resolved(message.url)
    request = httpx.Request(
        "POST",
        destination.url,
        headers={"Host": destination.host, **message.headers},
        content=message.body.encode(),
        extensions={"sni_hostname": destination.name, "timeout": _TIMEOUT.as_dict()},
    )
    answer = await transport.handle_async_request(request)
    try:
        outcome = Outcome(message.delivery_id, answer.status_code, "")
        if outcome.is_success:
            return outcome
        told = f"{answer.status_code} {await _beginning(answer)}".strip()
        return replace(outcome, error=told)
    finally:
        await answer.aclose()


async def _beginning(answer: httpx.Response) -> str:
    """The first characters of an answer as one printable line."""
    read = b""
    async for piece in answer.aiter_raw():
        read += piece
        if len(read) >= _EXCERPT:
            break
    text = read[:_EXCERPT].decode(errors="replace")
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
