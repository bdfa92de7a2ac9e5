"""Verified names and bank cards."""

from __future__ import annotations

from yipan.distribution.distributors.models import Distributor
from yipan.kernel import audit, clock, sql
from yipan.kernel.actor import Actor
from yipan.kernel.crypto import blind_index, encrypt
from yipan.kernel.ids import next_id
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.payouts.withdrawals.errors import (
    CardExists,
    CardInUse,
    CardRemoved,
    HolderNameDiffers,
    NameNotVerified,
    NotASecondPerson,
)
from yipan.payouts.withdrawals.models import BankCard, Payee
from yipan.payouts.withdrawals.queries import OPEN_STATES
from yipan.payouts.withdrawals.rules.approval import is_distributor
from yipan.payouts.withdrawals.rules.cards import card_number, real_name

_CARD_COLUMNS = (
    "id", "tenant_id", "distributor_id", "holder_sealed", "holder_index", "number_sealed",
    "number_index", "last_four", "bank", "verified_by", "created_at",
)  # fmt: skip
_ONCE = "ON CONFLICT (tenant_id, distributor_id, number_index) WHERE removed_at IS NULL DO NOTHING"


def name_index(name: str) -> str:
    """Blind index of a real name; equal for two spellings of it."""
    return blind_index(real_name(name), purpose="real-name", tenant_id=current_tenant_id())


def number_index(digits: str) -> str:
    """Blind index of a card's number."""
    return blind_index(digits, purpose="card-number", tenant_id=current_tenant_id())


def verify_name(*, distributor: Distributor, name: str, by: Actor) -> Payee:
    """Write down that somebody has seen the distributor's real name proven.

    Another name than before leaves cards of the old one unusable. Raises NameInvalid,
    NotASecondPerson where distributors vouch for themselves.
    """
    _check_not_self(distributor, by)
    index = name_index(name)
    with unit_of_work():
        # Locks the distributor, because there may be no name yet to lock.
        Distributor.objects.select_for_update(no_key=True).get(id=distributor.id)
        payee = Payee.objects.filter(distributor=distributor).first() or Payee()
        payee.distributor = distributor
        payee.name_sealed = encrypt(
            name.strip(), table=Payee._meta.db_table, column="name_sealed", row_id=payee.id
        )
        payee.name_index = index
        payee.verified_at, payee.verified_by = clock.now(), str(by)
        payee.save()
        _record("withdrawals.verify_name", payee.id, distributor, by)
    return payee


def add_card(
    *, distributor: Distributor, holder: str, number: str, bank: str, by: Actor
) -> BankCard:
    """Add a bank card, not yet verified. Name and number are encrypted at once.

    Raises NameInvalid, CardNumberInvalid, CardExists.
    """
    holder_index = name_index(holder)
    digits = card_number(number)
    tenant_id, row_id, table = current_tenant_id(), next_id(), BankCard._meta.db_table
    row = (
        row_id, tenant_id, distributor.id,
        encrypt(holder.strip(), table=table, column="holder_sealed", row_id=row_id),
        holder_index,
        encrypt(digits, table=table, column="number_sealed", row_id=row_id),
        number_index(digits),
        digits[-4:], bank, "", clock.now(),
    )  # fmt: skip
    with unit_of_work():
        if not sql.insert(BankCard, _CARD_COLUMNS, [row], suffix=_ONCE):
            raise CardExists
        _record("withdrawals.add_card", row_id, distributor, by)
    card: BankCard = BankCard.objects.select_related("distributor").get(id=row_id)
    return card


def add_own_card(
    *, distributor: Distributor, holder: str, number: str, bank: str, by: Actor
) -> BankCard:
    """Add a bank card as its owner; it is verified by somebody else.

    Raises NameNotVerified, HolderNameDiffers at once and not only when it is verified, and what
    `add_card` raises.
    """
    payee = Payee.objects.filter(distributor=distributor).first()
    if payee is None:
        raise NameNotVerified
    if name_index(holder) != payee.name_index:
        raise HolderNameDiffers
    return add_card(distributor=distributor, holder=holder, number=number, bank=bank, by=by)


def verify_card(*, card: BankCard, by: Actor) -> BankCard:
    """Write down that name and card were found to belong together.

    Raises NameNotVerified, HolderNameDiffers, CardRemoved, NotASecondPerson.
    """
    _check_not_self(card.distributor, by)
    with unit_of_work():
        payee = locked_payee(card.distributor_id)
        card = BankCard.objects.select_related("distributor").get(id=card.id)
        if card.removed_at is not None:
            raise CardRemoved
        if card.holder_index != payee.name_index:
            raise HolderNameDiffers
        card.verified_at, card.verified_by = clock.now(), str(by)
        card.save(update_fields=["verified_at", "verified_by"])
        _record("withdrawals.verify_card", card.id, card.distributor, by)
    return card


def remove_card(*, card: BankCard, by: Actor) -> BankCard:
    """Take a card out of use; withdrawals that ended keep it.

    Raises CardInUse while money is on its way to it, CardRemoved.
    """
    with unit_of_work():
        Payee.objects.select_for_update().filter(distributor_id=card.distributor_id).first()
        card = BankCard.objects.select_related("distributor").get(id=card.id)
        if card.removed_at is not None:
            raise CardRemoved
        if card.withdrawals.filter(state__in=OPEN_STATES).exists():
            raise CardInUse
        card.removed_at = clock.now()
        card.save(update_fields=["removed_at"])
        _record("withdrawals.remove_card", card.id, card.distributor, by)
    return card


def locked_payee(distributor_id: int) -> Payee:
    """The verified name, locked: one at a time for a distributor. Raises NameNotVerified."""
    payee: Payee | None = (
        Payee.objects.select_for_update(no_key=True).filter(distributor_id=distributor_id).first()
    )
    if payee is None:
        raise NameNotVerified
    return payee


def _check_not_self(distributor: Distributor, by: Actor) -> None:
    if is_distributor(by, distributor_id=distributor.id, person_id=distributor.person_id):
        raise NotASecondPerson


def _record(action: str, subject_id: int, distributor: Distributor, by: Actor) -> None:
    audit.record(
        action=action,
        subject_type="payee" if action.endswith("name") else "card",
        subject_id=subject_id,
        organisation_id=distributor.organisation_id,
        after={"distributor": distributor.code},
        by=by,
    )
