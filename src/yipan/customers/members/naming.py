"""How the names of buyers stand in the tables."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from yipan.customers.members.rules import PHONE, normal_phone
from yipan.kernel import text
from yipan.kernel.crypto import blind_index, decrypt, encrypt
from yipan.kernel.errors import InvalidField
from yipan.kernel.tenancy import current_tenant_id

_SCHEME: Final = 30
_VALUE: Final = 120
_PLACE: Final = {"table": "members_member", "column": "phone_sealed"}


def stored_identity(scheme: str, value: str) -> tuple[str, str]:
    """Scheme and value as they stand in the table; of a phone a keyed hash. Raises InvalidField."""
    scheme = text.checked_code(scheme, field="scheme", most=_SCHEME)
    if scheme == PHONE:
        number = checked_phone(value)
        return scheme, blind_index(number, purpose="phone", tenant_id=current_tenant_id())
    return scheme, text.checked(value, field="value", most=_VALUE)


def checked_phone(phone: str) -> str:
    """A phone number in its one form. Raises InvalidField."""
    number = normal_phone(phone)
    if number is None:
        raise InvalidField(field="phone", reason=_("is not a phone number"))
    return number


def sealed_phone(phone: str, member_id: int) -> str:
    """A phone number as it is kept, readable for this member's row only."""
    return encrypt(phone, row_id=member_id, **_PLACE)


def opened_phone(sealed: str, member_id: int) -> str:
    """The phone number again; empty where none was kept. Raises Undecipherable."""
    return decrypt(sealed, row_id=member_id, **_PLACE) if sealed else ""
