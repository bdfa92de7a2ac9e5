"""Every link between the documents leads somewhere: files exist, headings too."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from scripts.check_limits import Offence, source_files

LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def broken_links(root: Path) -> Iterator[Offence]:
    """The links of the Markdown files under `root` that lead nowhere."""
    for name in source_files(root):
        if name.endswith(".md"):
            yield from _broken_links_of(root, name)


def anchors(markdown: str) -> set[str]:
    """The anchors that the headings of a document get, as code hosts make them."""
    found: set[str] = set()
    for heading in HEADING.findall(_without(FENCE, markdown)):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        anchor = base = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = 0
        while anchor in found:
            count += 1
            anchor = f"{base}-{count}"
        found.add(anchor)
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", markdown))


def _broken_links_of(root: Path, name: str) -> Iterator[Offence]:
    page = root / name
    text = _without(CODE, _without(FENCE, page.read_text(encoding="utf-8")))
    for number, line in enumerate(text.splitlines(), start=1):
        for match in LINK.finditer(line):
            target = match[1] or match[2]
            if ELSEWHERE.match(target):
                continue
            problem = _problem(root, page, unquote(target))
            if problem:
                yield Offence(name, number, f"{target}: {problem}")


def _problem(root: Path, page: Path, target: str) -> str | None:
    path, _, anchor = target.partition("#")
    if path.startswith("/"):
        return "write it relative to this page"
    there = (page.parent / path).resolve() if path else page
    if not there.exists() or not there.is_relative_to(root):
        return "no such file in the project"
    if anchor and there.suffix == ".md" and anchor not in anchors(there.read_text("utf-8")):
        return "no such heading"
    return None


def _without(pattern: re.Pattern[str], text: str) -> str:
    """The text with what matches blanked out, line numbers kept."""
    return pattern.sub(lambda match: "\n" * match[0].count("\n"), text)


def main() -> int:
    """Print the broken links of the project; 1 if there are any."""
    found = list(broken_links(Path(__file__).resolve().parent.parent))
    for offence in found:
        print(offence)
    print(
        f"Links: {len(found)} lead nowhere" if found else "Links between documents lead somewhere"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
