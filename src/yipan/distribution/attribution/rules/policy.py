"""The attribution policy of a tenant or organisation: settings, limits, defaults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from yipan.distribution.attribution.rules.facts import Source
from yipan.distribution.attribution.rules.refusal import PolicyProblem, PolicyRefused

MAX_WINDOW_DAYS: Final = 90
MAX_TERM_DAYS: Final = 36_500
"""A century: what is meant for longer is meant for ever (0)."""


class LinkModel(StrEnum):
    """Which of several valid link touches wins."""

    LAST = "last"
    FIRST = "first"


class Scope(StrEnum):
    """What a winner is credited with."""

    ORDER = "order"
    """Every line of the order that is in the pool."""
    SKU = "sku"
    """Only lines of the shared SKU; each line has its own contest."""


class BindOn(StrEnum):
    """What makes a member belong to a distributor."""

    NEVER = "never"
    FIRST_TOUCH = "first_touch"
    FIRST_PURCHASE = "first_purchase"


@dataclass(frozen=True, slots=True)
class AttributionPolicy:
    """Who is credited, and for how long a member belongs to a distributor (attribution.md)."""

    window_days: int = 15
    """1–90: a code or link touch older than this does not count."""
    order: tuple[Source, ...] = (Source.CODE, Source.COUPON, Source.LINK, Source.BINDING)
    """Precedence of the sources; one that is left out never wins."""
    link_model: LinkModel = LinkModel.LAST
    scope: Scope = Scope.ORDER
    bind_on: BindOn = BindOn.FIRST_PURCHASE
    binding_days: int = 365
    """0: for ever."""
    protection_days: int = 30
    """0: not protected."""
    self_purchase: bool = False
    """Whether a distributor's own purchase may earn them something; `yes` or `no` as data."""

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Self:
        """The policy of JSON-able data; a setting left out has its default.

        Raises PolicyRefused with every problem found, each naming its field.
        """
        problems = problems_in(data)
        if problems:
            raise PolicyRefused(problems)
        settings: dict[str, Any] = {name: _SETTINGS[name].read(data[name]) for name in data}
        return cls(**settings)

    def to_data(self) -> dict[str, object]:
        """All settings as JSON-able data, for `from_data`."""
        return {
            "window_days": self.window_days,
            "order": [str(source) for source in self.order],
            "link_model": str(self.link_model),
            "scope": str(self.scope),
            "bind_on": str(self.bind_on),
            "binding_days": self.binding_days,
            "protection_days": self.protection_days,
            "self_purchase": "yes" if self.self_purchase else "no",
        }

    def validate(self) -> tuple[PolicyProblem, ...]:
        """What is wrong with the settings; nothing if the policy can be used."""
        return problems_in(self.to_data())


def problems_in(data: Mapping[str, object]) -> tuple[PolicyProblem, ...]:
    """What is wrong with a policy given as data, in the order of its fields."""
    problems = [
        problem
        for name, setting in _SETTINGS.items()
        if name in data
        for problem in setting.check(name, data[name])
    ]
    unknown = sorted(name for name in data if name not in _SETTINGS)
    return (*problems, *(PolicyProblem(name, "unknown_field") for name in unknown))


Check = Callable[[str, object], list[PolicyProblem]]


@dataclass(frozen=True, slots=True)
class _Setting:
    """How one setting is checked as data and, once it passed, read."""

    check: Check
    read: Callable[[Any], object]


def _days(least: int, most: int) -> Check:
    def check(name: str, value: object) -> list[PolicyProblem]:
        if type(value) is not int:
            return [PolicyProblem(name, "not_a_whole_number")]
        if not least <= value <= most:
            return [PolicyProblem(name, "out_of_range", {"least": least, "most": most})]
        return []

    return check


def _one_of(*allowed: str) -> Check:
    def check(name: str, value: object) -> list[PolicyProblem]:
        if isinstance(value, str) and value in allowed:
            return []
        return [PolicyProblem(name, "unknown_value", {"allowed": ", ".join(allowed)})]

    return check


def _sources(name: str, value: object) -> list[PolicyProblem]:
    if not isinstance(value, list | tuple):
        return [PolicyProblem(name, "not_a_list")]
    if not value:
        return [PolicyProblem(name, "empty")]
    one_source = _one_of(*Source)
    problems = [
        problem
        for position, source in enumerate(value)
        for problem in one_source(f"{name}.{position}", source)
    ]
    repeated = [
        PolicyProblem(f"{name}.{position}", "repeated")
        for position, source in enumerate(value)
        if source in value[:position]
    ]
    return problems or repeated


_SETTINGS: Final[Mapping[str, _Setting]] = MappingProxyType(
    {
        "window_days": _Setting(_days(1, MAX_WINDOW_DAYS), int),
        "order": _Setting(_sources, lambda names: tuple(Source(name) for name in names)),
        "link_model": _Setting(_one_of(*LinkModel), LinkModel),
        "scope": _Setting(_one_of(*Scope), Scope),
        "bind_on": _Setting(_one_of(*BindOn), BindOn),
        "binding_days": _Setting(_days(0, MAX_TERM_DAYS), int),
        "protection_days": _Setting(_days(0, MAX_TERM_DAYS), int),
        "self_purchase": _Setting(_one_of("no", "yes"), lambda answer: answer == "yes"),
    }
)
