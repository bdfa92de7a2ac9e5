"""As whom the embedded PostgreSQL runs: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

_NAME: Final = "pgserver"


class _Options(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A system account; `switch` tells whether we have to become it."""

    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        """Give it a file or folder."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def options(self) -> _Options:
        """How `subprocess` becomes it."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(folder: Path) -> Account:
    """Ourselves; for root the owner of the data, or an account made for the purpose."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if folder.exists() and folder.stat().st_uid != 0:
        status = folder.stat()
        return Account(status.st_uid, status.st_gid, switch=True)
    entry = _found(_NAME) or _made(_NAME) or _found("postgres") or pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def let_pass(path: Path, account: Account) -> None:
    """Where we are root: let the account reach a file, by passing (not reading) its folders."""
    if not account.switch:
        return
    for folder in path.parents:
        status = folder.stat()
        if status.st_uid != account.uid and not status.st_mode & stat.S_IXOTH:
            folder.chmod(status.st_mode | stat.S_IXOTH)


def let_read(tree: Path, account: Account) -> None:
    """Where we are root: let the account read a folder that was installed for root only."""
    if not account.switch:
        return
    read, enter = stat.S_IRGRP | stat.S_IROTH, stat.S_IXGRP | stat.S_IXOTH
    for path in [tree, *tree.rglob("*")]:
        mode = path.lstat().st_mode
        wanted = mode | read | (enter if mode & stat.S_IXUSR else 0)
        if mode != wanted and not stat.S_ISLNK(mode):
            path.chmod(wanted)


def _found(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made(name: str) -> pwd.struct_passwd | None:
    program = shutil.which("useradd")
    if program is None:
        return None
    command = [program, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false"]
    subprocess.run([*command, name], check=False, capture_output=True)  # noqa: S603 - fixed words
    return _found(name)
