"""The workbench can be installed, and says something without a network."""

from __future__ import annotations

from django.test import Client

from tests.surfaces.workbench.builders import opened_shop, text_of
from yipan.kernel.models import Tenant


def test_the_manifest_and_the_worker_are_of_this_surface(client: Client) -> None:
    manifest = client.get("/w/manifest.webmanifest").json()
    assert (manifest["scope"], manifest["display"]) == ("/w/", "standalone")
    worker = client.get("/w/worker.js")
    assert worker["Service-Worker-Allowed"] == "/w/"
    assert b"/w/offline/" in worker.content


def test_the_page_without_a_network_knows_nobody(client: Client) -> None:
    assert client.get("/w/offline/").status_code == 200


def test_pages_name_their_manifest_and_listen(tenant: Tenant) -> None:
    _, phone = opened_shop()
    answer = phone.get("goods/")
    assert answer["Cache-Control"] == "no-store"
    page = text_of(answer)
    assert 'rel="manifest" href="/w/manifest.webmanifest"' in page
    assert 'data-live="/live"' in page
    assert "<style" not in page
    assert 'style="' not in page
    assert "onclick" not in page
