"""What stock looks like over the API. Quantities in units, moments in ISO 8601 with a zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from yipan.goods.catalogue.errors import RowFault
from yipan.goods.stock.actions import StockRow
from yipan.kernel.http import ErrorOut, Input

MOST_ROWS = 1_000
LocationKindName = Literal["warehouse", "store"]


class LocationOut(Schema):
    """A place that holds stock."""

    id: int
    code: str = Field(examples=["L-021"])
    name: str = Field(examples=["南京东路店"])
    kind: LocationKindName
    organisation_id: int
    is_default: bool = Field(
        description="Orders of its organisation that name no location take from here."
    )


class LocationIn(Input):
    """A new location."""

    organisation_id: int
    kind: LocationKindName = "store"
    code: str = Field(max_length=40, examples=["L-021"])
    name: str = Field(max_length=120, examples=["南京东路店"])
    is_default: bool = Field(
        default=False, description="Instead of the one that was the default before."
    )


class LocationChange(Input):
    """What is to change; what is left out stays."""

    name: str | None = Field(None, max_length=120)
    is_default: Literal[True] | None = Field(
        None, description="To end being the default, make another one the default."
    )


class StockLevelOut(Schema):
    """What one location has of one SKU."""

    location: str = Field(description="Code.", examples=["L-021"])
    sku: str = Field(description="Code.", examples=["TEA-500G"])
    quantity: int = Field(description="Units; below zero where more was sold than was there.")


class StockQuery(Schema):
    """Which levels to list."""

    location: str = Field("", description="Code of one location.")
    sku: str = Field("", description="Code of one SKU.")


class StockRowIn(Input):
    """Units of one SKU at one location."""

    location: str = Field(max_length=40, description="Code.", examples=["L-021"])
    sku: str = Field(max_length=60, description="Code.", examples=["TEA-500G"])
    quantity: int = Field(strict=True, description="Units.", examples=[40])


class StockRowsIn(Input):
    """Up to 1,000 rows; each is taken or has its own error."""

    rows: list[StockRowIn] = Field(min_length=1, max_length=MOST_ROWS)

    def as_taken(self) -> list[StockRow]:
        """As the actions take them."""
        return [StockRow(row.location, row.sku, row.quantity) for row in self.rows]


class StockFaultOut(Schema):
    """Why one row was not taken."""

    row: int = Field(description="Its place among the rows, from 0.")
    error: ErrorOut


class StockWrittenOut(Schema):
    """What became of a batch of rows."""

    taken: int
    failed: int
    faults: list[StockFaultOut]

    @classmethod
    def of(cls, rows: int, faults: Sequence[RowFault]) -> StockWrittenOut:
        """The outcome of a batch."""
        told = [StockFaultOut(row=each.row, error=ErrorOut.of(each.error)) for each in faults]
        return cls(taken=rows - len(told), failed=len(told), faults=told)


class SpreadQuery(Schema):
    """Of which SKUs, seen from where."""

    sku: list[str] = Field(
        min_length=1, max_length=200, description="Codes.", examples=["TEA-500G"]
    )
    organisation: str = Field(
        "", description="Code of the store; empty: the caller's own organisation."
    )


class SpreadOut(Schema):
    """Units of one SKU side by side; what is below zero at a place counts as none."""

    sku: str = Field(description="Code.", examples=["TEA-500G"])
    store: int = Field(description="At the organisation itself.")
    region: int = Field(description="In its industry group.")
    group: int = Field(description="Everywhere.")


class MovementOut(Schema):
    """A change of a level."""

    id: int
    delta: int = Field(description="Units; negative when they left.", examples=[-2])
    reason: Literal["sale", "return", "cancellation", "count", "receipt"]
    reference: int | None = Field(description="Id of the order behind it, if there is one.")
    moved_at: datetime = Field(description="UTC.")


class MovementQuery(Schema):
    """Of which place and SKU."""

    location: str = Field(description="Code.", examples=["L-021"])
    sku: str = Field(description="Code.", examples=["TEA-500G"])
