"""The examples of docs/algorithms/commission.md are true, in both languages of the page."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from yipan.distribution.pool.rules import (
    LineFigures,
    PriceKind,
    Progress,
    Share,
    accept,
    compile_rule,
    reversal_due,
    sentence,
)

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"
BLOCK = re.compile(r"^```json commission\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPLANATION = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(page: str) -> dict[int, dict[str, Any]]:
    blocks = [json.loads(block) for block in BLOCK.findall(read(page))]
    return {block["example"]: block for block in blocks}


def read(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


def as_told(share: Share) -> dict[str, Any]:
    told: dict[str, Any] = {"amount": share.amount}
    if share.reason is not None:
        told["reason"] = share.reason
    if share.notes:
        told["notes"] = list(share.notes)
    return told


ENGLISH = examples("commission.md")


@pytest.mark.parametrize("number", sorted(ENGLISH))
def test_an_example_of_the_page_is_true(number: int) -> None:
    example = ENGLISH[number]
    line = LineFigures(**example["line"] | {"price_kind": PriceKind(example["line"]["price_kind"])})
    rule = compile_rule(accept(example["rule"], upline_limit=2))
    result = rule.compute(
        line,
        Progress(**example.get("progress", {})),
        example.get("uplines", ()),
    )
    shares = [result.seller, *result.uplines]
    assert [as_told(share) for share in shares] == example["gives"]
    for level, said in enumerate(example["says"]):
        assert {
            language: sentence(result.explanation, language, level=level) for language in said
        } == said
    refunded = 0
    reversals: list[int] = []
    for refund in example.get("refunds", []):
        refunded += refund
        reversals.append(
            reversal_due(result.seller.amount, line.net_amount, refunded, sum(reversals))
        )
    assert reversals == example.get("reversals", [])


def test_the_page_has_all_worked_examples() -> None:
    assert set(range(1, 14)) <= set(ENGLISH)


def test_both_languages_have_the_same_examples() -> None:
    assert BLOCK.findall(read("commission.zh.md")) == BLOCK.findall(read("commission.md"))


@pytest.mark.parametrize("page", ["commission.md", "commission.zh.md"])
def test_the_explanation_on_the_page_is_the_one_of_example_6(page: str) -> None:
    rule = compile_rule(accept(ENGLISH[6]["rule"]), version=7)
    result = rule.compute(LineFigures(1, 5_000), Progress(0, 8_000))
    (told,) = EXPLANATION.findall(read(page))
    assert json.loads(told) == result.explanation
