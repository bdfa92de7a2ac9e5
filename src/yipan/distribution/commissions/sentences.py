"""The explanation of an entry as a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yipan.distribution.commissions.models import BeneficiaryRole, Entry, EntryKind
from yipan.distribution.pool.rules import sentence
from yipan.kernel.money import yuan

_LEVEL = {
    BeneficiaryRole.SELLER.value: 0,
    BeneficiaryRole.UPLINE_1.value: 1,
    BeneficiaryRole.UPLINE_2.value: 2,
}


def entry_sentence(entry: Entry, language: str) -> str:
    """Why the entry's amount is what it is, in the reader's language."""
    if entry.kind == EntryKind.ACCRUAL:
        return sentence(entry.explanation, language, level=_LEVEL[entry.role])
    told = entry.explanation
    return _(
        "{refunded} of {paid} paid was refunded so far; of the commission of {commission} this "
        "refund takes back {amount}."
    ).format(
        refunded=yuan(told["refunded"]),
        paid=yuan(told["paid"]),
        commission=yuan(told["commission"]),
        amount=yuan(-told["amount"]),
    )
