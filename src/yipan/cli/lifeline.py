"""How a child process notices that the one who started it is gone, however it went."""

from __future__ import annotations

import os
import signal
import threading
from typing import Final

VARIABLE: Final = "YIPAN_LIFELINE"


def hold_on() -> None:
    """End this process as SIGTERM does when its parent has ended; nothing without a parent.

    The parent holds the other end of a pipe. Its end closes with it, even after SIGKILL.
    """
    number = os.environ.pop(VARIABLE, "")
    if number:
        threading.Thread(target=_wait, args=(int(number),), daemon=True).start()


def _wait(descriptor: int) -> None:
    os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGTERM)
