"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How serious it is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but somebody should know."""
    WRONG = "wrong"
    """It does not work, or is not safe: exit code 1."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    subject: str
    health: Health
    what: str
    advice: str = ""
    """What to do, in one sentence; empty when nothing needs doing."""


def ok(subject: str, what: str) -> Finding:
    """All is well."""
    return Finding(subject, Health.OK, what)


def warning(subject: str, what: str, advice: str) -> Finding:
    """It works, but somebody should know."""
    return Finding(subject, Health.WARNING, what, advice)


def wrong(subject: str, what: str, advice: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(subject, Health.WRONG, what, advice)
