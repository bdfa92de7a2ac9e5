"""The columns of an offer file, by their Chinese or English names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """What a column holds; the values are the fields of faults."""

    SKU = "sku"
    ORGANISATION = "organisation"
    RULE = "rule"
    AMOUNT = "amount"
    RATE = "rate"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    STATE = "on"


# The first names of each are those of the template.
NAMES: Final[dict[Column, tuple[str, ...]]] = {
    Column.SKU: (
        "SKU编码", "SKU code", "SKU", "SKU代码", "商品编码", "商品SKU", "规格编码", "货号",
    ),
    Column.ORGANISATION: (
        "机构编码", "organisation code", "organisation", "organization code", "organization",
        "机构", "机构代码", "门店编码", "store code", "store",
    ),
    Column.RULE: ("规则编码", "rule code", "rule", "佣金规则", "佣金规则编码", "规则", "规则代码"),
    Column.AMOUNT: (
        "每件佣金(元)", "amount per unit (yuan)", "amount per unit", "fixed amount", "amount",
        "每件佣金", "固定佣金", "固定佣金(元)", "佣金金额",
    ),
    Column.RATE: (
        "佣金比例(%)", "rate (%)", "rate", "rate percent", "佣金比例", "佣金率", "比例",
    ),
    Column.VALID_FROM: (
        "生效日期", "valid from", "from", "start", "start date", "生效时间", "开始日期", "开始时间",
    ),
    Column.VALID_UNTIL: (
        "失效日期", "valid until", "until", "end", "end date", "失效时间", "结束日期", "结束时间",
        "截止日期",
    ),
    Column.STATE: ("状态", "on/off", "on", "state", "is on", "上下架", "启用", "是否启用"),
}  # fmt: skip
_NOISE: Final = re.compile(r"[\s_\-*:]+")


def _plain(name: str) -> str:
    """Without case, blanks, marks of required fields and full-width forms."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()


_BY_NAME: Final = {_plain(name): column for column, names in NAMES.items() for name in names}


def recognised(name: str) -> Column | None:
    """The column of a header's name, or None."""
    return _BY_NAME.get(_plain(name))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands, and the names that nobody knows."""

    places: dict[Column, int]
    ignored: tuple[str, ...]
    repeated: tuple[str, ...]


def layout_of(header: Sequence[str]) -> Layout:
    """Read a header."""
    places: dict[Column, int] = {}
    ignored: list[str] = []
    repeated: list[str] = []
    for place, name in enumerate(header):
        column = recognised(name)
        if column is None:
            if name:
                ignored.append(name)
        elif column in places:
            repeated.append(name)
        else:
            places[column] = place
    return Layout(places, tuple(ignored), tuple(repeated))
