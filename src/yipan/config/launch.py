"""What has to be settled before the settings are read: where things are, and the secret key."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Final

from yipan.config import environment as env

SECRETS_FILE: Final = "secrets.env"
_SECRET: Final = "YIPAN_SECRET_KEY"


class NotConfigured(Exception):
    """A setting is missing or wrong; the message says which, and what to do."""


def home() -> Path:
    """The folder of everything that is kept beside an outside database (YIPAN_HOME)."""
    return Path(env.text("YIPAN_HOME", ".yipan")).absolute()


def is_embedded() -> bool:
    """Whether the database is the embedded one."""
    return not (env.text("DATABASE_URL") or env.text("DATABASE_APP_URL"))


def prepare() -> None:
    """Complete the environment of this process and its children. Raises NotConfigured.

    With the embedded database everything has a default: demo mode, and a secret key that is made
    once and kept in `secrets.env` of the home folder. With an outside one nothing is made up.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yipan.config.settings")
    if is_embedded():
        os.environ.setdefault("YIPAN_DEMO", "1")
        if not env.text(_SECRET):
            os.environ[_SECRET] = _kept_secret(home() / SECRETS_FILE)
    elif not env.text(_SECRET):
        message = (
            f"{_SECRET} is not set. With an outside database, set it to a long random text and "
            "keep it safe: it signs sessions and share links and encrypts personal data. "
            f'For example: export {_SECRET}="$(openssl rand -base64 48)"'
        )
        raise NotConfigured(message)


def _kept_secret(path: Path) -> str:
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable by the owner only
    with os.fdopen(descriptor, "w") as file:
        file.write("# Made at the first start. Whoever has this can open what Yipan sealed.\n")
        file.write(f"{_SECRET}={secrets.token_urlsafe(48)}\n")
    try:
        os.link(draft, path)  # unlike renaming, this leaves the file of another process alone
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return _read(path)


def _read(path: Path) -> str:
    for line in path.read_text().splitlines():
        name, _, value = line.partition("=")
        if name.strip() == _SECRET and value.strip():
            return value.strip()
    message = f"{path} has no {_SECRET}=… in it: put it back, or set {_SECRET}."
    raise NotConfigured(message)
