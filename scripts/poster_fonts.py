"""Cut the fonts of the posters out of Noto Sans SC.

    python -m scripts.poster_fonts FOLDER

FOLDER is the unpacked npm package @expo-google-fonts/noto-sans-sc (SIL Open Font License 1.1);
fontTools has to be installed. Two weights get the characters of GB 2312, and a third file, packed,
the rest of GBK, so that the usual characters cost two small files and a rare one in a name is
still drawn.
"""

from __future__ import annotations

import lzma
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

FONTS: Final = (
    Path(__file__).resolve().parent.parent
    / "src" / "yipan" / "distribution" / "sharing" / "posters" / "fonts"
)  # fmt: skip
_PLAIN: Final = (
    (0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2028), (0x2030, 0x2040), (0x20AC, 0x20AD),
    (0x2116, 0x2117), (0x2122, 0x2123), (0x3000, 0x3020), (0xFF01, 0xFF5F), (0xFFE5, 0xFFE6),
)  # fmt: skip
"""Spans of code points beside Chinese characters."""


def characters(codec: str) -> set[str]:
    """The characters of two bytes of a Chinese character set."""
    found = set()
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                found.add(bytes((first, second)).decode(codec))
            except UnicodeDecodeError:
                continue
    return found


def cut(source: Path, wanted: set[str], target: Path) -> None:
    """Write a font with these characters only."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as text:
        text.write("".join(sorted(wanted)))
        text.flush()
        command = (
            sys.executable, "-m", "fontTools.subset", str(source), f"--text-file={text.name}",
            f"--output-file={target}", "--no-hinting", "--layout-features=kern,palt",
            "--name-IDs=0,1,2,5,13,14", "--notdef-outline", "--no-recalc-timestamp",
        )  # fmt: skip
        subprocess.run(command, check=True)


def main(folder: Path) -> None:
    """Write the three files and the licence."""
    usual = characters("gb2312")
    usual |= {chr(point) for start, end in _PLAIN for point in range(start, end)}
    sources = {weight.name[3:]: next(weight.glob("*.ttf")) for weight in folder.glob("[1-9]00*")}
    cut(sources["Regular"], usual, FONTS / "NotoSansSC-Regular.ttf")
    cut(sources["Bold"], usual, FONTS / "NotoSansSC-Bold.ttf")
    rare = FONTS / "NotoSansSC-Rare.ttf"
    cut(sources["Medium"], characters("gbk") - usual, rare)
    packed = lzma.compress(rare.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    rare.with_suffix(".ttf.xz").write_bytes(packed)
    rare.unlink()
    (FONTS / "OFL.txt").write_bytes((folder / "LICENSE_FONT").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
