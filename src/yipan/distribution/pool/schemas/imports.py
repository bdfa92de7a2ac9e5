"""What a file of offers would do, or did."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field

from yipan.distribution.pool.actions import SheetReport


class RowFaultOut(Schema):
    """One thing wrong with one row."""

    row: int = Field(description="The header is row 1.", examples=[17])
    field: str = Field(examples=["sku"])
    code: str = Field(examples=["unknown_sku"])
    reason: str = Field(examples=["there is no SKU TS-RED-XM"])


class SheetReportOut(Schema):
    """What a file would do, or did."""

    digest: str = Field(description="SHA-256 of the file.")
    rows: int
    created: int
    changed: int
    unchanged: int
    faulty_rows: int
    faults: list[RowFaultOut] = Field(description="The first thousand.")
    ignored_columns: list[str] = Field(description="Names in the header that mean nothing here.")
    loaded: bool = Field(description="False: nothing was changed.")
    loaded_before: datetime | None = Field(description="When this same file was loaded last.")

    @classmethod
    def of(cls, report: SheetReport) -> SheetReportOut:
        """From a report."""
        faults = [RowFaultOut.model_validate(each.as_data()) for each in report.faults[:1000]]
        return cls(
            digest=report.digest,
            rows=report.rows,
            created=report.created,
            changed=report.changed,
            unchanged=report.unchanged,
            faulty_rows=report.faulty_rows,
            faults=faults,
            ignored_columns=list(report.ignored_columns),
            loaded=report.loaded,
            loaded_before=report.loaded_before,
        )
