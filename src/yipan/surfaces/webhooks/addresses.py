"""Which addresses are called: no way into networks that only this machine sees.

The name is resolved once, every answer is checked, and the connection goes to the checked address,
so a name that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from yipan.surfaces.webhooks.errors import AddressRefused
from yipan.surfaces.webhooks.rules import Address, is_callable

_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Destination:
    """A checked address to connect to, and the name it was asked under."""

    url: str
    """With the address in place of the name."""
    host: str
    """For the Host header."""
    name: str
    """The name the certificate must be for."""


def check_url(url: str) -> SplitResult:
    """The parts of a URL that may be registered. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(reason=_("it is not a URL")) from error
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise AddressRefused(reason=_("it is not a URL"))
    if parts.scheme != "https" and not (settings.YIPAN_DEMO or _private_allowed()):
        raise AddressRefused(reason=_("https is required"))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(reason=_("it may not have a user, password or fragment"))
    if not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(reason=_("it has characters that URLs do not have"))
    literal = _literal(parts.hostname)
    if literal is not None:
        _check_address(literal)
    return parts


async def resolved(url: str) -> Destination:
    """Where to connect for a URL. Raises AddressRefused, OSError."""
    parts = check_url(url)
    name = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    for address in addresses:
        _check_address(address)
    if not addresses:
        raise AddressRefused(reason=_("its name has no address"))
    first = addresses[0]
    bracketed = f"[{first}]" if first.version == 6 else str(first)
    target = parts._replace(netloc=f"{bracketed}:{port}").geturl()
    return Destination(url=target, host=parts.netloc, name=name)


def _check_address(address: Address) -> None:
    if not is_callable(address, private_allowed=_private_allowed()):
        raise AddressRefused(reason=_("it leads into a private network"))


def _private_allowed() -> bool:
    return bool(settings.YIPAN_WEBHOOK_PRIVATE_NETWORKS)


def _literal(name: str) -> Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
