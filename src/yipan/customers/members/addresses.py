"""What an address is: checked, kept encrypted, and shown masked to staff."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final

from yipan.customers.members.naming import checked_phone
from yipan.customers.members.rules import masked_name, masked_phone
from yipan.kernel import text
from yipan.kernel.crypto import decrypt, encrypt

_LENGTHS: Final = {"recipient": 30, "province": 30, "city": 30, "district": 30, "street": 120}
_OPTIONAL: Final = frozenset({"district"})
"""Some cities, such as 东莞, have no districts."""


@dataclass(frozen=True, slots=True)
class AddressDetails:
    """Who receives goods, and where. Never shows in a repr, and so in no log."""

    recipient: str = field(repr=False)
    phone: str = field(repr=False)
    province: str = field(repr=False)
    city: str = field(repr=False)
    district: str = field(repr=False)
    street: str = field(repr=False)

    @property
    def place(self) -> str:
        """The place in one line; a municipality (北京市 北京市) says its name once."""
        region = [self.province, self.city, self.district]
        return " ".join([*dict.fromkeys(part for part in region if part), self.street])

    @property
    def text(self) -> str:
        """Everything in one line."""
        return f"{self.recipient} {self.phone} {self.place}"

    @property
    def masked(self) -> MaskedAddress:
        """What staff see of it who may not read it."""
        region = dict.fromkeys(part for part in (self.province, self.city, self.district) if part)
        return MaskedAddress(
            masked_name(self.recipient), masked_phone(self.phone), " ".join(region)
        )


@dataclass(frozen=True, slots=True)
class MaskedAddress:
    """An address without what leads to a door: 王** 138****8000 浙江省 杭州市 西湖区."""

    recipient: str
    phone: str
    region: str

    def __str__(self) -> str:
        return f"{self.recipient} {self.phone} {self.region}".strip()


def checked_details(details: AddressDetails) -> AddressDetails:
    """The address without blanks around its parts and with the phone in its one form.

    Raises InvalidField, which names the part: recipient, phone, province, city, district, street.
    """
    parts = {
        name: text.checked(
            getattr(details, name), field=name, most=most, required=name not in _OPTIONAL
        )
        for name, most in _LENGTHS.items()
    }
    return AddressDetails(phone=checked_phone(details.phone), **parts)


def sealed_details(details: AddressDetails, *, table: str, column: str, row_id: int) -> str:
    """An address as it is kept, readable for this row only."""
    plain = json.dumps(asdict(details), ensure_ascii=False)
    return encrypt(plain, table=table, column=column, row_id=row_id)


def opened_details(sealed: str, *, table: str, column: str, row_id: int) -> AddressDetails:
    """The address again. Raises Undecipherable."""
    return AddressDetails(**json.loads(decrypt(sealed, table=table, column=column, row_id=row_id)))
