"""Links between documents lead somewhere, and the check notices when one does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.check_docs import anchors, broken_links

ROOT = Path(__file__).parents[2]

GUIDE = """\
# Guide

See [the page](pages/first.md#big-words), [itself](#guide), [home](https://example.org/nothing)
and `[no link](nowhere.md)`.

```
[no link](nowhere.md)
```

![picture](missing.png)
<img src="pages/first.md">
[gone](pages/second.md) [astray](pages/first.md#small-words) [outside](../other) [top](/pages)
"""


def test_the_links_of_our_documents_lead_somewhere() -> None:
    assert [str(offence) for offence in broken_links(ROOT)] == []


def test_links_that_lead_nowhere_are_named_with_their_line(tmp_path: Path) -> None:
    tmp_path.joinpath("pages").mkdir()
    tmp_path.joinpath("pages", "first.md").write_text("# Big words\n")
    tmp_path.joinpath("GUIDE.md").write_text(GUIDE)
    assert [str(offence) for offence in broken_links(tmp_path)] == [
        "GUIDE.md:10: missing.png: no such file in the project",
        "GUIDE.md:12: pages/second.md: no such file in the project",
        "GUIDE.md:12: pages/first.md#small-words: no such heading",
        "GUIDE.md:12: ../other: no such file in the project",
        "GUIDE.md:12: /pages: write it relative to this page",
    ]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("# Two words", "two-words"),
        ("## `code` & [link](x.md)", "code--link"),
        ("### 一盘货 (pool)", "一盘货-pool"),
        ("# §2. Rules!", "2-rules"),
    ],
)
def test_headings_get_the_anchors_that_code_hosts_give_them(heading: str, anchor: str) -> None:
    assert anchors(heading) == {anchor}


def test_equal_headings_are_numbered() -> None:
    assert anchors("# A\n## A\n# A\n") == {"a", "a-1", "a-2"}
