"""Network addresses, as limits count them."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_HELD_BITS: Final = 64
"""Of an IPv6 address; whoever has one has all that begin like it (RFC 6177)."""


def subscriber(address: str) -> str:
    """Who is behind an address: an IPv4 address, or the /64 network of an IPv6 address.

    What is no address stays as it is.

    >>> subscriber("203.0.113.7"), subscriber("::ffff:203.0.113.7")
    ('203.0.113.7', '203.0.113.7')
    >>> subscriber("2001:db8:1:2::7"), subscriber("2001:db8:1:2:ffff::"), subscriber("somewhere")
    ('2001:db8:1:2::/64', '2001:db8:1:2::/64', 'somewhere')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), _HELD_BITS), strict=False))
