"""Handing approved payouts to the bank in a file, once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from yipan.group.organisations.queries import tree
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.payouts.withdrawals.actions import steps
from yipan.payouts.withdrawals.actions.decisions import Shown
from yipan.payouts.withdrawals.errors import NothingToHandOver, SumChanged
from yipan.payouts.withdrawals.models import BankFile, Withdrawal, WithdrawalState
from yipan.payouts.withdrawals.providers.registry import filed_codes
from yipan.payouts.withdrawals.queries import transfer_of
from yipan.payouts.withdrawals.rules.bank_layout import Payment, layout_named, written

MOST: Final = 5_000
"""Payouts in one file."""

# The row of the file follows in the same transaction; its key is checked at the end of it.
_CLAIM: Final = """
WITH mine AS MATERIALIZED (
    SELECT id FROM withdrawals_withdrawal
     WHERE tenant_id = %s AND state = 'approved' AND payer_id = %s
       AND provider = ANY(%s::text[]) AND id = ANY(%s::bigint[])
     ORDER BY id FOR NO KEY UPDATE
)
UPDATE withdrawals_withdrawal w
   SET state = 'submitted', submitted_at = %s, next_query_at = NULL, bank_file_id = %s
  FROM mine WHERE w.id = mine.id
RETURNING w.id
"""


def make_bank_file(
    *, payer_id: int, withdrawal_ids: Sequence[int], layout: str, shown: Shown, by: Actor
) -> BankFile:
    """Put a payer's approved payouts into one file for the bank; they count as handed over.

    What is in the file is what this call has really claimed, and must be what was `shown`. Of two
    who do it at once the second finds nothing left.

    Raises LayoutUnknown, NothingToHandOver, SumChanged, NotFound (payer).
    """
    kind, now, file_id = layout_named(layout), clock.now(), next_id()
    tree().node(payer_id)
    wanted = sorted(set(withdrawal_ids))[:MOST]
    with unit_of_work():
        params = (current_tenant_id(), payer_id, filed_codes(), wanted, now, file_id)
        ids = [row[0] for row in sql.fetch(_CLAIM, params)]
        if not ids:
            raise NothingToHandOver
        payments = _payments(ids)
        total = sum(payment.amount for payment in payments)
        if shown != Shown(len(ids), total):
            raise SumChanged
        file: BankFile = BankFile.objects.create(
            id=file_id,
            number=f"B{now:%Y%m%d}{secrets.token_hex(3).upper()}",
            payer_id=payer_id,
            layout=kind.code,
            count=len(ids),
            total=total,
            digest=hashlib.sha256(written(kind, payments)).hexdigest(),
            made_at=now,
            made_by=str(by),
        )
        steps.write_steps(
            ids,
            before=WithdrawalState.APPROVED,
            to=WithdrawalState.SUBMITTED,
            by=by,
            reason=file.number,
        )
        _record("withdrawals.make_bank_file", file, by)
    return file


def bytes_of(*, file: BankFile, by: Actor) -> bytes:
    """The file again, for the bank; who took it is written down.

    It carries names and card numbers in the clear: ask for `withdrawals.write` at the payer first.
    Raises RuntimeError where it is not the file that was made.
    """
    ids = file.withdrawals.order_by("id").values_list("id", flat=True)
    content = written(layout_named(file.layout), _payments(list(ids)))
    if hashlib.sha256(content).hexdigest() != file.digest:
        message = f"the bank file {file.number} is not what it was"
        raise RuntimeError(message)
    with unit_of_work():
        _record("withdrawals.take_bank_file", file, by)
    return content


def _payments(ids: Sequence[int]) -> list[Payment]:
    """In the order of their ids, the cards in the clear."""
    found = Withdrawal.objects.select_related("card").filter(id__in=ids).order_by("id")
    transfers = [transfer_of(withdrawal) for withdrawal in found]
    return [
        Payment(each.reference, each.amount, each.holder, each.number, each.bank)
        for each in transfers
    ]


def _record(action: str, file: BankFile, by: Actor) -> None:
    audit.record(
        action=action,
        subject_type="bank_file",
        subject_id=file.id,
        organisation_id=file.payer_id,
        after={
            "number": file.number,
            "count": file.count,
            "total": file.total,
            "sha256": file.digest,
        },
        by=by,
    )
