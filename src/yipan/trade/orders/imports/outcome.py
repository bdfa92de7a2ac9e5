"""What became of every row of an imported file: nothing is lost."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """A row that was not taken, and why."""

    row: int
    """1 is the first row of data."""
    number: str
    field: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """Counts of rows; the four of them add up to the rows read."""

    rows: int = 0
    imported: int = 0
    """Rows that became order lines."""
    refunded: int = 0
    """Rows that took back something sold."""
    unchanged: int = 0
    """Rows that were imported before."""
    faults: list[Fault] = field(default_factory=list)
    """Rows that were rejected."""

    @property
    def rejected(self) -> int:
        """Rows that were not taken."""
        return len(self.faults)

    @property
    def adds_up(self) -> bool:
        """Whether every row is accounted for."""
        return self.rows == self.imported + self.refunded + self.unchanged + self.rejected

    def reject(self, row: int, number: str, field_: str, reason: str) -> None:
        """Note a row that is not taken."""
        self.faults.append(Fault(row, number, field_, reason))

    def write_faults(self, path: Path) -> None:
        """All rejected rows as csv, in the order of the file."""
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(Fault._fields)
            writer.writerows(sorted(self.faults))
