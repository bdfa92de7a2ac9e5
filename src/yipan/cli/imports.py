"""`yipan import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.table import Table

from yipan.cli.choices import tenant_named
from yipan.cli.schema import reach_migrated
from yipan.cli.screen import CommandFailed, answers, notes, progress
from yipan.kernel.actor import SYSTEM
from yipan.kernel.tenancy import tenant_context
from yipan.trade.orders.imports import Mapping, Outcome, import_orders
from yipan.trade.orders.imports.reading import count

app = typer.Typer()
_SHOWN = 10


@app.callback()
def import_() -> None:
    """Load orders from files."""


@app.command()
def orders(
    file: Annotated[Path, typer.Argument(help="csv or parquet.", exists=True, dir_okay=False)],
    mapping: Annotated[
        Path,
        typer.Option(help="Which column means what (toml).", exists=True, dir_okay=False),
    ],
    tenant: Annotated[str | None, typer.Option(help="Code of the tenant.")] = None,
    faults: Annotated[
        Path | None, typer.Option(help="Where to list the rows that were not taken (csv).")
    ] = None,
) -> None:
    """Import orders and refunds; every row is accounted for (docs/guides/import.md).

    Importing the same file again changes nothing.
    """
    reach_migrated()
    wanted = Mapping.from_file(mapping)
    try:
        with tenant_context(tenant_named(tenant).id), progress() as bars:
            task = bars.add_task("Importing", total=count(file, wanted))
            outcome = import_orders(
                path=file,
                mapping=wanted,
                by=SYSTEM,
                progress=lambda rows: bars.advance(task, rows),
            )
    except duckdb.Error as error:
        message = f"{file} cannot be read: {str(error).splitlines()[0]}"
        raise CommandFailed(message) from error
    if faults is not None:
        outcome.write_faults(faults)
    _tell(outcome, faults)
    if not outcome.adds_up:
        message = "The counts do not add up to the rows of the file: please report this."
        raise CommandFailed(message)


def _tell(outcome: Outcome, faults: Path | None) -> None:
    table = Table("rows", "imported", "refunded", "unchanged", "rejected")
    counts = (
        outcome.rows, outcome.imported, outcome.refunded, outcome.unchanged, outcome.rejected,
    )  # fmt: skip
    table.add_row(*(f"{count_:,}" for count_ in counts))
    answers.print(table)
    if not outcome.faults:
        return
    if faults is not None:
        notes.print(f"The rejected rows are listed in {faults}.")
        return
    for fault in sorted(outcome.faults)[:_SHOWN]:
        notes.print(f"row {fault.row} ({fault.number}): {fault.field}: {fault.reason}")
    if outcome.rejected > _SHOWN:
        notes.print(f"… and {outcome.rejected - _SHOWN:,} more; --faults FILE lists them all.")
