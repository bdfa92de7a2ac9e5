"""A bank in a box: no money moves, and everything that can go wrong can be had on demand."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from yipan.kernel import clock
from yipan.kernel.uow import unit_of_work
from yipan.payouts.withdrawals.models import SandboxTransfer
from yipan.payouts.withdrawals.providers.registry import MadeUpError, Transfer
from yipan.payouts.withdrawals.rules.outcome import Answer, AnswerKind

LATE: Final = timedelta(seconds=20)
"""How long a late outcome takes."""


class Outcome(StrEnum):
    """What the bank does with a transfer."""

    PAY = "pay"
    REFUSE = "refuse"
    TIME_OUT_PAID = "time_out_paid"
    """The money is paid, but the answer never comes."""
    TIME_OUT_UNPAID = "time_out_unpaid"
    """The transfer is refused, but the answer never comes."""
    PAY_LATE = "pay_late"
    REFUSE_LATE = "refuse_late"
    LOST = "lost"
    """The first submission gets lost on the way; the second one is paid."""
    WRONG_AMOUNT = "wrong_amount"
    """A fen less than asked is paid."""


BY_LAST_FOUR: Final = {
    "0001": Outcome.REFUSE,
    "0002": Outcome.TIME_OUT_PAID,
    "0003": Outcome.TIME_OUT_UNPAID,
    "0004": Outcome.PAY_LATE,
    "0005": Outcome.REFUSE_LATE,
    "0006": Outcome.LOST,
    "0007": Outcome.WRONG_AMOUNT,
}
"""What happens, by the last four digits of the card; every other card is paid at once."""

_SILENT: Final = frozenset({Outcome.TIME_OUT_PAID, Outcome.TIME_OUT_UNPAID})
_LATE: Final = frozenset({Outcome.PAY_LATE, Outcome.REFUSE_LATE})
_REFUSING: Final = frozenset({Outcome.REFUSE, Outcome.TIME_OUT_UNPAID, Outcome.REFUSE_LATE})


class NoAnswer(MadeUpError, TimeoutError):
    """The bank was told, and the line is silent."""


class SandboxBank:
    """Keeps books of its own in `SandboxTransfer`, committed apart from the caller's."""

    code: str = "sandbox"
    title = _("sandbox bank")

    def submit(self, transfer: Transfer) -> Answer:
        """Raises NoAnswer where the outcome says that no answer comes."""
        outcome = BY_LAST_FOUR.get(transfer.number[-4:], Outcome.PAY)
        with unit_of_work():
            row, is_new = SandboxTransfer.objects.get_or_create(
                reference=transfer.reference,
                defaults={
                    "amount": transfer.amount,
                    "outcome": outcome.value,
                    "state": "lost" if outcome is Outcome.LOST else "accepted",
                    "ready_at": clock.now() + (LATE if outcome in _LATE else timedelta()),
                },
            )
            if not is_new and row.state == "lost":
                row.state = "accepted"
                row.save(update_fields=["state"])
        if is_new and (outcome in _SILENT or outcome is Outcome.LOST):
            raise NoAnswer
        return self._standing(row)

    def query(self, reference: str) -> Answer:
        row = SandboxTransfer.objects.filter(reference=reference).first()
        if row is None or row.state == "lost":
            return Answer(AnswerKind.NOT_FOUND)
        return self._standing(row)

    def _standing(self, row: SandboxTransfer) -> Answer:
        if row.state == "accepted" and row.ready_at <= clock.now():
            refusing = row.outcome in _REFUSING
            row.state = "refused" if refusing else "paid"
            row.reason = str(_("The sandbox bank refuses this card.")) if refusing else ""
            row.save(update_fields=["state", "reason"])
        if row.state == "paid":
            short = int(row.outcome == Outcome.WRONG_AMOUNT)
            return Answer(AnswerKind.PAID, amount=row.amount - short)
        if row.state == "refused":
            return Answer(AnswerKind.REFUSED, reason=row.reason)
        return Answer(AnswerKind.PENDING)
