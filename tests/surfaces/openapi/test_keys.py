"""The text of an API key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.surfaces.openapi import keys


@given(
    code=st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True),
    client_id=st.integers(1, 2**63 - 1),
)
def test_a_key_says_where_to_look_whatever_the_tenants_code(code: str, client_id: int) -> None:
    secret = keys.new_secret()
    parts = keys.parse(keys.key_text(tenant_code=code, client_id=client_id, secret=secret))
    assert parts is not None
    assert (parts.tenant_code, parts.client_id) == (code, client_id)
    assert keys.fits(parts.secret_hash, keys.hash_of(secret), "")


@pytest.mark.parametrize(
    "text",
    ["", "yk_", "yk_acme", "yk_acme_1", "sk_acme_1_x", "yk_acme__x", "yk_acme_é_x", "yk_acme_-1_x",
     "yk_acme_zzzzzzzzzzzzzz_x", "yk_" + "a" * 500 + "_1_x"],
)  # fmt: skip
def test_a_text_that_is_no_key_says_nothing(text: str) -> None:
    assert keys.parse(text) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_keys(text: str) -> None:
    keys.parse(text)
    keys.parse(f"yk_{text}")


def test_secrets_are_long_and_do_not_repeat() -> None:
    secrets = {keys.new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert all(len(secret) == 43 and secret.isalnum() for secret in secrets)


def test_nothing_fits_an_empty_place() -> None:
    assert not keys.fits("", "")
