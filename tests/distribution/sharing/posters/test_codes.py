"""Codes are drawn for readers: whole modules, white around, much to spare."""

from __future__ import annotations

import pytest
import zxingcpp

from yipan.distribution.sharing.posters.codes import QUIET, code

ADDRESS = "http://localhost:8000/s/demo/AbCdEfGhIjKlMnOpQrStUvWxYz-_0123"


@pytest.mark.parametrize("side", [290, 300, 320, 333])
def test_modules_are_whole_pixels_and_the_quiet_zone_is_wide_enough(side: int) -> None:
    image = code(ADDRESS, side)
    assert image.size == (side, side)
    assert set(image.tobytes()) == {0, 255}
    box = image.point([255 - value for value in range(256)]).getbbox()
    assert box is not None
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == ADDRESS
    assert found.ec_level in {"Q", "H"}
    drawn = box[2] - box[0]
    scales = [
        scale for scale in range(2, 20) if drawn % scale == 0 and (drawn // scale - 17) % 4 == 0
    ]
    scale = max(scales)
    assert scale >= 4
    assert min(box[0], box[1], side - box[2], side - box[3]) >= QUIET * scale


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="modules"):
        code(ADDRESS, 40)
