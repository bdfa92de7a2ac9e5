"""Pages by key: a page starts behind the last row of the one before it.

Any depth costs one statement, and rows that come or go in between neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from yipan.kernel.crypto import derived_key, generations
from yipan.kernel.errors import InvalidField
from yipan.kernel.tenancy import tenant_id_or_none

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
_MAC: Final = 12  # bytes
_READ: Final[dict[str, Callable[[str], object]]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and where the next ones start (None: these were the last)."""

    items: list[T]
    next_cursor: str | None

    def map(self, change: Callable[[T], U]) -> Page[U]:
        """The same page with every item changed."""
        return Page([change(item) for item in self.items], self.next_cursor)


class PageOf(Schema, Generic[T]):
    """One page of a list, as operations declare it: `response=PageOf[OrderOut]`."""

    items: list[T]
    next_cursor: str | None = Field(
        None, description="Pass it as `cursor` for the next page; null on the last page."
    )


class PageQuery(Schema):
    """The query parameters of a list, as operations take them: `page: Query[PageQuery]`."""

    cursor: str | None = Field(
        None, max_length=2000, description="`next_cursor` of the page before; none for the first."
    )
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Items per page.")


def paginate(
    queryset: QuerySet[Any, T], *, cursor: str | None, limit: int, order: Sequence[str]
) -> Page[T]:
    """One page of a queryset in the given order, in one statement and without a count.

    `order` names fields or annotations that are never null, `-` before a name for descending;
    where it does not end in `id`, `id` is added in the direction of the last name. The cursor is
    opaque and signed; it fits only the tenant, table and order that it was made for. Rows may be
    model instances or dictionaries of `.values()`. Raises InvalidField for `cursor` and `limit`.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidField(field="limit", reason=_("must be 1 to %d") % MAX_LIMIT)
    names = full_order(order)
    purpose = _purpose(queryset.model, names)
    if cursor:
        queryset = queryset.filter(_behind(names, decode_cursor(cursor, purpose=purpose)))
    rows = list(queryset.order_by(*names)[: limit + 1])
    if len(rows) <= limit:
        return Page(rows, None)
    rows.pop()
    last = [_value(rows[-1], name.lstrip("-")) for name in names]
    return Page(rows, encode_cursor(last, purpose=purpose))


def full_order(order: Sequence[str]) -> tuple[str, ...]:
    """The order with `id` as its last name, so that no two rows are equal in it."""
    if not order:
        return ("id",)
    if order[-1].lstrip("-") in {"id", "pk"}:
        return tuple(order)
    return (*order, "-id" if order[-1].startswith("-") else "id")


def encode_cursor(values: Sequence[object], *, purpose: str) -> str:
    """An opaque, signed text for the position behind a row; `purpose` names the list."""
    raw = json.dumps([_written(value) for value in values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(raw, purpose, 0) + raw).rstrip(b"=").decode()


def decode_cursor(cursor: str, *, purpose: str) -> list[Any]:
    """The values again. Raises InvalidField for a cursor that was not made for this list."""
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        packed = b""
    mac, raw = packed[:_MAC], packed[_MAC:]
    if not any(hmac.compare_digest(mac, _mac(raw, purpose, each)) for each in generations()):
        raise InvalidField(field="cursor", reason=_("is not a cursor of this list"))
    return [_read(value) for value in json.loads(raw)]


def _mac(raw: bytes, purpose: str, generation: int) -> bytes:
    key = derived_key("cursor", generation)
    told = f"{tenant_id_or_none()}|{purpose}|".encode() + raw
    return hmac.new(key, told, hashlib.sha256).digest()[:_MAC]


def _purpose(model: type[Model], names: Sequence[str]) -> str:
    return f"{model._meta.label_lower}|{','.join(names)}"


def _behind(names: Sequence[str], values: Sequence[object]) -> Q:
    """Rows that come after the one with these values."""
    condition = Q()
    same = Q()
    for name, value in zip(names, values, strict=True):
        field, beyond = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= same & Q(**{f"{field}__{beyond}": value})
        same &= Q(**{field: value})
    # Says what follows from the rest, because an index can start from it.
    field, from_ = (names[0][1:], "lte") if names[0].startswith("-") else (names[0], "gte")
    return Q(**{f"{field}__{from_}": values[0]}) & condition


def _value(row: object, name: str) -> object:
    value = row[name] if isinstance(row, dict) else getattr(row, name)
    if value is None:
        message = f"a list cannot be ordered by {name}, which may be null"
        raise ValueError(message)
    return value


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    return value


def _read(value: Any) -> object:
    return _READ[value[0]](value[1]) if isinstance(value, list) else value
