"""The register of tax methods: which one counts for which kind of distributor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class TaxCase:
    """A payout that is asked for."""

    distributor_id: int
    distributor_kind: str
    gross: int
    """Fen."""
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withholding:
    """What is kept back of a payout."""

    tax: int
    """Fen, at least 0 and below the gross."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What the computation used, JSON-able; stored with the withdrawal."""


class TaxMethod(Protocol):
    """Computes what is withheld; pure: same case, same answer."""

    @property
    def code(self) -> str:
        """Stable name, such as `none`."""

    @property
    def version(self) -> int:
        """Grows with every change of what it computes."""

    def withhold(self, case: TaxCase) -> Withholding:
        """What is withheld of this payout."""


_methods: dict[str, TaxMethod] = {}


def register_tax_method(method: TaxMethod, *, kinds: Iterable[str]) -> None:
    """Have a method count for kinds of distributors; the last one registered wins."""
    for kind in kinds:
        _methods[kind] = method


def tax_method_for(kind: str) -> TaxMethod:
    """The method of a kind of distributor. Raises LookupError."""
    try:
        return _methods[kind]
    except KeyError:
        message = f"no tax method is registered for distributors of kind {kind!r}"
        raise LookupError(message) from None
