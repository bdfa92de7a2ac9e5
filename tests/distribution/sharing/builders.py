"""Links to open."""

from __future__ import annotations

from typing import Any

from yipan.distribution.sharing.actions import LinkWish, MadeLink, share


def wish(distributor: str = "WANG", organisation: str = "R1-A", **more: Any) -> LinkWish:
    """A link of Wang to the shop at R1-A, where nothing else is said."""
    return LinkWish(distributor, organisation, **more)


def make_link(distributor: str = "WANG", organisation: str = "R1-A", **more: Any) -> MadeLink:
    return share(wish=wish(distributor, organisation, **more))
