"""One row of an offer file: its values, or everything that is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from yipan.distribution.pool.faults import Fault
from yipan.distribution.pool.rules import RuleRefused, RuleTerms, accept
from yipan.distribution.pool.sheets.columns import Column, Layout
from yipan.distribution.pool.sheets.table import Cell
from yipan.kernel.money import fen_from_yuan

T = TypeVar("T")
_LONGEST: Final = {Column.SKU: 60, Column.ORGANISATION: 40, Column.RULE: 80}
_ON: Final = frozenset(
    {"on", "1", "true", "yes", "y", "是", "启用", "上架", "开", "开启", "生效", "有效"}
)
_OFF: Final = frozenset(
    {"off", "0", "false", "no", "n", "否", "停用", "禁用", "下架", "关", "关闭", "失效", "无效"}
)
_ERRORS: Final = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_AMOUNT: Final = re.compile(r"¥? ?((?:\d{1,3}(?:,\d{3})+|\d{1,16})(?:\.\d+)?) ?元?", re.ASCII)
_RATE: Final = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%?", re.ASCII)
_DATE: Final = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))"
    r"(?:[T ]*(\d{1,2}):(\d{2})(?::(\d{2}))?)?",
    re.ASCII,
)
REST_OF_DAY: Final = {
    time(23, 59): timedelta(minutes=1),
    time(23, 59, 59): timedelta(seconds=1),
}
"""What people write for the end of a day, and what they leave out by it."""


@dataclass(frozen=True, slots=True)
class BareTerms:
    """A bare amount or rate: its key, and the rule it stands for."""

    key: str
    terms: RuleTerms


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that could be read; codes are not looked up yet."""

    number: int
    sku: str
    organisation: str
    """Blank: the organisation that loads the file."""
    rule: str
    """Blank: `bare` says it."""
    bare: BareTerms | None
    is_on: bool
    valid_from: datetime | None
    valid_until: datetime | None


class RowReader:
    """Reads rows of one layout; dates are of the tenant's zone."""

    def __init__(self, layout: Layout, zone: ZoneInfo) -> None:
        self._places = layout.places
        self._zone = zone
        self._bare: dict[tuple[Column, str], BareTerms | None] = {}
        self._moments: dict[tuple[Column, str], datetime | None] = {}

    def read(self, number: int, cells: Sequence[Cell]) -> tuple[SheetRow | None, list[Fault]]:
        """The row, or None and its faults."""
        faults: list[Fault] = []
        values = {
            column: cells[place] if place < len(cells) else None
            for column, place in self._places.items()
        }

        def refuse(column: Column, code: str, **data: str | int) -> None:
            faults.append(Fault(number, column.value, code, dict(data)))

        for column, value in values.items():
            if isinstance(value, str) and value in _ERRORS:
                refuse(column, "error_value", value=value)
        if faults:
            return None, faults
        codes = {column: self._code(values, column, refuse) for column in _LONGEST}
        if not codes[Column.SKU]:
            refuse(Column.SKU, "missing")
        row = SheetRow(
            number=number,
            sku=codes[Column.SKU],
            organisation=codes[Column.ORGANISATION],
            rule=codes[Column.RULE],
            bare=self._one_way(values, codes[Column.RULE], refuse),
            is_on=self._state(values, refuse),
            valid_from=self._moment(values, Column.VALID_FROM, refuse),
            valid_until=self._moment(values, Column.VALID_UNTIL, refuse),
        )
        if row.valid_from and row.valid_until and row.valid_until <= row.valid_from:
            refuse(Column.VALID_UNTIL, "until_not_after_from")
        return (None, faults) if faults else (row, [])

    def _code(self, values: dict[Column, Cell], column: Column, refuse: Callable[..., None]) -> str:
        value = values.get(column)
        text = "" if value is None else str(value)
        if len(text) > _LONGEST[column]:
            refuse(column, "too_long", limit=_LONGEST[column])
        return text

    def _one_way(
        self, values: dict[Column, Cell], rule: str, refuse: Callable[..., None]
    ) -> BareTerms | None:
        """The bare amount or rate; exactly one of rule, amount and rate must be given."""
        given = [
            (column, value)
            for column in (Column.AMOUNT, Column.RATE)
            if (value := values.get(column)) not in {None, ""}
        ]
        if len(given) + bool(rule) != 1:
            refuse(Column.RULE, "not_one_way")
            return None
        if not given:
            return None
        ((column, value),) = given
        read, code = (
            (_bare_amount, "not_an_amount")
            if column is Column.AMOUNT
            else (_bare_rate, "not_a_rate")
        )
        bare = _remembered(self._bare, (column, value), lambda: read(value))
        if bare is None:
            refuse(column, code, value=_shown(value))
        return bare

    def _state(self, values: dict[Column, Cell], refuse: Callable[..., None]) -> bool:
        value = values.get(Column.STATE)
        word = "" if value is None else str(value).casefold()
        if word in _OFF:
            return False
        if word and word not in _ON:
            refuse(Column.STATE, "not_on_or_off", value=_shown(value))
        return True

    def _moment(
        self, values: dict[Column, Cell], column: Column, refuse: Callable[..., None]
    ) -> datetime | None:
        value = values.get(column)
        if value is None or value == "":
            return None
        is_end = column is Column.VALID_UNTIL
        moment = _remembered(
            self._moments, (column, value), lambda: moment_of(value, self._zone, is_end=is_end)
        )
        if moment is None:
            refuse(column, "not_a_date", value=_shown(value))
        return moment


def _remembered(
    known: dict[tuple[Column, str], T | None],
    key: tuple[Column, Cell],
    read: Callable[[], T | None],
) -> T | None:
    # Files repeat a few amounts and dates many times. The type tells 1 from True.
    typed = (key[0], f"{type(key[1]).__name__}:{key[1]}")
    if typed not in known:
        known[typed] = read()
    return known[typed]


def _shown(value: Cell) -> str:
    return str(value)[:60]


def _number(value: Cell, pattern: re.Pattern[str]) -> Decimal | None:
    """An exact number of a cell that is written as the pattern says."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    found = pattern.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return Decimal(found[1].replace(",", "")) if found else None


def _bare_amount(value: Cell) -> BareTerms | None:
    number = _number(value, _AMOUNT)
    try:
        fen = -1 if number is None else fen_from_yuan(number)
        terms = accept({"mode": "fixed", "amount_per_unit": fen})
    except (ValueError, RuleRefused):
        return None
    return BareTerms(f"fixed-{fen}", terms)


def _bare_rate(value: Cell) -> BareTerms | None:
    percent = _number(value, _RATE)
    if percent is None or not 0 <= percent <= 100:
        return None
    rate = (percent * Decimal("0.01")).normalize()
    tiers = [{"from": 0, "rate": rate}]
    document = {
        "mode": "tiered_rate", "measure": "line_amount", "method": "whole", "tiers": tiers
    }  # fmt: skip
    try:
        return BareTerms(f"rate-{rate:f}", accept(document))
    except RuleRefused:
        return None


def moment_of(value: Cell, zone: ZoneInfo, *, is_end: bool) -> datetime | None:
    """A moment in UTC, or None for what is no date.

    A day as an end counts as a whole, and so does its last minute or second, unless it is written
    with its distance from UTC.
    """
    try:
        local = _day_or_moment(value)
        if isinstance(local, datetime):
            if local.tzinfo is None:
                rest = REST_OF_DAY.get(local.time(), timedelta()) if is_end else timedelta()
                local = (local + rest).replace(tzinfo=zone)
            return local.astimezone(UTC)
        if local is None:
            return None
        day = local + timedelta(days=1) if is_end else local
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day_or_moment(value: Cell) -> date | datetime | None:
    if isinstance(value, date):  # a datetime is one too
        return value
    text = unicodedata.normalize("NFKC", str(value)).strip()
    found = _DATE.fullmatch(text)
    if found is None:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else None
    year, month, day, month_, day_, hour, minute, second = found.groups()
    the_day = date(int(year), int(month or month_), int(day or day_))
    if hour is None:
        return the_day
    return datetime.combine(the_day, time(int(hour), int(minute), int(second or 0)))
