"""The Chinese words that guides quote are those of the screens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.catalogues import catalogues, read_po

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
OF_THE_PHONE = {"添加到主屏幕", "存储图像", "长按"}
"""What browsers and phones call it, not we."""
SAID = {"这个数是怎么来的", "区域"}
"""What people say, and what there is none of."""
IN_DOCUMENTS_ONLY = {"录单", "报价", "周期累计", "本门店分销商品", "平台全部分销商品"}
"""The last two are 本门店 and 平台全部 on the switch that chooses between them."""
A_CHINESE_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")


@pytest.fixture(scope="module")
def screens() -> str:
    """All Chinese texts, one after another."""
    texts = [
        form for path in catalogues(ROOT) for forms in read_po(path).values() for form in forms
    ]
    return "\n".join(texts)


@pytest.mark.parametrize("name", ["workbench.md", "mall.md"])
def test_what_an_english_guide_quotes_is_on_a_screen(name: str, screens: str) -> None:
    text = (GUIDES / name).read_text(encoding="utf-8").replace("[中文]", "")
    quoted = set(A_CHINESE_RUN.findall(text)) - OF_THE_PHONE
    assert {each for each in quoted if each not in screens} == set()


def test_what_the_chinese_guide_quotes_is_on_a_screen(screens: str) -> None:
    text = (GUIDES / "workbench.zh.md").read_text(encoding="utf-8")
    quoted = set(re.findall(r"“([^”？]+)”", text)) - OF_THE_PHONE - SAID
    states = text.split("| 状态 | 含义 |")[1].split("点开一条")[0]
    quoted |= set(re.findall(r"^\| ([\u4e00-\u9fff]+) \|", states, re.MULTILINE))
    assert {each for each in quoted if each not in screens} == set()


def test_the_words_of_the_glossary_are_on_a_screen(screens: str) -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ")]
    words = {word for row in rows for word in re.findall(r"[\u4e00-\u9fff]+", row)} - {"中文"}
    assert {word for word in words if word not in screens} == IN_DOCUMENTS_ONLY
