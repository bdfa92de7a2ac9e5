"""Which column of a file means what (docs/guides/import.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.kernel.errors import DomainError

REQUIRED: Final = ("number", "placed_at", "sku", "quantity", "unit_price", "organisation")
OPTIONAL: Final = (
    "buyer", "distributor_code", "campaign", "price_kind", "paid_at", "refund_of", "refund_line",
    "payment_reference",
)  # fmt: skip
_TOP: Final = {
    "channel", "timezone", "encoding", "delimiter", "amounts", "date_format", "buyer_scheme",
    "completed", "refunds", "bad_lines", "columns",
}  # fmt: skip
_CHOICES: Final = {
    "amounts": ("yuan", "fen"),
    "completed": ("at_payment", "later"),
    "refunds": ("negative_lines", "references", "none"),
    "bad_lines": ("skip_line", "refuse_order"),
}


class MappingRefused(DomainError):
    """A mapping that cannot be used; `field` names what is wrong."""

    code = "orders.mapping_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = gettext_lazy("{field}: {reason}")

    def __init__(self, *, field: str, reason: str) -> None:
        super().__init__(field=field, reason=reason)


@dataclass(frozen=True, slots=True)
class Column:
    """Where the value of one field comes from."""

    name: str = ""
    """The file's column; empty for a constant."""
    constant: str = ""
    prefix: str = ""
    """Put before every value that is not empty."""
    values: Values[str, str] = field(default_factory=dict)
    """Our names for the file's; a value that is not in it stays as it is."""

    def told(self, text: str) -> str:
        """The file's value as we call it; empty stays empty."""
        return self.prefix + self.values.get(text, text) if text else ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read a file of orders."""

    channel: str
    columns: dict[str, Column] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"
    """Zone of moments that name none."""
    encoding: str = "utf-8-sig"
    """Of csv files: any that Python knows, such as gb18030."""
    delimiter: str = ","
    amounts: str = "yuan"
    """`yuan` (decimals, rounded half up to the fen) or `fen`."""
    date_format: str = ""
    """strptime format; empty: ISO 8601."""
    buyer_scheme: str = "crm"
    completed: str = "later"
    """`at_payment`: goods are handed over at the till."""
    refunds: str = "negative_lines"
    """`negative_lines`: a negative quantity takes back an earlier sale of the same buyer, SKU and
    price. `references`: `refund_of` (and `refund_line`) name the order. `none`: neither."""
    bad_lines: str = "skip_line"
    """A faulty line: leave it out, or refuse its whole order."""

    @classmethod
    def from_file(cls, path: Path) -> Mapping:
        """From a TOML file. Raises MappingRefused."""
        try:
            return cls.from_data(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise MappingRefused(field=path.name, reason=str(error)) from error

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Mapping:
        """From plain values. Raises MappingRefused, naming the field."""
        for name in data:
            if name not in _TOP:
                raise MappingRefused(field=name, reason=_("is not a setting of a mapping"))
        if not data.get("channel"):
            raise MappingRefused(field="channel", reason=_("is required"))
        for name, choices in _CHOICES.items():
            if name in data and data[name] not in choices:
                raise MappingRefused(field=name, reason=_("must be one of %s") % ", ".join(choices))
        columns = {name: _column(name, value) for name, value in data.get("columns", {}).items()}
        for name in REQUIRED:
            if name not in columns:
                raise MappingRefused(field=f"columns.{name}", reason=_("is required"))
        if data.get("refunds") == "references" and "refund_of" not in columns:
            raise MappingRefused(field="columns.refund_of", reason=_("is required for references"))
        try:
            ZoneInfo(data.get("timezone", "Asia/Shanghai"))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise MappingRefused(field="timezone", reason=_("is not a time zone")) from error
        return cls(**{**data, "columns": columns})


def _column(name: str, value: object) -> Column:
    if name not in (*REQUIRED, *OPTIONAL):
        raise MappingRefused(field=f"columns.{name}", reason=_("is not a field of an order"))
    if isinstance(value, str) and value:
        return Column(name=value)
    if isinstance(value, dict) and value.keys() <= {"column", "constant", "prefix", "values"}:
        values = value.get("values", {})
        texts = {key: part for key, part in value.items() if isinstance(part, str)}
        known = isinstance(values, dict) and all(isinstance(v, str) for v in values.values())
        one = bool(texts.get("column")) != bool(texts.get("constant"))
        if known and one and len(texts) + ("values" in value) == len(value):
            return Column(
                texts.get("column", ""), texts.get("constant", ""), texts.get("prefix", ""), values
            )
    reason = "must be a column's name, or a table of `column` or `constant`, `prefix`, `values`"
    raise MappingRefused(field=f"columns.{name}", reason=reason)
