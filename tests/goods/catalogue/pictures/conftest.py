"""A media folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The media folder, empty."""
    folder = tmp_path / "media"
    monkeypatch.setattr(settings, "YIPAN_MEDIA_ROOT", folder)
    return folder
