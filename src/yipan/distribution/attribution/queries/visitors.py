"""What a browser touched."""

from __future__ import annotations

from datetime import datetime

from yipan.distribution.attribution.models import Touch


def anonymous_touches(visitor: str, *, since: datetime, limit: int) -> list[Touch]:
    """The newest touches of a browser that name no member, oldest first.

    Index: touch_of_visitor.
    """
    rows = Touch.objects.filter(visitor=visitor, member_id=None, touched_at__gte=since)
    return list(rows.exclude(visitor="").order_by("-touched_at", "-id")[:limit])[::-1]
