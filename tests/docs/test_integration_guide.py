"""What the integration guide says about webhooks, schedules and limits is so."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from standardwebhooks import WebhookVerificationError

from yipan.kernel import clock
from yipan.kernel.jobs import IDEMPOTENCY_DAYS
from yipan.kernel.pagination import DEFAULT_LIMIT, MAX_LIMIT
from yipan.surfaces.openapi.actions import GRACE
from yipan.surfaces.webhooks import signing
from yipan.surfaces.webhooks.actions import endpoints
from yipan.surfaces.webhooks.actions.replay import LONGEST
from yipan.surfaces.webhooks.actions.sending import KEPT_DAYS
from yipan.surfaces.webhooks.rules import PAUSES
from yipan.surfaces.webhooks.sending import TOTAL_SECONDS

GUIDE = Path(__file__).resolve().parents[2].joinpath("docs", "guides", "integration.md").read_text()
BODY = '{"type":"order.paid","timestamp":"2026-03-08T02:16:30Z","data":{"名":"一盘"}}'


@pytest.fixture(scope="module")
def code() -> dict[str, Any]:
    """The names that the guide's Python defines."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(block, names)
    return names


def message(*with_secrets: str) -> dict[str, str]:
    return signing.headers_of(
        message_id="9007199254", at=clock.now(), body=BODY, secrets_=with_secrets
    )


def test_both_ways_of_checking_take_what_is_sent(code: dict[str, Any]) -> None:
    secret = signing.new_secret()
    receive: Callable[..., Any] = code["receive"]
    is_genuine: Callable[..., bool] = code["is_genuine"]
    for headers in (message(secret), message(signing.new_secret(), secret)):
        assert receive(secret, headers, BODY.encode())["type"] == "order.paid"
        assert is_genuine(secret, headers, BODY.encode())


def test_both_ways_of_checking_refuse_everything_else(code: dict[str, Any]) -> None:
    secret = signing.new_secret()
    good = message(secret)
    old = str(int(good["webhook-timestamp"]) - 301)
    forged = [
        (signing.new_secret(), good, BODY),
        (secret, good, BODY.replace("paid", "void")),
        (secret, {**good, "webhook-id": secrets.token_hex(4)}, BODY),
        (secret, {**good, "webhook-timestamp": old}, BODY),
    ]
    for key, headers, body in forged:
        assert not code["is_genuine"](key, headers, body.encode())
        with pytest.raises(WebhookVerificationError):
            code["receive"](key, headers, body.encode())


def test_the_numbers_of_the_guide_are_those_of_the_code() -> None:
    pauses = "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h"
    assert pauses in GUIDE
    units = {"s": "seconds", "min": "minutes", "h": "hours"}
    told = [
        timedelta(**{units[unit]: int(number)})
        for number, unit in re.findall(r"(\d+) (s|min|h)\b", pauses)
    ]
    assert tuple(told) == PAUSES
    assert f"{DEFAULT_LIMIT} without" in GUIDE
    assert f"1 to {MAX_LIMIT}" in GUIDE
    assert f"kept for {IDEMPOTENCY_DAYS} days" in GUIDE
    assert f"**within {TOTAL_SECONDS} seconds**" in GUIDE
    assert f"the log ({KEPT_DAYS} days)" in GUIDE
    assert f"up to {LONGEST.days} days" in GUIDE
    assert f"{settings.YIPAN_RATE_LIMIT_PER_MINUTE:,} unless set otherwise" in GUIDE
    assert f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MiB" in GUIDE
    assert f"{settings.YIPAN_UPLOAD_LIMIT // 2**20} MiB" in GUIDE
    assert timedelta(hours=24) == GRACE == endpoints.GRACE
