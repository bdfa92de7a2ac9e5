"""How buyers are named."""

from __future__ import annotations

import pytest

from yipan.customers.members.rules import masked_phone, normal_phone


@pytest.mark.parametrize(
    "written",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "008613800138000"],
)
def test_a_chinese_mobile_number_has_one_form(written: str) -> None:
    assert normal_phone(written) == "13800138000"


@pytest.mark.parametrize(
    ("written", "number"),
    [("+44 20 7946 0958", "+442079460958"), ("(021) 6888-0000", "02168880000")],
)
def test_other_numbers_stay_as_they_are_dialled(written: str, number: str) -> None:
    assert normal_phone(written) == number


@pytest.mark.parametrize("written", ["", "1234", "wang", "138x0013800", "+", "1" * 16])
def test_what_is_no_number_is_refused(written: str) -> None:
    assert normal_phone(written) is None


@pytest.mark.parametrize(
    ("number", "shown"), [("13800138000", "138****8000"), ("95588", "*****"), ("", "")]
)
def test_a_number_is_shown_masked(number: str, shown: str) -> None:
    assert masked_phone(number) == shown
