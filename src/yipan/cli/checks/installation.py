"""Settings, keys and disk: what can be seen without the database."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from yipan.cli.checks.finding import Finding, ok, warning, wrong
from yipan.config.environment import DEVELOPMENT_SECRET
from yipan.config.launch import SECRETS_FILE

SHORTEST_SECRET: Final = 32
_FEWEST_CHARACTERS: Final = 10
_MOST_SECRETS: Final = 2
_LITTLE_DISK: Final = 2 * 2**30
_NO_DISK: Final = 200 * 2**20
_LOCAL: Final = {"localhost", "127.0.0.1", "::1"}
_SETTINGS: Final = "settings"
_KEYS: Final = "keys"
_DISK: Final = "disk"
_CODES: Final = "codes"


def check_settings() -> Iterator[Finding]:
    """Whether pages are served as they should be."""
    address = urlsplit(settings.YIPAN_BASE_URL)
    is_local = (address.hostname or "") in _LOCAL
    if address.scheme not in {"http", "https"} or not address.hostname:
        yield wrong(
            _SETTINGS,
            f"YIPAN_BASE_URL is {settings.YIPAN_BASE_URL!r}, which is no address",
            "Set it to the address under which people reach Yipan, such as https://yipan.example.",
        )
    elif address.scheme == "http" and not is_local:
        yield warning(
            _SETTINGS,
            f"{settings.YIPAN_BASE_URL} is not encrypted: passwords travel readable",
            "Serve https in front and set YIPAN_BASE_URL to it.",
        )
    if settings.DEBUG and not is_local:
        yield wrong(
            _SETTINGS,
            "YIPAN_DEBUG is on: error pages show code and settings to everybody",
            "Unset YIPAN_DEBUG.",
        )
    if settings.YIPAN_DEMO and not is_local:
        yield warning(
            _SETTINGS,
            "demo mode is on: the passwords of the demo are known to everybody",
            "Set YIPAN_DEMO=0 where real trade is done.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield warning(
            _SETTINGS,
            "YIPAN_HOSTS has *: any name may stand in links",
            "List the names under which Yipan is reached.",
        )
    off = ", ".join(settings.YIPAN_MODULES_OFF) or "none"
    yield ok(_SETTINGS, f"served as {settings.YIPAN_BASE_URL}; modules off: {off}")


def check_codes() -> Iterator[Finding]:
    """Whether anything can send the codes by which people sign in on phones."""
    if settings.YIPAN_SMS_URL:
        host = urlsplit(settings.YIPAN_SMS_URL).hostname or ""
        if settings.YIPAN_SMS_URL.startswith("http://") and host not in _LOCAL:
            yield warning(
                _CODES,
                f"codes travel readable to {host}",
                "Use an https address in YIPAN_SMS_URL.",
            )
        yield ok(_CODES, f"sign-in codes are sent by {host}")
    elif settings.YIPAN_DEMO:
        yield ok(_CODES, "demo mode: sign-in codes are shown at /demo/inbox/")
    else:
        yield warning(
            _CODES,
            "nothing can send sign-in codes: nobody signs in by phone",
            "Set YIPAN_SMS_URL to your gateway, see docs/guides/configuration.md.",
        )


def check_keys() -> Iterator[Finding]:
    """Whether the secrets deserve the name."""
    secrets: list[str] = settings.YIPAN_MASTER_SECRETS
    for place, secret in zip(("YIPAN_SECRET_KEY", "the second key"), secrets, strict=False):
        if secret == DEVELOPMENT_SECRET:
            yield wrong(
                _KEYS,
                f"{place} is the development secret, which is known to everybody",
                "Set YIPAN_SECRET_KEY to a long random text.",
            )
        elif len(secret) < SHORTEST_SECRET or len(set(secret)) < _FEWEST_CHARACTERS:
            yield wrong(
                _KEYS,
                f"{place} can be guessed ({len(secret)} characters, {len(set(secret))} different)",
                f"Use at least {SHORTEST_SECRET} random characters: put the new one first and "
                "keep this one second, after a comma.",
            )
    if len(secrets) > _MOST_SECRETS:
        yield warning(
            _KEYS,
            f"{len(secrets)} keys are set; links are opened with the first {_MOST_SECRETS} only",
            "Remove the oldest.",
        )
    yield from _check_file(settings.HOME / SECRETS_FILE)
    second = "a second key is set" if len(secrets) > 1 else "no second key"
    yield ok(_KEYS, f"{len(secrets[0])} characters; {second}")


def _check_file(path: Path) -> Iterator[Finding]:
    if not path.exists():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield wrong(_KEYS, f"others may read {path} (mode {mode:04o})", f"Run: chmod 600 '{path}'")


def check_disk() -> Iterator[Finding]:
    """Whether there is room to write."""
    folder: Path = settings.HOME
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    room = f"{free / 2**30:,.1f} GiB free at {folder}"
    if free < _NO_DISK:
        yield wrong(_DISK, room, "Make room now: a full disk stops the database.")
    elif free < _LITTLE_DISK:
        yield warning(_DISK, room, "Make room, or move YIPAN_HOME to a larger disk.")
    else:
        yield ok(_DISK, room)
