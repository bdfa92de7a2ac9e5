"""The house limits catch what they promise, say where, and leave good code alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.check_limits import (
    MAX_FILE_LINES,
    MAX_FUNCTION_LINES,
    check_file,
    check_tree,
    source_files,
)

RULES = "src/yipan/trade/orders/rules.py"
ELSEWHERE = "src/yipan/goods/stock/rules.py"

# Put together here, so that this file keeps the limits it tests.
SLASH = "/"
DOT = "."
ROOT_HOME = f"{SLASH}root{SLASH}project"
WORK_FOLDER = f"{SLASH}work{SLASH}main"
PYTHON_REGISTRY = f"pypi{DOT}org"
PRIVATE_KEY = "-----BEGIN RSA PRIVATE" + " KEY-----"
RANDOM_LOOKING = "q9ZtP4mXw7RkLs2VbN8c"


def problems(path: str, text: str) -> list[tuple[int, str]]:
    return [(offence.line, offence.message) for offence in check_file(path, text.encode())]


def lines_of(path: str, text: str) -> list[int]:
    return [line for line, _ in problems(path, text)]


def function_of(lines: int) -> str:
    return "def act() -> None:\n" + "    act()\n" * (lines - 1)


@pytest.mark.parametrize(
    "path", ["src/yipan/x.py", "tests/test_x.py", "bench/sql/a.sql", "scripts/a.sh", "src/a.html"]
)
def test_a_file_over_the_limit_is_refused_in_every_code_folder(path: str) -> None:
    assert lines_of(path, "\n" * MAX_FILE_LINES) == []
    assert lines_of(path, "\n" * (MAX_FILE_LINES + 1)) == [MAX_FILE_LINES + 1]


def test_data_and_documents_may_be_long() -> None:
    assert lines_of("requirements.lock", "\n" * 2000) == []
    assert lines_of("docs/a.md", "\n" * 2000) == []
    assert lines_of("src/yipan/static/built.css", "\n" * 2000) == []


def test_a_function_over_the_limit_is_refused_where_it_begins() -> None:
    assert problems(ELSEWHERE, function_of(MAX_FUNCTION_LINES)) == []
    assert lines_of(ELSEWHERE, "\n\n" + function_of(MAX_FUNCTION_LINES + 1)) == [3]


def test_a_long_method_of_a_class_and_a_long_coroutine_are_refused() -> None:
    body = "        pass\n" * MAX_FUNCTION_LINES
    text = f"class A:\n    def f(self) -> None:\n{body}\n    async def g(self) -> None:\n{body}"
    assert lines_of(ELSEWHERE, text) == [2, MAX_FUNCTION_LINES + 4]


@pytest.mark.parametrize(
    "statement",
    [
        "import yipan",
        "import yipan.ledger.actions as ledger",
        "from yipan.ledger import actions",
        "from . import actions",
        "from .actions import post",
        "x = import_module('yipan.ledger.actions')",
        "x = importlib.import_module('yipan.ledger')",
        "x = import_string('yipan.ledger.actions.post')",
    ],
)
def test_an_import_of_our_own_package_inside_a_function_is_refused(statement: str) -> None:
    assert lines_of(ELSEWHERE, f"def f() -> None:\n    if f:\n        {statement}\n") == [3]
    assert problems(ELSEWHERE, f"{statement}\n") == []


def test_an_import_inside_nested_functions_is_reported_once() -> None:
    text = "def f() -> None:\n    def g() -> None:\n        import yipan\n    g()\n"
    assert lines_of(ELSEWHERE, text) == [3]


def test_heavy_libraries_may_be_imported_late() -> None:
    assert problems(ELSEWHERE, "def f() -> None:\n    import duckdb\n    import yipanel\n") == []


@pytest.mark.parametrize(
    "path",
    [
        "src/yipan/kernel/utils.py",
        "src/yipan/common/rules.py",
        "src/yipan/goods/helpers/__init__.py",
        "tests/goods/manager.py",
        "scripts/misc.py",
    ],
)
def test_vague_names_are_refused(path: str) -> None:
    assert lines_of(path, "") == [1]


def test_names_that_only_contain_a_vague_word_are_fine() -> None:
    assert problems("src/yipan/kernel/management/commands/common_rates.py", "") == []


@pytest.mark.parametrize(
    "line",
    [
        "rate = 0.125",
        "rate = 1e3",
        "rate: float = 1",
        "rate = float(text)",
        "rates: list[float] = []",
        "share = amount / 3",
        "amount /= 3",
        "rate = models.FloatField()",
        "share = operator.truediv(amount, 3)",
        "ok = isinstance(float(text), int)",
    ],
)
def test_inexact_numbers_are_refused_near_money_only(line: str) -> None:
    for path in (RULES, "src/yipan/kernel/money.py", "src/yipan/ledger/models.py"):
        assert lines_of(path, f"\n{line}\n") == [2]
    assert problems(ELSEWHERE, f"\n{line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "share = amount // 3",
        "rate = Fraction(1, 8) * amount",
        "path = folder.joinpath('a')",
        "label = 'float 0.125 / 3'",
        "wrong = isinstance(value, float)",
        "wrong = isinstance(value, (bool, float))",
    ],
)
def test_exact_arithmetic_and_refusing_a_float_are_fine(line: str) -> None:
    assert problems(RULES, line) == []


@pytest.mark.parametrize("path", ["README.md", "docs/a.md", "Makefile", RULES, "data.csv"])
@pytest.mark.parametrize(
    "text",
    [
        WORK_FOLDER,
        ROOT_HOME,
        f'"{ROOT_HOME}"',
        f"https://{PYTHON_REGISTRY}{SLASH}simple",
        f"files{DOT}pythonhosted{DOT}org",
        f"registry{DOT}npmjs{DOT}org",
        f"deb{DOT}debian{DOT}org",
        f"mirrors{DOT}example{DOT}com",
        PRIVATE_KEY,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + RANDOM_LOOKING * 2,
        "sk_live_" + RANDOM_LOOKING,
        "whsec_" + RANDOM_LOOKING * 2,
        f'SECRET_KEY = "{RANDOM_LOOKING}"',
        f'"db_password": "{RANDOM_LOOKING}"',
        f"api-key: '{RANDOM_LOOKING}'",
    ],
)
def test_machine_paths_registries_and_secrets_are_refused_in_every_text(
    path: str, text: str
) -> None:
    assert lines_of(path, f"\n# {text}\n") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example/work/today",
        "docs/work/plan.md",
        f"{SLASH}workbench{SLASH}orders",
        'password = "demo-password-for-everyone"',
        'secret = os.environ["YIPAN_SECRET_KEY"]',
        "https://www.python.org",
    ],
)
def test_ordinary_words_are_no_offence(text: str) -> None:
    assert problems("docs/a.md", text) == []


def test_pictures_are_not_read() -> None:
    assert list(check_file("docs/a.png", b"\x89PNG\0" + WORK_FOLDER.encode())) == []
    assert list(check_file("docs/a.bin", b"\xff\xfe" + WORK_FOLDER.encode())) == []


def test_python_that_cannot_be_read_is_an_offence() -> None:
    assert lines_of(ELSEWHERE, "def f(:\n") == [1]


def test_offences_come_as_file_line_and_what_to_do(tmp_path: Path) -> None:
    source = tmp_path.joinpath("src", "yipan", "trade")
    source.mkdir(parents=True)
    source.joinpath("rules.py").write_text("\nrate = 0.5\n")
    (offence,) = check_tree(tmp_path)
    assert str(offence) == (
        "src/yipan/trade/rules.py:2: "
        "inexact number near money: use int, Fraction or a decimal string"
    )


@pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
def test_files_that_git_ignores_or_that_are_deleted_are_left_out(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    for name in (".gitignore", "kept.txt", "ignored.txt", "deleted.txt"):
        tmp_path.joinpath(name).write_text("ignored.txt\n")
    git("add", "deleted.txt")
    tmp_path.joinpath("deleted.txt").unlink()
    assert source_files(tmp_path) == [".gitignore", "kept.txt"]
