"""The examples of docs/algorithms/attribution.md are true."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yipan.distribution.attribution.rules import (
    AttributionPolicy,
    BindingFact,
    BindingTrigger,
    DistributorStanding,
    LineFact,
    OrderFacts,
    Source,
    TouchFact,
    decide,
    may_distribute,
    next_binding,
)

PAGE = Path(__file__).parents[2] / "docs/algorithms/attribution.md"
PLACED_AT = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
ORDER_ID, OTHER_ORDER_ID, BUYER = 500, 499, 900
UNITS = {"d": 86_400_000_000, "h": 3_600_000_000, "s": 1_000_000, "us": 1}
STANDINGS: dict[str, Callable[[int], DistributorStanding]] = {
    "inactive": lambda number: DistributorStanding(number, active=False),
    "off": lambda number: DistributorStanding(number, distribution_on=False),
    "unqualified": lambda number: DistributorStanding(number, qualification_required=True),
    "buyer": lambda number: DistributorStanding(number, own_member_id=BUYER),
}


@dataclass
class Example:
    """One block of the page: what is given and what is promised."""

    heading: str
    policy: AttributionPolicy = field(default_factory=AttributionPolicy)
    skus: list[int] = field(default_factory=lambda: [100])
    touches: list[TouchFact] = field(default_factory=list)
    binding: BindingFact | None = None
    standings: dict[int, DistributorStanding] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    decisions: list[tuple[str, ...]] = field(default_factory=list)
    losers: list[set[tuple[str, str, str]]] = field(default_factory=list)
    change: str | None = None

    def distributor(self, name: str) -> int:
        number = self.names.setdefault(name, len(self.names) + 1)
        self.standings.setdefault(number, DistributorStanding(number))
        return number

    def name_of(self, distributor_id: int | None) -> str:
        named = {number: name for name, number in self.names.items()}
        return "nobody" if distributor_id is None else named[distributor_id]


def moment(text: str, direction: str) -> datetime:
    parts = re.findall(r"(\d+)(d|h|us|s)", text)
    assert "".join(number + unit for number, unit in parts) == text
    span = timedelta(microseconds=sum(int(number) * UNITS[unit] for number, unit in parts))
    return PLACED_AT - span if direction == "before" else PLACED_AT + span


def read_policy(example: Example, words: list[str]) -> None:
    data: dict[str, object] = {}
    for word in words:
        name, value = word.split("=")
        data[name] = (
            value.split(",") if name == "order" else int(value) if value.isdigit() else value
        )
    example.policy = AttributionPolicy.from_data(data)


def read_touch(example: Example, words: list[str]) -> None:
    source, name, span, direction, *rest = words
    extra = " ".join(rest)
    sku = re.search(r"sku (\d+)", extra)
    recorded = re.search(r"recorded (\d+)", extra)
    number = len(example.touches) + 1
    example.touches.append(
        TouchFact(
            id=number,
            source=Source(source),
            at=moment(span, direction),
            recorded_seq=int(recorded[1]) if recorded else number,
            distributor_id=example.distributor(name),
            sku_id=int(sku[1]) if sku else None,
            order_id=OTHER_ORDER_ID if "for another order" in extra else ORDER_ID,
        )
    )


def read_binding(example: Example, words: list[str]) -> None:
    text = " ".join(words)
    begun = re.search(r"from (\w+) (before)", text)
    assert begun is not None
    until = re.search(r"until (\w+) (after)", text)
    protected = re.search(r"protected (\w+) (after)", text)
    example.binding = BindingFact(
        id=70,
        distributor_id=example.distributor(words[0]),
        bound_at=moment(begun[1], begun[2]),
        valid_until=moment(until[1], until[2]) if until else None,
        protected_until=moment(protected[1], protected[2]) if protected else None,
    )


def read_line(example: Example, line: str) -> None:
    keyword, *words = line.split()
    match keyword:
        case "policy":
            read_policy(example, words)
        case "lines":
            example.skus = [int(word) for word in words]
        case "distributor":
            number = example.distributor(words[0])
            example.standings[number] = STANDINGS[words[1]](number)
        case "touch":
            read_touch(example, words)
        case "binding":
            read_binding(example, words)
        case "credits":
            example.decisions.append(tuple(words))
            example.losers.append(set())
        case "drops":
            name, source, reason = words
            example.losers[-1].add((name, source, reason))
        case "after":
            example.change = " ".join(words)
        case _:
            pytest.fail(f"not a line of an example: {line}")


def examples() -> Iterator[Example]:
    heading, current = "", None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line == "```attribution":
            current = Example(heading)
        elif line == "```" and current is not None:
            yield current
            current = None
        elif current is not None:
            read_line(current, line)


def order_of(example: Example) -> OrderFacts:
    lines = tuple(LineFact(number, sku) for number, sku in enumerate(example.skus, start=1))
    return OrderFacts(ORDER_ID, PLACED_AT, lines, member_id=BUYER)


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: example.heading)
def test_the_example_is_decided_as_the_page_says(example: Example) -> None:
    decisions = decide(
        order_of(example), example.touches, example.binding, example.standings, example.policy
    )

    promised = []
    for words in example.decisions:
        text = " ".join(words)
        lines = re.search(r"with ([\d ]+)", text)
        rule = re.search(r"by ([\w.]+)", text)
        all_lines = tuple(range(1, len(example.skus) + 1))
        credited = tuple(int(number) for number in lines[1].split()) if lines else all_lines
        promised.append((credited, words[0], rule[1] if rule else None))
    assert [
        (each.line_ids, example.name_of(each.distributor_id), each.rule) for each in decisions
    ] == promised
    assert [
        {
            (
                example.name_of(loser.candidate.distributor_id),
                str(loser.candidate.source),
                str(loser.reason),
            )
            for loser in each.losers
        }
        for each in decisions
    ] == example.losers


@pytest.mark.parametrize(
    "example",
    [each for each in examples() if each.change is not None],
    ids=lambda example: example.change,
)
def test_the_example_binds_as_the_page_says(example: Example) -> None:
    assert example.change is not None
    trigger, _, promise = example.change.partition(": ")
    decision = decide(
        order_of(example), example.touches, example.binding, example.standings, example.policy
    )[0]
    change = next_binding(
        example.policy,
        example.binding,
        BindingTrigger(trigger),
        decision.distributor_id,
        PLACED_AT,
    )

    if promise == "unchanged":
        assert change is None
        return
    assert change is not None
    terms = re.fullmatch(r"(\w+) to (\w+) until (\w+)( after)? protected (\w+) after", promise)
    assert terms is not None, promise
    assert (str(change.kind), example.name_of(change.distributor_id)) == (terms[1], terms[2])
    assert change.valid_until == (None if terms[3] == "ever" else moment(terms[3], "after"))
    assert change.protected_until == moment(terms[5], "after")


def reach_table() -> list[tuple[str, str, list[str], bool]]:
    table = PAGE.read_text(encoding="utf-8").split("| home | offer | grants | may |")[1]
    rows = []
    for line in table.strip().splitlines()[1:]:
        home, offer, grants, may = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append(
            (home.strip("`"), offer.strip("`"), re.findall("`(.+?)`", grants), may == "yes")
        )
    return rows


@pytest.mark.parametrize(("home", "offer", "grants", "may"), reach_table())
def test_the_page_says_where_a_winner_may_earn(
    home: str, offer: str, grants: list[str], may: bool
) -> None:
    assert may_distribute(home, offer, grants) is may


def test_no_example_is_lost_in_reading() -> None:
    assert len(list(examples())) == PAGE.read_text(encoding="utf-8").count("```attribution") == 22
    assert len(reach_table()) == 9


def test_the_defaults_of_the_page_are_the_defaults_of_the_policy() -> None:
    table = PAGE.read_text(encoding="utf-8").split("| setting | default | values |")[1]
    cells = [line.split("|")[1:3] for line in table.split("\n\n")[0].splitlines()[2:]]
    written = {name.strip(" `"): default.strip(" `") for name, default in cells}
    actual = {
        name: ", ".join(value) if isinstance(value, list) else str(value)
        for name, value in AttributionPolicy().to_data().items()
    }

    assert written == actual
