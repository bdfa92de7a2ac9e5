"""How far a withdrawal has come, as steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _as

from yipan.payouts.withdrawals.models import Withdrawal, WithdrawalState, WithdrawalStep
from yipan.surfaces.workbench.words import WITHDRAWAL

_S: Final = WithdrawalState
_WAY: Final[Sequence[tuple[str, str | Promise, str | Promise]]] = (
    (_S.REQUESTED, _as("step", "Requested"), _("The money is reserved.")),
    (_S.APPROVED, _as("step", "Approved"), ""),
    (_S.SUBMITTED, _as("step", "Sent to the bank"), ""),
    (_S.SUCCEEDED, _as("step", "Arrived"), ""),
)
_STOPS: Final = frozenset({_S.FAILED, _S.REJECTED, _S.CANCELLED})


class Mark(NamedTuple):
    """One step: `done`, `current`, `todo` or `failed`."""

    state: str
    title: str | Promise
    note: str | Promise
    at: datetime | None


def progress_of(withdrawal: Withdrawal, steps: Sequence[WithdrawalStep]) -> list[Mark]:
    """The way of a withdrawal: what was done, where it stands, what is to come."""
    reached = {step.to_state: step for step in steps}
    state = WithdrawalState(withdrawal.state)
    marks: list[Mark] = []
    for name, title, note in _WAY:
        step = reached.get(name)
        if step is not None:
            marks.append(Mark("done", title, note, step.at))
        elif state not in _STOPS:
            marks.append(Mark("todo", title, "", None))
    if state in _STOPS:
        words, step = WITHDRAWAL[state], reached.get(state)
        why = withdrawal.reason or words.meaning
        marks.append(Mark("failed", words.name, why, step.at if step else withdrawal.ended_at))
        return marks
    return _with_present(marks, state)


def _with_present(marks: list[Mark], state: WithdrawalState) -> list[Mark]:
    """The step that is waited for now is the current one, and says for what."""
    for number, mark in enumerate(marks):
        if mark.state == "todo":
            marks[number] = mark._replace(state="current", note=WITHDRAWAL[state].meaning)
            break
    return marks
