"""Servers that surfaces talk to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.surfaces.wechat_server import WeChat


@pytest.fixture
def wechat(settings: Any) -> Iterator[WeChat]:
    """An official account that is configured, and the server behind it."""
    server = WeChat()
    server.start()
    settings.YIPAN_WECHAT_APP_ID = server.app_id
    settings.YIPAN_WECHAT_APP_SECRET = server.secret
    settings.YIPAN_WECHAT_OPEN_URL = settings.YIPAN_WECHAT_API_URL = server.address
    yield server
    server.stop()
