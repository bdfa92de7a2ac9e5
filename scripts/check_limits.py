"""The limits that keep the house habitable, as far as no other tool knows them.

Python, SQL, HTML and shell files of the code folders: size, names, imports inside functions, and no
inexact number near money. Every text file: no path of a developer's machine, no package registry,
nothing that looks like a secret. There is no list of exceptions; prints `file:line: what to do`.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
PACKAGE = "yipan"

CODE_FOLDERS = ("src", "tests", "bench", "examples", "scripts")
CODE_SUFFIXES = frozenset({".py", ".sql", ".html", ".sh"})
VAGUE_NAMES = frozenset(
    {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
)
MONEY_CODE = (
    "src/yipan/kernel/money.py",
    "src/yipan/ledger/",
    "src/yipan/trade/",
    "src/yipan/distribution/",
    "src/yipan/payouts/",
)
INEXACT_NAMES = frozenset({"complex", "float", "FloatField", "truediv"})
IMPORTING_CALLS = frozenset({"__import__", "import_module", "import_string"})

GIT_LISTING = ("git", "-c", "safe.directory=*", "ls-files", "-z")
# Folders that are nobody's source, for a tree without git.
NOT_SOURCE = frozenset({"__pycache__", "build", "dist", "node_modules"})

MACHINE_PATH = re.compile(r"(?<![\w.\-])/(?:work|root)/")
REGISTRY = re.compile(
    r"(?:pypi|crates|rubygems)\.(?:org|io)|pythonhosted\.org|npmjs\.org|npmmirror\.com|"
    r"yarnpkg\.com|(?:deb|security|snapshot)\.debian\.org|(?:archive|ports)\.ubuntu\.com|"
    r"proxy\.golang\.org|\bmirrors?\.[a-z]+\.[a-z]",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|"
    r"\bAKIA[0-9A-Z]{16}\b|"
    r"\bAIza[0-9A-Za-z_-]{35}\b|"
    r"\b(?:gh[pousr]_|github_pat_)[0-9A-Za-z_]{30,}|"
    r"\bxox[abprs]-[0-9A-Za-z-]{10,}|"
    r"\b[rs]k_live_[0-9A-Za-z]{16,}|"
    r"\bwhsec_[0-9A-Za-z+/]{24,}|"
    r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
)
NAMED_SECRET = re.compile(
    r"(?:secret|passw(?:or)?d|api[_-]?key|access[_-]?key)[\w-]*[\"']?\s*[:=]\s*[\"']([\w+/=-]{20,})[\"']",
    re.IGNORECASE,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Offence:
    """One place that breaks a limit."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def check_file(path: str, content: bytes) -> Iterator[Offence]:
    """Everything wrong with one file; `path` is relative to the project, with slashes."""
    yield from _check_name(path)
    text = _as_text(content)
    if text is None:
        return
    lines = text.splitlines()
    yield from _check_size(path, lines)
    yield from _check_words(path, lines)
    if path.endswith(".py") and _is_code(path):
        yield from _check_python(path, text)


def check_tree(root: Path) -> list[Offence]:
    """Everything wrong under `root`, in order of path and line."""
    return sorted(
        offence
        for path in source_files(root)
        for offence in check_file(path, root.joinpath(path).read_bytes())
    )


def source_files(root: Path) -> list[str]:
    """The files of the project: what git tracks or would track, or all of them without git."""
    names = _listed_by_git(root) if shutil.which("git") else None
    if names is None:
        inside = (path.relative_to(root) for path in root.rglob("*"))
        names = {path.as_posix() for path in inside if not _is_left_over(path)}
    return sorted(name for name in names if name and root.joinpath(name).is_file())


def _listed_by_git(root: Path) -> set[str] | None:
    """Paths, tracked or not yet; None where there is no repository."""
    listing = subprocess.run(
        [*GIT_LISTING, "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    return None if listing.returncode else set(listing.stdout.decode().split("\0"))


def _is_left_over(path: Path) -> bool:
    return any(part in NOT_SOURCE or part.startswith(".") for part in path.parts)


def _is_code(path: str) -> bool:
    return PurePosixPath(path).parts[0] in CODE_FOLDERS


def _as_text(content: bytes) -> str | None:
    """The text of a file, or None for a picture and the like."""
    if b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _check_name(path: str) -> Iterator[Offence]:
    if not (_is_code(path) and path.endswith(".py")):
        return
    for part in PurePosixPath(path).with_suffix("").parts:
        if part in VAGUE_NAMES:
            yield Offence(path, 1, f"'{part}' says nothing: name it after what it holds")


def _check_size(path: str, lines: list[str]) -> Iterator[Offence]:
    counts = _is_code(path) and PurePosixPath(path).suffix in CODE_SUFFIXES
    if counts and len(lines) > MAX_FILE_LINES:
        yield Offence(
            path,
            MAX_FILE_LINES + 1,
            f"{len(lines)} lines, at most {MAX_FILE_LINES}: make it a folder of the same name",
        )


def _check_words(path: str, lines: list[str]) -> Iterator[Offence]:
    for number, line in enumerate(lines, start=1):
        if MACHINE_PATH.search(line):
            yield Offence(path, number, "path of a developer's machine: make it relative")
        if REGISTRY.search(line):
            yield Offence(path, number, "package registry: leave the choice to the reader's tools")
        if SECRET.search(line) or _names_a_secret(line):
            yield Offence(path, number, "looks like a secret: read it from the environment")


def _names_a_secret(line: str) -> bool:
    """Whether a password or key is given a value that looks random rather than made up."""
    return any(
        any(c.isdigit() for c in value)
        and any(c.isupper() for c in value)
        and any(c.islower() for c in value)
        for value in NAMED_SECRET.findall(line)
    )


def _check_python(path: str, text: str) -> Iterator[Offence]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield Offence(path, error.lineno or 1, f"cannot be read: {error.msg}")
        return
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield from _check_function(path, node)
    if path.startswith(MONEY_CODE):
        yield from _check_money(path, tree)


def _check_function(path: str, function: Function) -> Iterator[Offence]:
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    if length > MAX_FUNCTION_LINES:
        yield Offence(
            path,
            function.lineno,
            f"{function.name}() has {length} lines, at most {MAX_FUNCTION_LINES}: "
            "the second paragraph is a second function",
        )
    for node in _own_nodes(function):
        if _imports_ourselves(node):
            yield Offence(
                path,
                getattr(node, "lineno", function.lineno),
                f"{function.name}() imports {PACKAGE}: import at the top, or mend the layers",
            )


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions inside it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, Function):
            yield child
            yield from _own_nodes(child)


def _imports_ourselves(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(_is_ours(alias.name) for alias in names)
        case ast.ImportFrom(module=module, level=level):
            return level > 0 or _is_ours(module or "")
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]):
            return _last_name(func) in IMPORTING_CALLS and _is_ours(name)
        case _:
            return False


def _is_ours(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _check_money(path: str, tree: ast.Module) -> Iterator[Offence]:
    refusals = _nodes_that_refuse(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                message = "inexact number near money: use int, Fraction or a decimal string"
            case ast.Name(id=name) | ast.Attribute(attr=name) if (
                name in INEXACT_NAMES and node not in refusals
            ):
                message = f"'{name}' near money: use int, Fraction or Decimal"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                message = (
                    "'/' near money: half_up(numerator, denominator), '//' or Fraction(a, b); "
                    "joinpath() for paths"
                )
            case _:
                continue
        yield Offence(path, node.lineno, message)


def _nodes_that_refuse(tree: ast.Module) -> set[ast.AST]:
    """The types in `isinstance(value, float)`: whoever turns floats away has to name them."""
    return {
        named
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _last_name(node.func) == "isinstance"
        for kind in node.args[1:]
        for named in ast.walk(kind)
    }


def main() -> int:
    """Print the offences of the project; 1 if there are any."""
    offences = check_tree(Path(__file__).resolve().parent.parent)
    for offence in offences:
        print(offence)
    print(f"House limits: {len(offences)} offences" if offences else "House limits kept")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
