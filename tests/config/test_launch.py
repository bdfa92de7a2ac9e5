"""What is settled before the settings are read."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.cli.harness import SECRET, shell
from yipan.config import environment, launch

PREPARE = """
import os
from yipan.config import launch
launch.prepare()
print(os.environ["YIPAN_SECRET_KEY"])
"""


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing is set but where home is; what is set meanwhile is undone."""
    for name in [*os.environ]:
        if name.startswith(("YIPAN_", "DATABASE_")):
            monkeypatch.delenv(name)
    for name in ("YIPAN_SECRET_KEY", "YIPAN_DEMO"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("YIPAN_HOME", str(tmp_path / "a home"))
    return tmp_path / "a home"


def test_the_embedded_database_gets_a_secret_of_its_own_that_stays(bare: Path) -> None:
    launch.prepare()
    first = os.environ.pop("YIPAN_SECRET_KEY")
    assert len(first) >= 60
    assert stat.S_IMODE((bare / "secrets.env").stat().st_mode) == 0o600
    launch.prepare()
    assert os.environ["YIPAN_SECRET_KEY"] == first
    assert environment.flag("YIPAN_DEMO")
    assert [path.name for path in bare.iterdir()] == ["secrets.env"]


def test_many_first_starts_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    settings = dict(shell(tmp_path).environment)

    def first_start(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", PREPARE],
            env=settings,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(first_start, range(6)))) == 1


def test_a_secret_that_is_given_counts_and_nothing_is_kept(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIPAN_SECRET_KEY", SECRET)
    launch.prepare()
    assert os.environ["YIPAN_SECRET_KEY"] == SECRET
    assert not bare.exists()


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_APP_URL"])
def test_for_an_outside_database_nothing_is_made_up(
    bare: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "postgresql://db.invalid/yipan")
    with pytest.raises(launch.NotConfigured, match="YIPAN_SECRET_KEY"):
        launch.prepare()
    assert not bare.exists()
    assert not environment.flag("YIPAN_DEMO")


def test_a_secrets_file_without_its_secret_is_refused_not_replaced(bare: Path) -> None:
    bare.mkdir()
    bare.joinpath("secrets.env").write_text("# empty\n")
    with pytest.raises(launch.NotConfigured, match="put it back"):
        launch.prepare()
    assert bare.joinpath("secrets.env").read_text() == "# empty\n"


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIPAN_SOME_NUMBER", "many")
    with pytest.raises(ImproperlyConfigured, match="YIPAN_SOME_NUMBER"):
        environment.number("YIPAN_SOME_NUMBER", 1)


@pytest.mark.parametrize(("settings", "code"), [({}, 1), ({"YIPAN_DEMO": "1"}, 0)])
def test_the_development_secret_serves_demos_only(
    tmp_path: Path, settings: dict[str, str], code: int
) -> None:
    here = shell(tmp_path, DATABASE_URL="postgresql://db.invalid/yipan", **settings)
    done = subprocess.run(
        [sys.executable, "-c", "import yipan.config.wsgi"],
        env=dict(here.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert ("known to everybody" in done.stderr) is bool(code)
