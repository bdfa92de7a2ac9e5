"""A mall can be installed, each group's as its own."""

from __future__ import annotations

import json

from django.test import Client

from tests.group.organisations.builders import make_tree
from yipan.kernel.models import Tenant


def test_a_mall_is_installed_in_the_groups_name_and_within_its_own_addresses(
    tenant: Tenant,
) -> None:
    make_tree()
    home = f"/m/{tenant.code}/"
    manifest = json.loads(Client().get(f"{home}manifest.webmanifest").content)
    assert (manifest["name"], manifest["scope"], manifest["start_url"]) == (tenant.name, home, home)
    worker = Client().get(f"{home}worker.js")
    assert worker.headers["Service-Worker-Allowed"] == home
    assert f"{home}offline/".encode() in worker.content
    assert Client().get(f"{home}offline/").status_code == 200
    for part in ("manifest.webmanifest", "worker.js", "offline/"):
        assert Client().get(f"/m/no-such-group/{part}").status_code == 404


def test_its_pages_say_so(tenant: Tenant) -> None:
    make_tree()
    page = Client().get(f"/m/{tenant.code}/").content.decode()
    assert f'rel="manifest" href="/m/{tenant.code}/manifest.webmanifest"' in page
    assert f'data-worker-scope="/m/{tenant.code}/"' in page
