"""What is not read at all."""

from __future__ import annotations

import pytest
from django.test import Client

from yipan.config.unread import MOST_BYTES, MOST_BYTES_OF_FILES


@pytest.mark.parametrize("address", ["/w/sign-in/?next=%00", "/?a=1&q=a%00b"])
def test_an_address_with_a_nul_is_refused_before_anything_reads_it(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer.content) == (400, b"Bad Request\n")
    assert "Content-Security-Policy" in answer.headers


def test_a_form_with_a_nul_is_refused_and_a_long_one_too() -> None:
    kind = "application/x-www-form-urlencoded"
    for body in ("phone=%00", "phone=" + "1" * (11 * 2**20)):
        assert Client().post("/w/sign-in/", body, content_type=kind).status_code == 400
    assert Client().post("/w/sign-in/", {"phone": "\0"}).status_code == 400  # with files


@pytest.mark.parametrize(
    ("address", "most"), [("/w/sign-in/", MOST_BYTES), ("/console/login/", MOST_BYTES_OF_FILES)]
)
def test_a_form_that_would_fill_the_disk_is_not_read(address: str, most: int) -> None:
    kind = "multipart/form-data; boundary=x"
    for length in (str(most + 1), "9" * 5000, "many"):
        answer = Client().post(address, b"x", content_type=kind, CONTENT_LENGTH=length)
        assert answer.status_code == 413, length
