"""Text is set as a printer would."""

from __future__ import annotations

import pytest

from yipan.distribution.sharing.posters.fonts import Weight, drawable, font
from yipan.distribution.sharing.posters.typesetting import Type, cut, fitting, lines, width_of

TYPE = Type(40, "#000000")


def test_every_character_of_the_two_weights_is_in_both() -> None:
    usual = {chr(point) for point in range(0x20, 0x7F)} | set("¥·…“”‘’—、。「」()!?:;,")
    for first in range(0xB0, 0xF8):
        for second in range(0xA1, 0xFF):
            try:
                usual.add(bytes((first, second)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    assert len(usual) > 6_800
    for weight in Weight:
        sized = font(weight, 16)
        missing = bytes(sized.getmask("\U0010ffff"))
        assert [one for one in usual if bytes(sized.getmask(one)) == missing] == []


def test_a_rare_character_of_a_name_is_drawn() -> None:
    assert drawable("朱镕基 喆 玥 堃 淼") == "朱镕基 喆 玥 堃 淼"
    assert width_of("喆玥堃", TYPE) == width_of("王小明", TYPE)


def test_what_no_font_has_is_a_square_or_nothing() -> None:
    assert drawable("衬衫👗\u200d🎁") == "衬衫"
    assert drawable("สวย")[0] == "□"
    assert drawable(" 多\n  余\t空白 ") == "多 余 空白"
    assert drawable("e\u0301") == "é"


def test_chinese_breaks_anywhere_but_not_before_a_comma() -> None:
    width = width_of("真丝衬衫", TYPE)
    assert lines("真丝衬衫真丝衬衫", TYPE, width, most=3) == ["真丝衬衫", "真丝衬衫"]
    found = lines("真丝衬衫\uff0c米白\uff08大码\uff09", TYPE, width, most=9)
    assert all(line[0] not in "\uff0c\uff09" and line[-1] != "\uff08" for line in found)
    assert "".join(found) == "真丝衬衫\uff0c米白\uff08大码\uff09"


def test_latin_words_stay_whole_where_they_can() -> None:
    width = width_of("mother-of-pearl", TYPE) + 4
    found = lines("silk shirt mother-of-pearl buttons", TYPE, width, most=5)
    assert found == ["silk shirt", "mother-of-pearl", "buttons"]
    wide = lines("W" * 100, TYPE, width, most=50)
    assert "".join(wide) == "W" * 100
    assert all(width_of(line, TYPE) <= width for line in wide)


@pytest.mark.parametrize("text", ["真丝衬衫" * 50, "silk shirt " * 20, "W" * 200, "真silk丝 " * 40])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_too_much_ends_with_an_ellipsis_within_the_width(text: str, most: int) -> None:
    found = lines(text, TYPE, 500, most=most)
    assert len(found) == most
    assert found[-1].endswith(("…", "..."))
    assert all(width_of(line, TYPE) <= 500 for line in found)


def test_an_ellipsis_follows_a_whole_word_and_no_comma() -> None:
    width = width_of("silk shirt, relaxe...", TYPE)
    assert cut("silk shirt, relaxed fit", TYPE, width) == "silk shirt..."
    assert cut("真丝衬衫\uff0c米白色的", TYPE, width_of("真丝衬衫\uff0c…", TYPE)) == "真丝衬衫…"
    assert cut("短", TYPE, 500) == "短"


def test_the_largest_size_in_which_it_is_whole_is_taken() -> None:
    sizes = (60, 50, 40)
    assert fitting("短", TYPE, 900, most=1, sizes=sizes)[0].size == 60
    longer = "真丝衬衫真丝衬衫真丝衬衫真丝衬衫真"
    assert fitting(longer, TYPE, 900, most=1, sizes=sizes)[0].size == 50
    type_, found = fitting("真丝衬衫" * 99, TYPE, 900, most=2, sizes=sizes)
    assert (type_.size, len(found)) == (40, 2)
