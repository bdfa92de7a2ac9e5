"""代发 by file: people take a file to the bank and bring its answer back.

Nothing is called here. Approved payouts wait until somebody makes a file of them
(`actions/bank_out.py`), and end when the bank's return file is applied (`actions/bank_return.py`).
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from yipan.payouts.withdrawals.providers.registry import Transfer
from yipan.payouts.withdrawals.rules.outcome import Answer, AnswerKind

CODE: Final = "bank_file"


class BankByFile:
    """Answers nothing by itself: whoever asks waits for the return file."""

    code: str = CODE
    title = _("bank file")

    def submit(self, transfer: Transfer) -> Answer:
        """Pending: a file carries it."""
        return Answer(AnswerKind.PENDING)

    def query(self, reference: str) -> Answer:
        """Pending: a file carries the answer."""
        return Answer(AnswerKind.PENDING)
