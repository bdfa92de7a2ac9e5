"""What makes a phone surface installable."""

from __future__ import annotations

import json

from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory

from yipan.surfaces.design import pwa


def test_a_manifest_names_the_surface_its_scope_and_icons_that_are_there() -> None:
    answer = pwa.manifest(name="一盘工作台", short_name="工作台", scope="/w/")
    content = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (content["scope"], content["start_url"], content["display"]) == (
        "/w/", "/w/", "standalone",
    )  # fmt: skip
    assert {icon["sizes"] for icon in content["icons"]} == {"192x192", "512x512"}
    assert "maskable" in {icon.get("purpose") for icon in content["icons"]}
    for icon in content["icons"]:
        assert finders.find(icon["src"].partition("?")[0].removeprefix("/static/")), icon


def test_a_browser_finds_an_icon_where_it_looks_by_itself(client: Client) -> None:
    address = client.get("/favicon.ico")["Location"].partition("?")[0]
    assert finders.find(address.removeprefix("/static/"))


def test_a_worker_keeps_the_shell_of_its_scope_only() -> None:
    answer = pwa.worker(scope="/w/", offline="/w/offline/")
    first, _, rest = answer.content.decode().partition("\n")
    shell = json.loads(first.removeprefix("const SHELL=").removesuffix(";"))
    assert answer.headers["Service-Worker-Allowed"] == "/w/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert (shell["scope"], shell["offline"]) == ("/w/", "/w/offline/")
    assert all(name.startswith("/static/design/") and "?v=" in name for name in shell["files"])
    assert "addEventListener" in rest


def test_another_shell_is_another_version() -> None:
    versions = {
        pwa.worker(scope="/w/", offline="/w/offline/").content.partition(b"\n")[0],
        pwa.worker(scope="/m/acme/", offline="/m/acme/offline/").content.partition(b"\n")[0],
    }
    assert len(versions) == 2


def test_the_page_without_network_tells_nobodys_data() -> None:
    request = RequestFactory().get("/w/offline/")
    text = pwa.offline(request, messages=[]).content.decode()
    assert "data-network-again" in text
