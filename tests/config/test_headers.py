"""What the browser is told that pages may do."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize(
    "path", ["/language/", "/static/design/phone.css", "/w/", "/m/no-such-group/"]
)
def test_phone_pages_run_nothing_that_stands_in_the_page(path: str, tenant: object) -> None:
    policy = Client().get(path).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_the_console_may_run_its_framework(tenant: object) -> None:
    policy = Client().get("/console/login/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", ["/", "/nothing/here/", "/console/password_change/", "/w/"])
def test_what_says_nothing_of_caches_is_kept_by_none(db: None, address: str) -> None:
    assert "no-store" in Client().get(address).headers["Cache-Control"]


def test_styles_are_still_kept(db: None) -> None:
    kept = Client().get("/static/design/phone.css?v=1").headers["Cache-Control"]
    assert kept == "max-age=31536000, public, immutable"
