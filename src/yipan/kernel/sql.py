"""Hand-written, set-based SQL for the hot paths.

`%s` parameters, bound on the server; arrays go in as lists with a cast (`%s::bigint[]`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection, models

Row = tuple[Any, ...]


def fetch(statement: str, params: Sequence[object] = ()) -> list[Row]:
    """All rows of one statement."""
    with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def fetch_one(statement: str, params: Sequence[object] = ()) -> Row | None:
    """The first row of one statement, or None."""
    rows = fetch(statement, params)
    return rows[0] if rows else None


def execute(statement: str, params: Sequence[object] = ()) -> int:
    """Run one statement; the number of rows it touched."""
    with connection.prepared_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, params)
        return int(cursor.rowcount)


@lru_cache(maxsize=512)
def _types(model: type[models.Model], columns: tuple[str, ...]) -> tuple[str, ...]:
    """The database type of each column, without its length."""
    by_column = {field.column: field for field in model._meta.concrete_fields}
    found = [by_column[column].db_type(connection) or "text" for column in columns]
    return tuple(kind if kind.endswith("[]") else kind.split("(")[0] for kind in found)


@lru_cache(maxsize=512)
def unnested(model: type[models.Model], columns: tuple[str, ...]) -> str:
    """`SELECT … FROM ROWS FROM (…)` that yields typed rows of a model's columns."""
    sources, outs = [], []
    for number, kind in enumerate(_types(model, columns)):
        if kind == "jsonb":  # all documents of the column travel as one
            sources.append("jsonb_array_elements(%s::jsonb)")
            outs.append(f"nullif(u.c{number}, 'null')")
        elif kind.endswith("[]"):  # an array of arrays cannot be unnested; they travel as text
            sources.append("unnest(%s::text[])")
            outs.append(f"u.c{number}::{kind}")
        else:
            sources.append(f"unnest(%s::{kind}[])")
            outs.append(f"u.c{number}")
    names = ", ".join(f"c{number}" for number in range(len(columns)))
    source = ", ".join(sources)
    return f"SELECT {', '.join(outs)} FROM ROWS FROM ({source}) AS u({names})"  # noqa: S608


def columnwise(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Sequence[object]]
) -> list[object]:
    """Rows turned into the parameters that `unnested` takes, one for each column.

    Values of a JSON column are given as JSON text, of an array column as `array_text`.
    """
    values: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return [
        _documents(column) if kind == "jsonb" else _array(column)
        for kind, column in zip(_types(model, columns), values, strict=True)
    ]


def _documents(values: Sequence[Any]) -> str:
    return "[" + ",".join(["null" if value is None else value for value in values]) + "]"


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    int: str,
    str: _quoted,
    datetime: _quoted,
    date: _quoted,
    bool: lambda value: "t" if value else "f",
}


def _array(values: Sequence[object]) -> object:
    """An array as PostgreSQL reads it, where that is plain to write; else a list.

    The driver looks at every element of a list one by one, which for thousands of rows takes
    longer than all the rest that happens outside of the database.
    """
    kinds = set(map(type, values))
    empty = type(None) in kinds
    kinds.discard(type(None))
    write = _WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
    if write is None:
        return list(values)
    if empty:
        return "{" + ",".join(["NULL" if each is None else write(each) for each in values]) + "}"
    return "{" + ",".join(map(write, values)) + "}"


@lru_cache(maxsize=512)
def insert_statement(model: type[models.Model], columns: tuple[str, ...]) -> str:
    """`INSERT INTO … SELECT … FROM unnest(…)` for a model's columns."""
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({", ".join(columns)}) {unnested(model, columns)}'


def insert(
    model: type[models.Model],
    columns: tuple[str, ...],
    rows: Sequence[Sequence[object]],
    *,
    suffix: str = "",
) -> int:
    """Insert any number of rows in one statement; JSON columns as text, arrays as `array_text`.

    `suffix` may be an ON CONFLICT clause. Returns the number of rows inserted.
    """
    if not rows:
        return 0
    statement = insert_statement(model, columns)
    return execute(f"{statement} {suffix}", columnwise(model, columns, rows))


def array_text(values: Iterable[int]) -> str:
    """A PostgreSQL array literal of integers, for columns that travel as text."""
    return "{" + ",".join(map(str, values)) + "}"


def document(value: Any) -> Any:
    """A JSON column of a fetched row as Python values."""
    return json.loads(value) if isinstance(value, str) else value
