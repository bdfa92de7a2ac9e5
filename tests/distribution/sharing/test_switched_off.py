"""What is left of sharing when the module is off, and what goes on without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

_LOOK = """
import json
import django
django.setup()
from django.urls import Resolver404, resolve
from yipan.distribution.sharing.events import LinkOpened
from yipan.kernel.events import handlers_of
from yipan.kernel.modules import all_permissions, enabled_modules
from yipan.surfaces.openapi.site import build_api
from yipan.trade.orders.events import OrderCaptured

def leads(path):
    try:
        return bool(resolve(path))
    except Resolver404:
        return False

paths = build_api(enabled_modules()).get_openapi_schema()["paths"]
print(json.dumps({
    "page": leads("/s/acme/x"),
    "api": any("/links" in path for path in paths),
    "permissions": [name for name in all_permissions() if name.startswith("sharing")],
    "menu": [entry.model for card in enabled_modules() for entry in card.menu
             if entry.model.startswith("sharing")],
    "decides": "attribution" in handlers_of(OrderCaptured),
}))
"""


def _look(off: str) -> dict[str, object]:
    run = subprocess.run(
        [sys.executable, "-c", _LOOK],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "yipan.config.settings",
            "YIPAN_MODULES_OFF": off,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(run.stdout)
    return found


def test_switched_off_it_leaves_no_page_route_permission_or_menu_entry() -> None:
    # The workbench shares, so it is off along with it; the mall sells without.
    on, off = _look(""), _look("sharing,workbench,showcase")
    assert on == {
        "page": True,
        "api": True,
        "permissions": ["sharing.read", "sharing.write"],
        "menu": ["sharing.ShareLink"],
        "decides": True,
    }
    assert off == {"page": False, "api": False, "permissions": [], "menu": [], "decides": True}
