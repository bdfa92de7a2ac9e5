"""No way into networks that only this machine sees."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from yipan.surfaces.webhooks.addresses import Destination, check_url, resolved
from yipan.surfaces.webhooks.errors import AddressRefused


class Names:
    """Answers to name look-ups, one after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        self.asked.append(host)
        found = self.answers.pop(0)
        return [
            (
                socket.AF_INET6 if ":" in each else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (each, port),
            )
            for each in found
        ]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Any:
    def answer(*answers: list[str]) -> Names:
        given = Names(*answers)
        monkeypatch.setattr(socket, "getaddrinfo", given)
        return given

    return answer


def look_up(url: str) -> Destination:
    return asyncio.run(resolved(url))


@pytest.mark.parametrize(
    "url",
    [
        "", "erp.example.com", "ftp://erp.example.com/", "https://", "https:///x", "file:///etc/passwd",
        "http://erp.example.com/", "https://user@erp.example.com/", "https://u:p@erp.example.com/",
        "https://erp.example.com/#x", "https://erp.example.com:99999/", "https://erp.example.com:0/",
        "https://erp.example.com/a b", "https://erp.example.com/\r\nX: y", "https://例子.example/",
        "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/x", "https://169.254.169.254/",
        "https://[::ffff:127.0.0.1]/", "https://[fe80::1%25eth0]/", "gopher://8.8.8.8/",
    ],
)  # fmt: skip
def test_what_is_no_public_https_address_cannot_be_registered(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url(url)
    assert caught.value.data["field"] == "url"


@pytest.mark.parametrize(
    "url", ["https://erp.example.com/x?y=1", "https://8.8.8.8:8443/", "https://a/"]
)
def test_public_https_addresses_can(url: str) -> None:
    check_url(url)


def test_plain_http_and_private_networks_are_for_settings_that_say_so(settings: Any) -> None:
    settings.YIPAN_DEMO = True
    check_url("http://erp.example.com/")
    with pytest.raises(AddressRefused):
        check_url("http://127.0.0.1/")
    settings.YIPAN_DEMO = False
    settings.YIPAN_WEBHOOK_PRIVATE_NETWORKS = True
    check_url("http://127.0.0.1:8000/")


def test_the_connection_goes_to_the_address_that_was_checked(names: Any) -> None:
    asked = names(["93.184.216.34"], ["127.0.0.1"])
    destination = look_up("https://erp.example.com:8443/hook?a=1")
    assert destination == Destination(
        url="https://93.184.216.34:8443/hook?a=1",
        host="erp.example.com:8443",
        name="erp.example.com",
    )
    assert asked.asked == ["erp.example.com"]


def test_version_6_addresses_are_written_in_brackets(names: Any) -> None:
    names(["2400:3200::1"])
    assert look_up("https://erp.example.com/").url == "https://[2400:3200::1]:443/"


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["::1"],
        ["169.254.169.254"],
        ["::ffff:10.0.0.1"],
    ],
)
def test_a_name_that_leads_inside_is_refused_also_in_company(
    names: Any, answers: list[str]
) -> None:
    names(answers)
    with pytest.raises(AddressRefused):
        look_up("https://erp.example.com/")


@pytest.mark.parametrize(
    "url", ["https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://localhost/"]
)
def test_other_spellings_of_this_machine_are_refused(url: str) -> None:
    with pytest.raises((AddressRefused, OSError)):
        look_up(url)
