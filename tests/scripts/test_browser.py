"""Getting a browser never stands in the way of what needs none."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import browser


def test_without_a_way_to_be_root_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a machine without sudo, `make test` ended with a traceback for everybody but root."""
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\nexit 1\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("YIPAN_NO_APT", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 1001)
    browser._by_apt()
    assert capsys.readouterr().out == ""
