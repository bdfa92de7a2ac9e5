"""`yipan export`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Annotated, Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import typer
from django.db import connection
from pyarrow import csv, parquet
from rich.progress import Progress, TaskID

from yipan.cli import tables
from yipan.cli.choices import tenant_named
from yipan.cli.schema import reach_migrated
from yipan.cli.screen import CommandFailed, notes, progress
from yipan.cli.tables import Kind
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import tenant_context

app = typer.Typer()
_BUFFER: Final = 1 << 20
_SUFFIXES: Final = (".csv", ".parquet")
_EXPRESSIONS: Final = {
    Kind.MOMENT: """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
_TYPES: Final = {
    Kind.WHOLE: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
    Kind.FLAG: pa.bool_(),
}

TenantCode = Annotated[str | None, typer.Option("--tenant", help="Code of the tenant.")]
Target = Annotated[Path, typer.Option("--to", help="File to write: .csv or .parquet.")]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="First day (of the tenant's zone)."),
]
Until = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Last day, included."),
]


@app.callback()
def export() -> None:
    """Write orders, entries and facts to files.

    Amounts are whole fen, moments are UTC. A file appears only when it is complete.
    """


@app.command()
def orders(to: Target, tenant: TenantCode = None, since: Since = None, until: Until = None) -> None:
    """Write the order lines, by the day on which the order was placed."""
    _export(tables.ORDERS, to, tenant, since, until)


@app.command()
def entries(
    to: Target, tenant: TenantCode = None, since: Since = None, until: Until = None
) -> None:
    """Write the commission entries, by the day on which the order was paid."""
    _export(tables.ENTRIES, to, tenant, since, until)


@app.command()
def facts(to: Target, tenant: TenantCode = None, since: Since = None, until: Until = None) -> None:
    """Write the facts that reports are made of, by the day on which they happened."""
    _export(tables.FACTS, to, tenant, since, until)


def _export(
    table: tables.Table,
    path: Path,
    tenant_code: str | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    if path.suffix not in _SUFFIXES:
        message = f"{path.name}: the name has to end in {' or '.join(_SUFFIXES)}."
        raise CommandFailed(message)
    reach_migrated()
    tenant = tenant_named(tenant_code)
    condition, params = _condition(table, tenant, since, until)
    with tenant_context(tenant.id), connection.cursor() as cursor, progress() as bars:
        cursor.execute(f"SELECT count(*) FROM {table.rows} WHERE {condition}", params)  # noqa: S608
        task = bars.add_task("Exporting", total=cursor.fetchone()[0])
        with _complete(path) as target, _rows(cursor, table, condition, params) as copied:
            source = _Copied(copied, bars, task)
            _write(source, target, table, path.suffix)
    notes.print(f"{source.rows:,} rows in {path}.")


def _condition(
    table: tables.Table, tenant: Tenant, since: datetime | None, until: datetime | None
) -> tuple[str, list[int | datetime]]:
    conditions = [f"{table.tenant} = %s"]
    params: list[int | datetime] = [tenant.id]
    zone = ZoneInfo(tenant.timezone)
    if since is not None:
        conditions.append(f"{table.moment} >= %s")
        params.append(datetime.combine(since.date(), time.min, zone))
    if until is not None:
        conditions.append(f"{table.moment} < %s")
        after = date.fromordinal(until.date().toordinal() + 1)
        params.append(datetime.combine(after, time.min, zone))
    return " AND ".join(conditions), params


@contextmanager
def _rows(
    cursor: Any, table: tables.Table, condition: str, params: list[int | datetime]
) -> Iterator[Any]:
    columns = ", ".join(
        f"{_EXPRESSIONS.get(column.kind, '{}').format(column.source)} AS {column.name}"
        for column in table.columns
    )
    order = f"ORDER BY {table.moment}, {table.identity}"
    statement = (
        f"COPY (SELECT {columns} FROM {table.rows} WHERE {condition} {order}) "  # noqa: S608
        "TO STDOUT (FORMAT csv, HEADER)"
    )
    with cursor.copy(statement, params) as copied:
        yield copied


@contextmanager
def _complete(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is whole, and leaves nothing when it is not."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb", buffering=_BUFFER) as target:
            yield target
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


class _Copied(io.RawIOBase):
    """What the database sends, as a file; one message of it is one row."""

    def __init__(self, copied: Any, bars: Progress, task: TaskID) -> None:
        self._copied = copied
        self._left = bytearray()
        self._bars = bars
        self._task = task
        self.rows = -1  # the names of the columns come first

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._left) < len(buffer):
            message = self._copied.read()
            if not message:
                break
            self._left += message
            self.rows += 1
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        del self._left[:size]
        self._bars.update(self._task, completed=max(0, self.rows))
        return size


def _write(source: _Copied, target: IO[bytes], table: tables.Table, suffix: str) -> None:
    buffered = io.BufferedReader(source, _BUFFER)
    if suffix == ".csv":
        while block := buffered.read(_BUFFER):
            target.write(block)
        return
    schema = pa.schema([(column.name, _TYPES[column.kind]) for column in table.columns])
    reader = csv.open_csv(
        buffered,
        read_options=csv.ReadOptions(block_size=8 * _BUFFER),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=schema,
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    )
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
