"""How to get in to the demo that was made from this home folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

KEPT: Final = "demo.json"


def kept_demo(home: Path) -> dict[str, Any] | None:
    """What `yipan demo` wrote down, if it did."""
    try:
        kept: dict[str, Any] = json.loads((home / KEPT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return kept
