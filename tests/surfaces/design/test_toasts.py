"""Messages along with an answer to htmx."""

from __future__ import annotations

import json

from django.http import HttpResponse

from yipan.surfaces.design.toasts import close_modal, toast, trigger


def test_an_answer_carries_several_events() -> None:
    answer = close_modal(toast(HttpResponse(), "已保存", "good"), "edit")
    trigger(answer, "saved")
    assert json.loads(answer.headers["HX-Trigger"]) == {
        "toast": {"text": "已保存", "tone": "good"},
        "modal:close": {"id": "edit"},
        "saved": None,
    }
    assert answer.headers["HX-Trigger"].isascii()
