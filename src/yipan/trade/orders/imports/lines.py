"""From a file's row to a line of an order, checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping as Values
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from yipan.kernel.money import MINOR_UNITS
from yipan.trade.orders.imports.mapping import Mapping

_LARGEST: Final = 10**12


class RowRefused(ValueError):
    """A row that cannot be a line; names the field and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FileLine:
    """One row as a line. Amounts in fen, moments aware; a refund has a negative quantity."""

    row: int
    number: str
    placed_at: datetime
    paid_at: datetime
    sku: str
    quantity: int
    unit_price: int
    organisation: str
    buyer: str
    distributor_code: str
    campaign: str
    price_kind: str
    payment_reference: str
    refund_of: str
    refund_line: int | None


def line_of(record: Values[str, Any], mapping: Mapping) -> FileLine:
    """The line that a row says. Raises RowRefused for the first field that is wrong."""
    placed_at = _moment("placed_at", record.get("placed_at"), mapping)
    paid_at = placed_at
    if record.get("paid_at") not in (None, ""):
        paid_at = _moment("paid_at", record["paid_at"], mapping)
    quantity = _whole("quantity", record.get("quantity"))
    if quantity == 0:
        raise RowRefused("quantity", "is zero")
    refund_line = record.get("refund_line")
    return FileLine(
        row=int(record["row"]),
        number=_text("number", record, mapping, required=True),
        placed_at=placed_at,
        paid_at=paid_at,
        sku=_text("sku", record, mapping, required=True),
        quantity=quantity,
        unit_price=_fen("unit_price", record.get("unit_price"), mapping),
        organisation=_text("organisation", record, mapping, required=True),
        buyer=_text("buyer", record, mapping),
        distributor_code=_text("distributor_code", record, mapping),
        campaign=_text("campaign", record, mapping),
        price_kind=_text("price_kind", record, mapping) or "list",
        payment_reference=_text("payment_reference", record, mapping),
        refund_of=_text("refund_of", record, mapping),
        refund_line=_whole("refund_line", refund_line) if refund_line not in (None, "") else None,
    )


def _text(field: str, record: Values[str, Any], mapping: Mapping, *, required: bool = False) -> str:
    value = record.get(field)
    if value is None:
        text = ""
    elif isinstance(value, Decimal) or type(value).__name__ == "float":
        # A column of whole numbers with gaps is often stored as decimals: 17850.0 is 17850.
        text = str(int(value)) if value == int(value) else str(value)
    else:
        text = str(value).strip()
    if not text:
        if required:
            raise RowRefused(field, "is empty")
        return ""
    return mapping.columns[field].told(text)


def _whole(field: str, value: object) -> int:
    number = _decimal(field, value)
    if number != number.to_integral_value():
        raise RowRefused(field, f"{value} is not a whole number")
    return int(number)


def _fen(field: str, value: object, mapping: Mapping) -> int:
    number = _decimal(field, value)
    if number < 0:
        raise RowRefused(field, f"{value} is negative")
    if mapping.amounts == "yuan":
        return int((number * MINOR_UNITS).to_integral_value(ROUND_HALF_UP))
    return _whole(field, value)


def _decimal(field: str, value: object) -> Decimal:
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        raise RowRefused(field, f"{value!r} is not a number") from None
    if not number.is_finite() or abs(number) > _LARGEST:
        raise RowRefused(field, f"{value!r} is not a usable number")
    return number


def _moment(field: str, value: object, mapping: Mapping) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - zoned below
    else:
        text = str(value or "").strip()
        try:
            if mapping.date_format:
                moment = datetime.strptime(text, mapping.date_format)  # noqa: DTZ007 - below
            else:
                moment = datetime.fromisoformat(text)
        except ValueError:
            raise RowRefused(field, f"{value!r} is not a moment") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(mapping.timezone))
