"""Share tokens: 32 characters, nothing readable, nothing forgeable, one spelling."""

import base64
import doctest
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from bench.share_tokens import MUTATIONS, accepted_mutations
from yipan.distribution.sharing.tokens import (
    LinkRow,
    ShareTokens,
    TokenKeys,
    row_mac,
    verify_row_mac,
)

KEY = bytes(range(32))
OTHER_KEY = bytes(range(32, 64))
ALPHABET = string.ascii_letters + string.digits + "-_"

tokens = ShareTokens(TokenKeys(KEY))
ids = st.integers(1, 2**63 - 1)
purposes = st.text(min_size=1, max_size=20)


def test_the_cipher_is_the_aes_siv_of_rfc_5297_appendix_a() -> None:
    """A.1, and A.2 with several associated data, which is how tenant and purpose are bound."""
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    associated = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    plain = bytes.fromhex("112233445566778899aabbccddee")
    assert AESSIV(key).encrypt(plain, [associated]).hex() == (
        "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    )

    key = bytes.fromhex("7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f")
    first = bytes.fromhex(
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100"
    )
    second = bytes.fromhex("102030405060708090a0")
    nonce = bytes.fromhex("09f911029d74e35bd84156c5635688c0")
    plain = b"this is some plaintext to encrypt using SIV-AES"
    assert AESSIV(key).encrypt(plain, [first, second, nonce]).hex() == (
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17"
        "dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d"
    )


def test_a_token_is_the_plain_aes_siv_of_the_link_id_bound_to_tenant_and_purpose() -> None:
    sealed = AESSIV(KEY).encrypt((77).to_bytes(8, "big"), [(5).to_bytes(8, "big"), b"link"])

    assert tokens.seal(77, 5, "link") == base64.urlsafe_b64encode(sealed).decode()


def test_a_token_never_changes_between_releases() -> None:
    """Printed posters outlive deployments: this very string must open for ever."""
    assert tokens.seal(1, 1, "link") == "30xtHgaFtCt88mJ7-CLYMxG5dUgelAx7"


@given(link=ids, tenant=ids, purpose=purposes)
def test_a_token_is_32_url_safe_characters_and_opens_to_its_link(
    link: int, tenant: int, purpose: str
) -> None:
    token = tokens.seal(link, tenant, purpose)

    assert len(token) == 32
    assert set(token) <= set(ALPHABET)
    assert tokens.open(token, tenant, purpose) == link
    assert tokens.seal(link, tenant, purpose) == token


@given(link=ids, tenant=ids, other_tenant=ids, purpose=purposes, other_purpose=purposes)
def test_a_token_opens_only_for_its_own_tenant_and_purpose(
    link: int, tenant: int, other_tenant: int, purpose: str, other_purpose: str
) -> None:
    token = tokens.seal(link, tenant, purpose)

    if other_tenant != tenant:
        assert tokens.open(token, other_tenant, purpose) is None
    if other_purpose != purpose:
        assert tokens.open(token, tenant, other_purpose) is None


def test_many_links_are_sealed_in_the_order_given() -> None:
    links = [9, 3, 2**63 - 1, 3]

    assert tokens.seal_many(links, 5, "link") == [tokens.seal(link, 5, "link") for link in links]
    assert tokens.seal_many([], 5, "link") == []


@pytest.mark.parametrize(
    "spell",
    [
        lambda token: token + "=",
        lambda token: token[:-1] + "=",
        lambda token: token[:-2] + "==",
        lambda token: " " + token,
        lambda token: token + "\n",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token[:16] + "\n" + token[17:],
        lambda token: token.replace("-", "+").replace("_", "/"),
        lambda token: token[:5] + "\uff21" + token[6:],
        lambda token: token[:5] + "\ud800" + token[6:],
        lambda token: token[:5] + "\x00" + token[6:],
        lambda token: token.swapcase(),
        lambda _: "",
        lambda _: "=" * 32,
        lambda _: "A" * 32,
        lambda _: "A" * 1_000_000,
    ],
)
def test_there_is_exactly_one_spelling_of_a_token(spell: Callable[[str], str]) -> None:
    token = next(t for t in tokens.seal_many(range(1, 99), 5, "link") if "-" in t and "_" in t)

    assert tokens.open(spell(token), 5, "link") is None


@given(link=ids, position=st.integers(0, 31), letter=st.characters())
def test_no_single_character_can_be_changed(link: int, position: int, letter: str) -> None:
    token = tokens.seal(link, 5, "link")
    changed = token[:position] + letter + token[position + 1 :]

    assert (tokens.open(changed, 5, "link") is None) == (changed != token)


@given(made_up=st.text(alphabet=ALPHABET, min_size=32, max_size=32))
def test_no_made_up_token_opens(made_up: str) -> None:
    assert tokens.open(made_up, 5, "link") is None


@pytest.mark.parametrize("kind", MUTATIONS)
def test_no_mutated_token_is_accepted(kind: str) -> None:
    assert accepted_mutations(kind, count=2_000, seed=1) == []


def test_after_a_rotation_old_tokens_open_until_the_old_key_goes() -> None:
    old = ShareTokens(TokenKeys(KEY)).seal(7, 5, "link")
    rotating = ShareTokens(TokenKeys(OTHER_KEY, previous=KEY))
    rotated = ShareTokens(TokenKeys(OTHER_KEY))

    assert rotating.open(old, 5, "link") == 7
    assert rotating.seal(7, 5, "link") == rotated.seal(7, 5, "link") != old
    assert rotated.open(old, 5, "link") is None
    assert rotated.open(rotating.seal(7, 5, "link"), 5, "link") == 7


@pytest.mark.parametrize("wrong", [0, -1, 2**63])
def test_an_id_that_cannot_exist_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="63-bit"):
        tokens.seal(wrong, 5, "link")
    with pytest.raises(ValueError, match="63-bit"):
        tokens.seal(5, wrong, "link")


def test_a_token_without_a_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="purpose"):
        tokens.seal(5, 5, "")


def test_one_sealer_serves_many_threads() -> None:
    def round_trips(start: int) -> bool:
        span = range(start, start + 3_000)
        sealed = tokens.seal_many(span, 5, "link")
        return [tokens.open(token, 5, "link") for token in sealed] == list(span)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(round_trips, range(1, 80_001, 10_000)))


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly 32"):
        TokenKeys(bytes(16))
    with pytest.raises(ValueError, match="exactly 32"):
        TokenKeys(bytes(32), previous=bytes(31))


def test_a_key_does_not_show_in_a_repr() -> None:
    assert repr(KEY)[2:-1] not in repr(TokenKeys(KEY))
    assert KEY.hex() not in repr(TokenKeys(KEY))


rows = st.builds(
    LinkRow,
    tenant_id=ids,
    link_id=ids,
    distributor_id=ids,
    organisation_id=st.none() | ids,
    sku_id=st.none() | ids,
)


@given(row=rows, edited=rows)
def test_any_edit_of_a_link_row_is_detected(row: LinkRow, edited: LinkRow) -> None:
    mac = row_mac(KEY, row)

    assert len(mac) == 32
    assert verify_row_mac([KEY], row, mac)
    assert verify_row_mac([KEY], edited, mac) == (edited == row)


def test_swapping_two_fields_of_a_row_is_detected() -> None:
    mac = row_mac(KEY, LinkRow(1, 2, 3, 4, None))

    assert not verify_row_mac([KEY], LinkRow(1, 2, 4, 3, None), mac)
    assert not verify_row_mac([KEY], LinkRow(1, 2, 3, None, 4), mac)


def test_a_row_mac_needs_a_live_key_and_an_untouched_mac() -> None:
    row = LinkRow(1, 2, 3, 4, 5)
    mac = row_mac(KEY, row)

    assert verify_row_mac([OTHER_KEY, KEY], row, mac)
    assert not verify_row_mac([OTHER_KEY], row, mac)
    assert not verify_row_mac([], row, mac)
    assert not verify_row_mac([KEY], row, mac[:-1])
    assert not verify_row_mac([KEY], row, b"")


def test_a_row_edited_to_an_impossible_owner_is_reported_not_raised() -> None:
    mac = row_mac(KEY, LinkRow(1, 2, 3, 4, 5))

    assert not verify_row_mac([KEY], LinkRow(1, 2, -3, 4, 5), mac)


def test_the_example_of_the_page_runs() -> None:
    page = Path(__file__).parents[3] / "docs/algorithms/share-tokens.md"

    result = doctest.testfile(str(page), module_relative=False)

    assert result.attempted == 7
    assert result.failed == 0
