"""The settlement policy: how long commission is held, and how claw-back is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

from yipan.payouts.settlement.rules import reading

KIND: Final = "settlement"
MOST_DAYS: Final = 365
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class SettlementPolicy:
    """When commission is released (money.md). Checked when made; names the field that is wrong."""

    hold_days: int = 7
    """0–365: days from the completion of a line until its commission is due."""
    auto_complete_days: int = 10
    """0–365: days after payment when a line counts as completed if nobody says so."""
    clawback_share: Decimal = Decimal(1)
    """0–1: the share of a release that may be taken for claw-back that is owed."""

    def __post_init__(self) -> None:
        for name in ("hold_days", "auto_complete_days"):
            reading.whole_number(name, getattr(self, name), least=0, most=MOST_DAYS)
        reading.share("clawback_share", self.clawback_share)

    @property
    def clawback_ppm(self) -> int:
        """The claw-back share in millionths."""
        return int(self.clawback_share * MILLION)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The policy of JSON-able data; a setting left out has its default. Raises InvalidField."""
        reading.check_names(data, cls.__slots__)
        settings = dict(data)
        if "clawback_share" in settings:
            settings["clawback_share"] = reading.share("clawback_share", data["clawback_share"])
        return cls(**settings)

    def to_data(self) -> dict[str, object]:
        """All settings as JSON-able data, for `from_data`."""
        return {
            "hold_days": self.hold_days,
            "auto_complete_days": self.auto_complete_days,
            "clawback_share": format(self.clawback_share, "f"),
        }
