"""Background work of sharing."""

from __future__ import annotations

from yipan.distribution.sharing.posters import forget_unused_posters
from yipan.kernel.jobs import periodic


@periodic("53 3 * * *", name="sharing.forget_unused_posters")
def unused_posters() -> None:
    """Make room: posters are drawn again when somebody asks."""
    forget_unused_posters()
