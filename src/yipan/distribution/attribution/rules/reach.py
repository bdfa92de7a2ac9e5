"""Where a distributor may distribute (attribution.md, Who may earn on what)."""

from collections.abc import Iterable


def may_distribute(home_path: str, offer_path: str, granted_paths: Iterable[str] = ()) -> bool:
    """Whether a distributor may earn on an offer.

    Paths are materialised paths of organisations, such as `/1/5/9/`. The home organisation is an
    ancestor, a descendant or the same as the offer's organisation, or a granted organisation is
    the offer's or above it. Raises ValueError for a path without a slash at both ends.
    """
    home, offer = _checked(home_path), _checked(offer_path)
    return (
        offer.startswith(home)
        or home.startswith(offer)
        or any(offer.startswith(_checked(granted)) for granted in granted_paths)
    )


def _checked(path: str) -> str:
    """`/1/5` would also cover `/1/55/`, and an empty path everything."""
    if len(path) < 3 or path[0] != "/" or path[-1] != "/":
        raise ValueError(f"not a path of an organisation: {path!r}")
    return path
