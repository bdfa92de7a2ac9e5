"""What a fulfilment keeps encrypted: the address, and the code of a pick-up."""

from __future__ import annotations

import secrets
from typing import Final

from django.utils.translation import gettext as _

from yipan.customers.members.addresses import AddressDetails, opened_details, sealed_details
from yipan.kernel.crypto import Undecipherable, decrypt, encrypt
from yipan.trade.fulfilment.models import Fulfilment

_TABLE: Final = "fulfilment_fulfilment"
DIGITS: Final = 6


def new_code() -> str:
    """Six digits by chance."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def sealed_code(code: str, fulfilment_id: int) -> str:
    """A pick-up code as it is kept."""
    return encrypt(code, table=_TABLE, column="code_sealed", row_id=fulfilment_id)


def code_of(fulfilment: Fulfilment) -> str:
    """The code that the buyer shows; empty for a delivery."""
    sealed = fulfilment.code_sealed
    if not sealed:
        return ""
    return decrypt(sealed, table=_TABLE, column="code_sealed", row_id=fulfilment.id)


def sealed_address(details: AddressDetails, fulfilment_id: int) -> str:
    """An address as it is kept."""
    return sealed_details(details, table=_TABLE, column="address_sealed", row_id=fulfilment_id)


def address_of(fulfilment: Fulfilment) -> AddressDetails | None:
    """Where a delivery goes; None for a pick-up."""
    sealed = fulfilment.address_sealed
    if not sealed:
        return None
    return opened_details(sealed, table=_TABLE, column="address_sealed", row_id=fulfilment.id)


def masked_address(fulfilment: Fulfilment) -> str:
    """What staff see of where a delivery goes; empty for a pick-up.

    One address that no live key opens does not keep a list from being shown.
    """
    try:
        details = address_of(fulfilment)
    except Undecipherable:
        return _("cannot be read")
    return str(details.masked) if details else ""
