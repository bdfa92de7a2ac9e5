"""Patterns, pauses and networks: plain calculations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between ten tries: 75 hours and 35 minutes in all (the schedule Standard Webhooks proposes)."""

JITTER_PERCENT: Final = 10

_PATTERN: Final = re.compile(r"\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?")

# Networks that carry an IPv4 address inside: what they lead to cannot be told from outside.
_TUNNELS: Final = tuple(
    ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


def pause_after(attempts: int, jitter: int) -> timedelta | None:
    """How long to wait after so many tries; None: no more.

    `jitter` is -10 to 10: percent by which the pause is longer, so that many do not come back at
    one moment.
    """
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (100 + jitter) / 100


def is_pattern(text: str) -> bool:
    """Whether a text is `*`, a name such as `order.paid`, or a pattern such as `order.*`."""
    return _PATTERN.fullmatch(text) is not None


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern covers a name."""
    if pattern == "*":
        return True
    return name.startswith(pattern[:-1]) if pattern.endswith(".*") else name == pattern


def covered(patterns: Iterable[str], names: Iterable[str]) -> set[str]:
    """The names that any of the patterns covers."""
    kept = tuple(patterns)
    return {name for name in names if any(matches(pattern, name) for pattern in kept)}


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet at large.

    Loopback, private, link-local (clouds keep their metadata there), shared, documentation,
    multicast and reserved networks do not, nor do tunnels, whatever they wrap.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(isinstance(each, IPv6Network) and address in each for each in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_callable(address: Address, *, private_allowed: bool) -> bool:
    """Whether an address may be called at all."""
    if address.is_multicast or address.is_unspecified:
        return False
    return private_allowed or is_public(address)
