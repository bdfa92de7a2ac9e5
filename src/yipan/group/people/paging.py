"""Pages of long lists."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST: Final = 10_000

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator


class CappedPaginator(_Paginator):
    """Counts no further than `MOST` rows: nobody turns that many pages, filters are for that.

    Counting millions of rows behind row-level security takes longer than all the rest of a page.
    """

    is_capped = False
    """Whether there are more rows than `count` says."""

    @cached_property
    def count(self) -> int:
        """Rows, at most `MOST`."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        found = rows.order_by().values("pk")[: MOST + 1].count()
        self.is_capped = found > MOST
        return min(found, MOST)
