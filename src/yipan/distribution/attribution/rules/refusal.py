"""Why an attribution policy is refused: one problem per field, with a code that stays the same."""

import dataclasses
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from yipan.kernel.errors import DomainError
from yipan.kernel.language import reads_chinese

_SENTENCES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "unknown_field": ("is not a setting of an attribution policy", "不是归属策略的设置项"),
        "not_a_whole_number": ("must be a whole number", "必须是整数"),
        "out_of_range": ("must be from {least} to {most}", "必须在 {least} 到 {most} 之间"),
        "unknown_value": ("must be one of {allowed}", "只能是 {allowed} 之一"),
        "not_a_list": ("must be a list of sources", "必须是来源的列表"),
        "empty": ("must name at least one source", "至少要有一种来源"),
        "repeated": ("is named twice", "重复出现"),
    }
)
# code: (English, Simplified Chinese)


@dataclasses.dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One thing wrong with a policy: where, what (a stable code), the figures of the sentence."""

    field: str
    code: str
    data: Mapping[str, str | int] = dataclasses.field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """The problem as a clause that follows the field's name ("zh…" or English)."""
        template = _SENTENCES[self.code][1 if language.lower().startswith("zh") else 0]
        return template.format(**self.data)


class PolicyRefused(DomainError):
    """The attribution policy cannot be saved; `problems` says all that is wrong with it."""

    code = "attribution.policy_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = "The attribution policy is refused: {summary}."

    def __init__(self, problems: Sequence[PolicyProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            summary=self.summary("en"),
            problems=[
                {"field": each.field, "code": each.code, "message": each.sentence()}
                for each in self.problems
            ],
        )

    def __str__(self) -> str:
        """The sentence in the reader's language."""
        if reads_chinese():
            return f"归属策略不能保存:{self.summary('zh-hans')}。"
        return super().__str__()

    def summary(self, language: str) -> str:
        """All problems in one line, each with the name of its field."""
        return "; ".join(f"{each.field} {each.sentence(language)}" for each in self.problems)
