"""Why a commission rule is refused: one problem per field, with a code that stays the same."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, NamedTuple

from yipan.kernel.errors import DomainError

# code: (English, Simplified Chinese)
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "missing": ("is required here", "此处必填"),
    "unknown_field": ("is not a field of a commission rule", "不是佣金规则的字段"),
    "wrong_type": ("must be {expected}", "必须是{expected_zh}"),
    "float": (
        'must be written as text such as "0.125", never as a floating-point number',
        "必须写成文本（如 “0.125”），不能用浮点数",
    ),
    "unknown_value": ("must be one of {allowed}", "只能是 {allowed} 之一"),
    "negative": ("must not be negative", "不能为负数"),
    "too_large": ("must not be above {limit}", "不能大于 {limit}"),
    "rate_out_of_range": ("must be from 0 to 1", "必须在 0 到 1 之间"),
    "rate_too_precise": ("must not have more than 6 decimals", "不能超过 6 位小数"),
    "too_many_tiers": ("must not have more than {limit} tiers", "不能超过 {limit} 档"),
    "first_tier_not_zero": ("the first tier must start at 0", "第一档必须从 0 开始"),
    "tiers_not_ascending": (
        "must be above the start of the tier before it",
        "必须大于前一档的起点",
    ),
    "fixed_with_tiers": ("a fixed rule has no tiers", "固定金额规则没有阶梯"),
    "tiered_rate_without_tiers": (
        "a tiered rule needs at least one tier",
        "阶梯比例规则至少要有一档",
    ),
    "not_of_this_mode": ("does not belong to mode {mode}", "不属于 {mode} 模式"),
    "marginal_unit_price": (
        "marginal cannot be used with the measure unit_price",
        "marginal（分段累进）不能与 unit_price（单价）同用",
    ),
    "rates_above_one": (
        "the highest tier rate and the upline rates together are above 1",
        "最高一档比例与上级比例之和超过 1",
    ),
    "too_many_upline_rates": (
        "must not have more than {limit}, the upline levels this deployment allows",
        "不能多于本系统允许的 {limit} 级上级",
    ),
}


class Problem(NamedTuple):
    """One thing wrong with a rule: where, what (a stable code), and the figures of the sentence."""

    field: str
    code: str
    data: dict[str, str | int]

    def sentence(self, language: str = "en") -> str:
        """The problem as a clause that follows the field's name ("zh…" or English)."""
        template = SENTENCES[self.code][1 if language.lower().startswith("zh") else 0]
        return template.format(**self.data)

    @property
    def message(self) -> str:
        return self.sentence()


class RuleRefused(DomainError):
    """The commission rule cannot be saved or used; `problems` says all that is wrong with it."""

    code = "pool.rule_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = "The commission rule is refused: {summary}."

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(
            summary=self.summary("en"),
            problems=[
                {"field": each.field, "code": each.code, "message": each.message}
                for each in self.problems
            ],
        )

    def summary(self, language: str) -> str:
        """All problems in one line, each with the name of its field."""
        return "; ".join(
            f"{each.field or 'rule'}: {each.sentence(language)}" for each in self.problems
        )
