"""What is wrong with one offer of many: where, what (a stable code), and a sentence."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.translation import get_language

# code: (English, Simplified Chinese)
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # An offer
    "unknown_sku": ("there is no SKU {value}", "没有 SKU“{value}”"),
    "unknown_organisation": (
        "there is no organisation {value} in your reach",
        "您的管辖范围内没有机构“{value}”",
    ),
    "unknown_rule": ("there is no rule {value} in your reach", "您的管辖范围内没有规则“{value}”"),
    "rule_not_usable_here": (
        "the rule {value} is kept by an organisation that is not above this one",
        "规则“{value}”所属机构不是本机构或其上级",
    ),
    "rule_not_in_force": (
        "the rule {value} has no terms in force at the start of the offer",
        "规则“{value}”在生效时间尚无有效版本",
    ),
    "rule_refused": (
        "the rule {value} may not be used: {english}",
        "规则“{value}”不可使用：{chinese}",
    ),
    "until_not_after_from": (
        "the end must be after the start",
        "失效时间必须晚于生效时间",
    ),
    "twice": ("the same SKU and organisation stand in {value}", "与 {value} 的 SKU 和机构重复"),
    "not_in_pool": ("is not in the pool here", "在此机构未入池"),
    # A row of a file
    "twice_in_file": (
        "row {row} has the same SKU and organisation",
        "与第 {row} 行的 SKU 和机构重复",
    ),
    "missing": ("is required", "此项必填"),
    "too_long": ("must not have more than {limit} characters", "不能超过 {limit} 个字符"),
    "not_one_way": (
        "give one of rule, amount or rate",
        "规则编码、每件佣金、佣金比例三者必须且只能填一项",
    ),
    "not_a_date": (
        "{value} is not a date such as 2026-11-30 or 2026-11-30 08:00",
        "“{value}”不是日期，请写成 2026-11-30 或 2026-11-30 08:00",
    ),
    "not_an_amount": (
        "{value} is not an amount in yuan such as 3.50",
        "“{value}”不是金额（元），请写成 3.50",
    ),
    "not_a_rate": (
        "{value} is not a rate in percent from 0 to 100 with at most 4 decimals",
        "“{value}”不是 0 到 100 之间、最多 4 位小数的百分比",
    ),
    "not_on_or_off": ("{value} is neither on nor off", "“{value}”不是“上架”或“下架”"),
    "error_value": ("the cell holds the error {value}", "单元格是错误值 {value}"),
    # A file as a whole
    "no_rows": ("The file has no rows below its header.", "文件中表头以下没有数据。"),
    "too_many_rows": ("The file has more than {limit} rows.", "文件超过 {limit} 行。"),
    "too_many_columns": (
        "A row of the file has more than {limit} columns.",
        "文件中有一行超过 {limit} 列。",
    ),
    "too_large": ("The file is larger than {limit} MB.", "文件超过 {limit} MB。"),
    "unknown_format": (
        "The file is neither an xlsx workbook nor a csv text.",
        "文件不是 xlsx 工作簿，也不是 csv 文本。",
    ),
    "damaged": ("The workbook is damaged and cannot be opened.", "工作簿已损坏，无法打开。"),
    "encoding": (
        "The text is neither UTF-8 nor GB18030.",
        "文本编码既不是 UTF-8 也不是 GB18030。",
    ),
    "no_column": ("The column {value} is missing.", "缺少“{value}”列。"),
    "column_twice": ("The column {value} stands there twice.", "“{value}”列重复。"),
}


class Fault(NamedTuple):
    """One thing wrong."""

    number: int
    """The row of a file (the header is 1), or the item of a request (from 0)."""
    field: str
    code: str
    data: dict[str, str | int]
    """Figures of the sentence; `value` is what was given."""

    def sentence(self, language: str) -> str:
        """The fault in words ("zh…" or English)."""
        template = SENTENCES[self.code][1 if language.lower().startswith("zh") else 0]
        return template.format(**self.data)

    @property
    def reason(self) -> str:
        """The fault in the reader's language."""
        return self.sentence(get_language() or "en")

    @property
    def place(self) -> str:
        """Such as `offers[3].sku`, for items of a request."""
        return f"offers[{self.number}].{self.field}"

    def as_data(self) -> dict[str, str | int]:
        """For rows of a file: {row, field, code, reason}."""
        return {
            "row": self.number,
            "field": self.field,
            "code": self.code,
            "reason": self.reason,
        }
