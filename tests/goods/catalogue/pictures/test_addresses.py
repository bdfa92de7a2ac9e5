"""Addresses of pictures say which size."""

from __future__ import annotations

from django.template import Context, Template

from yipan.goods.catalogue.pictures import picture_srcset, picture_url


def test_a_size_is_rounded_up_to_one_there_is() -> None:
    assert picture_url("goods/a.webp", width=300) == "/media/goods/a.webp?w=320"
    assert picture_url("goods/a.webp", width=320) == "/media/goods/a.webp?w=320"
    assert picture_url("goods/a.webp", width=4000) == "/media/goods/a.webp"
    assert picture_url("goods/茶 1.webp") == "/media/goods/%E8%8C%B6%201.webp?w=640"


def test_other_servers_pass_through_and_nothing_is_a_drawing() -> None:
    assert picture_url("https://cdn.example/a.jpg") == "https://cdn.example/a.jpg"
    assert picture_url("") == "/media/none.svg"
    assert picture_srcset("https://cdn.example/a.jpg", 320) == ""
    assert picture_srcset("", 320) == ""


def test_templates_ask_for_sizes() -> None:
    page = Template(
        "{% load pictures %}{{ file|picture_url:160 }} {{ file|picture_srcset:'300 640 9999' }}"
    )
    assert page.render(Context({"file": "a.webp"})) == (
        "/media/a.webp?w=160 /media/a.webp?w=320 320w, /media/a.webp?w=640 640w"
    )
