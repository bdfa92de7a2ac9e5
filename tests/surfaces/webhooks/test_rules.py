"""Patterns, pauses and networks."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.surfaces.webhooks.rules import (
    JITTER_PERCENT,
    PAUSES,
    covered,
    is_callable,
    is_pattern,
    is_public,
    pause_after,
)


def test_ten_tries_take_about_three_days() -> None:
    assert len(PAUSES) == 9
    assert timedelta(days=3) <= sum(PAUSES, timedelta(0)) <= timedelta(days=3, hours=4)
    assert list(PAUSES) == sorted(PAUSES)


@given(st.integers(1, len(PAUSES)), st.integers(-JITTER_PERCENT, JITTER_PERCENT))
def test_a_pause_is_within_a_tenth_of_its_plan(attempts: int, jitter: int) -> None:
    pause = pause_after(attempts, jitter)
    assert pause is not None
    assert PAUSES[attempts - 1] * 0.9 <= pause <= PAUSES[attempts - 1] * 1.1


def test_after_the_tenth_try_there_is_none() -> None:
    assert pause_after(9, 0) == timedelta(hours=24)
    assert pause_after(10, 0) is None


@pytest.mark.parametrize("text", ["*", "order.paid", "order.*", "commission.accrued", "a_b.c_d.*"])
def test_names_and_patterns_are_known_as_such(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize(
    "text", ["", "order.", "*.paid", "order*", "Order.paid", "a..b", "a.*.b", "%"]
)
def test_anything_else_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)


def test_patterns_cover_what_begins_like_them() -> None:
    names = ["order.paid", "order.line_refunded", "orders.closed", "withdrawal.failed"]
    assert covered(["order.*"], names) == {"order.paid", "order.line_refunded"}
    assert covered(["order.paid", "withdrawal.*"], names) == {"order.paid", "withdrawal.failed"}
    assert covered(["*"], names) == set(names)
    assert covered([], names) == set()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:1::", "::127.0.0.1", "64:ff9b:1::1",
    ],
)  # fmt: skip
def test_networks_that_are_not_the_internet_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"]
)
def test_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_private_networks_are_callable_only_where_that_is_allowed() -> None:
    assert not is_callable(ip_address("10.0.0.1"), private_allowed=False)
    assert is_callable(ip_address("10.0.0.1"), private_allowed=True)
    assert not is_callable(ip_address("224.0.0.1"), private_allowed=True)
    assert not is_callable(ip_address("0.0.0.0"), private_allowed=True)
