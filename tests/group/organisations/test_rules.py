from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.group.organisations.errors import (
    LevelRefused,
    LevelUnknown,
    MoveMakesCycle,
    StoreNeedsCompany,
)
from yipan.group.organisations.models import Level
from yipan.group.organisations.rules import RANKS, check_no_cycle, check_place, subtree_range

PATHS = st.lists(st.integers(1, 120), min_size=1, max_size=4).map(
    lambda ids: "/" + "".join(f"{each}/" for each in ids)
)


def test_the_ranks_are_the_levels_of_the_tree_from_the_top() -> None:
    assert list(RANKS) == Level.values


ALLOWED = {
    ("headquarters", "industry_group"),
    ("headquarters", "company"),
    ("industry_group", "company"),
    ("company", "store"),
}


@pytest.mark.parametrize("parent_level", RANKS)
@pytest.mark.parametrize("level", RANKS)
def test_a_node_stands_below_its_parent_and_a_store_under_a_company(
    level: str, parent_level: str
) -> None:
    if (parent_level, level) in ALLOWED:
        check_place(level=level, parent_level=parent_level)
        return
    with pytest.raises((LevelRefused, StoreNeedsCompany)) as refused:
        check_place(level=level, parent_level=parent_level)
    assert refused.value.data["parent_level"] == parent_level


def test_a_store_without_a_company_above_is_refused_by_name() -> None:
    with pytest.raises(StoreNeedsCompany):
        check_place(level="store", parent_level="industry_group")


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(LevelUnknown):
        check_place(level="warehouse", parent_level="company")


def test_a_node_is_not_hung_under_itself_or_below() -> None:
    check_no_cycle(name="a", path="/1/5/", parent_path="/1/55/")
    for parent_path in ("/1/5/", "/1/5/9/"):
        with pytest.raises(MoveMakesCycle):
            check_no_cycle(name="a", path="/1/5/", parent_path=parent_path)


@given(root=PATHS, other=PATHS)
def test_the_range_of_a_subtree_holds_its_paths_and_no_others(root: str, other: str) -> None:
    start, end = subtree_range(root)
    assert (start <= other < end) == other.startswith(root)


@pytest.mark.parametrize("broken", ["", "/", "1/5", "/1/5", "1/5/"])
def test_what_is_no_path_has_no_range(broken: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        subtree_range(broken)
