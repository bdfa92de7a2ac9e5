"""Where a distributor may distribute. The table of the page runs in tests/docs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.distribution.attribution.rules import may_distribute

paths = st.lists(st.integers(1, 12), min_size=1, max_size=4)


def written(nodes: list[int]) -> str:
    return "".join(f"/{node}" for node in nodes) + "/"


@given(home=paths, offer=paths, grants=st.lists(paths, max_size=3))
def test_home_reaches_up_and_down_its_branch_and_a_grant_down_only(
    home: list[int], offer: list[int], grants: list[list[int]]
) -> None:
    shorter = min(len(home), len(offer))
    same_branch = home[:shorter] == offer[:shorter]
    granted = any(offer[: len(grant)] == grant for grant in grants)

    answer = may_distribute(written(home), written(offer), [written(grant) for grant in grants])

    assert answer is (same_branch or granted)


@pytest.mark.parametrize("path", ["", "/", "//", "1/5/", "/1/5"])
def test_what_is_no_path_is_refused_and_covers_nothing(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        may_distribute(path, "/1/5/")
    with pytest.raises(ValueError, match="path"):
        may_distribute("/1/5/", path)
    with pytest.raises(ValueError, match="path"):
        may_distribute("/1/5/", "/1/6/", [path])
