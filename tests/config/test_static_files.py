"""How styles, scripts and icons reach the browser."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse, StreamingHttpResponse
from django.templatetags.static import static
from django.test import Client, RequestFactory

from yipan.config.static_files import CompressPages


def content(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else bytes(answer.content)


def test_an_address_carries_the_version_of_its_content() -> None:
    address = static("design/phone.css")
    name, _, version = address.partition("?v=")
    assert name == "/static/design/phone.css"
    assert len(version) == 10
    assert static("design/phone.js").partition("?v=")[2] != version
    assert static("there/is/no.such") == "/static/there/is/no.such"


def test_a_version_is_kept_for_good_and_an_address_without_one_is_not() -> None:
    assert "immutable" in Client().get(static("design/phone.css")).headers["Cache-Control"]
    plain = Client().get("/static/design/phone.css")
    assert "immutable" not in plain.headers.get("Cache-Control", "")


def test_text_goes_compressed_to_whoever_reads_that() -> None:
    address = static("design/phone.css")
    packed = Client(headers={"Accept-Encoding": "gzip, br"}).get(address)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"].startswith("text/css")
    assert "Accept-Encoding" in packed.headers["Vary"]
    plain = Client().get(address)
    assert "Content-Encoding" not in plain.headers
    text = content(plain)
    assert gzip.decompress(content(packed)) == text
    found = finders.find("design/phone.css")
    assert isinstance(found, str)
    assert text == Path(found).read_bytes()


def test_what_is_known_already_is_not_sent_again() -> None:
    address = static("design/phone.css")
    tag = Client().get(address).headers["ETag"]
    again = Client(headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}).get(address)
    assert again.status_code == 304
    assert content(again) == b""


def test_pictures_are_left_as_they_are() -> None:
    answer = Client(headers={"Accept-Encoding": "gzip"}).get(static("design/icon-192.png"))
    assert "Content-Encoding" not in answer.headers
    assert content(answer).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("kind", "is_packed"), [("text/html; charset=utf-8", True), ("image/png", False)]
)
def test_pages_are_compressed_and_pictures_are_not(kind: str, is_packed: bool) -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    compress = CompressPages(lambda _: HttpResponse(b"x" * 5000, content_type=kind))
    answer = compress(request)
    assert isinstance(answer, HttpResponse)
    assert ("Content-Encoding" in answer.headers) is is_packed


def test_what_comes_bit_by_bit_does_not_wait_to_be_compressed() -> None:
    request = RequestFactory().get("/live", headers={"Accept-Encoding": "gzip"})
    stream = StreamingHttpResponse([b"event: touch\n\n"], content_type="text/event-stream")
    answer = CompressPages(lambda _: stream)(request)
    assert answer is stream
    assert "Content-Encoding" not in stream.headers
