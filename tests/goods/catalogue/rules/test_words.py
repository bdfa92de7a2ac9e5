"""Search words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.goods.catalogue.rules import WORD_LENGTH, as_written, prefixes_of, words_of
from yipan.goods.catalogue.rules.words import MOST_PREFIXES


def finds(query: str, *texts: str) -> bool:
    """Whether a text is found as the tables would find it."""
    words = words_of(*texts)
    return all(any(word.startswith(prefix) for word in words) for prefix in prefixes_of(query))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("智能手机", ["智能", "能手", "手机", "机"]),
        ("机", ["机"]),
        ("Mate60 Pro", ["mate60", "60", "pro"]),
        ("12GB+512GB", ["12gb", "gb", "512gb"]),
        ("苹果iPhone手机", ["苹果", "果", "iphone", "手机", "机"]),
        ("SKU-001_x", ["sku", "001", "x"]),
        ("Ｔシャツ Café", ["t", "シャ", "ャツ", "ツ", "cafe"]),
        ("— ！…", []),
    ],
)
def test_texts_are_cut_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("query", "prefixes"),
    [
        ("手", ["手"]),
        ("手机", ["手机"]),
        ("智能手机", ["智能", "能手", "手机"]),
        ("手机 手", ["手机"]),
        ("mate MATE60", ["mate60"]),
        ("  nike　跑鞋 ", ["nike", "跑鞋"]),
        ("?!", []),
    ],
)
def test_queries_are_cut_into_prefixes(query: str, prefixes: list[str]) -> None:
    assert prefixes_of(query) == prefixes


@pytest.mark.parametrize(
    "query",
    ["能", "手机", "智能手", "华为 手机", "MATE", "mate6", "60pro", "pro", "SKU-00", "ｓｋｕ"],
)
def test_a_text_is_found_by_what_people_type_of_it(query: str) -> None:
    assert finds(query, "华为智能手机 Mate60Pro", "SKU-0017")


@pytest.mark.parametrize("query", ["机手", "ate60", "平板", "mate61", "手机 平板"])
def test_a_text_is_not_found_by_what_is_not_in_it(query: str) -> None:
    assert not finds(query, "华为智能手机 Mate60Pro", "SKU-0017")


def test_a_query_looks_for_eight_words_at_most() -> None:
    assert len(prefixes_of("一二三四五六七八九十百千万")) == MOST_PREFIXES


@given(st.text(max_size=80))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert finds(text, text)


@given(st.text(alphabet="智能手机鞋abcXY019-/ ", min_size=1, max_size=30), st.data())
def test_every_text_is_found_by_the_beginnings_of_its_parts(text: str, data: st.DataObject) -> None:
    for part in text.split():
        end = data.draw(st.integers(1, len(part)))
        assert finds(part[:end], text)


@given(st.text(max_size=200))
def test_words_fit_their_column_and_their_row(text: str) -> None:
    words = words_of(text)
    assert all(0 < len(word) <= WORD_LENGTH for word in words)
    assert as_written(words).split() == words
