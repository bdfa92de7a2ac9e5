"""Reading files of any size in the order of time: DuckDB sorts, on disk where need be."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
from django.utils.translation import gettext as _

from yipan.trade.orders.imports.mapping import Mapping, MappingRefused

_CHUNK: Final = 10_000
_UTF8: Final = {"utf-8", "utf8", "utf-8-sig", "utf_8_sig", "ascii"}

Record = dict[str, Any]
"""Field name → value of the file, with `row` (1 is the first row of data)."""


def read(path: Path, mapping: Mapping) -> Iterator[Record]:
    """Every row of a csv or parquet file, oldest order first, the rows of an order together.

    Raises MappingRefused for a file or a column that is not there.
    """
    if not path.is_file():
        raise MappingRefused(field="file", reason=_("there is no file %s") % path.name)
    with _as_utf8(path, mapping) as readable, duckdb.connect() as database:
        database.execute("SET preserve_insertion_order = true")
        source = _source(database, readable, mapping)
        fields = _fields(database, source, mapping)
        statement = _statement(source, fields, mapping)
        cursor = database.execute(statement)
        names = ["row", *fields]
        while rows := cursor.fetchmany(_CHUNK):
            for row in rows:
                yield dict(zip(names, row, strict=False))


def count(path: Path, mapping: Mapping) -> int:
    """How many rows of data a file has."""
    with _as_utf8(path, mapping) as readable, duckdb.connect() as database:
        source = _source(database, readable, mapping)
        found = database.execute(f"SELECT count(*) FROM {source}").fetchone()  # noqa: S608
        return int(found[0]) if found else 0


@contextmanager
def _as_utf8(path: Path, mapping: Mapping) -> Iterator[Path]:
    if path.suffix == ".parquet" or mapping.encoding.lower() in _UTF8:
        yield path
        return
    try:
        codecs.lookup(mapping.encoding)
    except LookupError as error:
        raise MappingRefused(field="encoding", reason=_("is not known")) from error
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder).joinpath("orders.csv")
        try:
            with (
                path.open(encoding=mapping.encoding, newline="") as source,
                copy.open("w", encoding="utf-8", newline="") as target,
            ):
                shutil.copyfileobj(source, target)
        except UnicodeDecodeError as error:
            raise MappingRefused(field="encoding", reason=str(error)) from error
        yield copy


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _source(database: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping) -> str:
    if path.suffix == ".parquet":
        source = f"read_parquet({_quoted(str(path))})"
    else:
        source = (
            f"read_csv({_quoted(str(path))}, header = true, all_varchar = true, "
            f"delim = {_quoted(mapping.delimiter)}, null_padding = true, parallel = false)"
        )
    try:
        database.execute(f"SELECT 1 FROM {source} LIMIT 0")  # noqa: S608 - quoted
    except duckdb.Error as error:
        raise MappingRefused(field="file", reason=str(error).splitlines()[0]) from error
    return source


def _fields(database: duckdb.DuckDBPyConnection, source: str, mapping: Mapping) -> dict[str, str]:
    described = database.execute(f"SELECT * FROM {source} LIMIT 0").description or []  # noqa: S608
    there = {str(column[0]).lstrip("\ufeff"): str(column[0]) for column in described}
    fields = {}
    for name, column in mapping.columns.items():
        if column.constant:
            fields[name] = _quoted(column.constant)
        elif column.name in there:
            fields[name] = '"' + there[column.name].replace('"', '""') + '"'
        else:
            reason = f"the file has no column {column.name!r}; it has {', '.join(there)}"
            raise MappingRefused(field=f"columns.{name}", reason=reason)
    return fields


def _statement(source: str, fields: dict[str, str], mapping: Mapping) -> str:
    columns = ", ".join(f"{expression} AS {name}" for name, expression in fields.items())
    moment = "try_cast(placed_at AS TIMESTAMP)"
    if mapping.date_format:
        moment = f"try_strptime(placed_at::VARCHAR, {_quoted(mapping.date_format)})"
    return f"""
WITH numbered AS (SELECT row_number() OVER () AS row, {columns} FROM {source}),
     timed AS (SELECT *, min({moment}) OVER (PARTITION BY number) AS first FROM numbered)
SELECT row, {", ".join(fields)} FROM timed ORDER BY first NULLS LAST, number NULLS LAST, row
"""  # noqa: S608 - every name and value is quoted
