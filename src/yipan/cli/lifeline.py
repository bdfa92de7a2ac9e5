"""How a child process notices that the one who started it is gone, and how it ends."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Final, NoReturn

from django.conf import settings

from yipan.kernel import embedded

VARIABLE: Final = "YIPAN_LIFELINE"


def hold_on() -> None:
    """End this process as SIGTERM does when its parent has ended; nothing without a parent.

    The parent holds the other end of a pipe. Its end closes with it, even after SIGKILL.
    """
    number = os.environ.pop(VARIABLE, "")
    if number:
        threading.Thread(target=_wait, args=(int(number),), daemon=True).start()


def end(code: int = 0) -> NoReturn:
    """End this process when all its work is done.

    Without taking its memory apart, which takes a process of this size seconds on a busy machine.
    """
    embedded.leave(settings.YIPAN_EMBEDDED_FOLDER)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _wait(descriptor: int) -> None:
    os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGTERM)
