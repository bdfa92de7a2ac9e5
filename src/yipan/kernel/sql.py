"""Hand-written, set-based SQL for the hot paths.

`%s` parameters, bound on the server; arrays go in as lists with a cast (`%s::bigint[]`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

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
def _column_types(
    model: type[models.Model], columns: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """(cast of the array in, expression of one value out) of each column."""
    by_column = {field.column: field for field in model._meta.concrete_fields}
    types = []
    for column in columns:
        db_type = by_column[column].db_type(connection) or "text"
        # Arrays and documents cannot be unnested as themselves; they travel as text.
        if db_type.endswith("[]") or db_type == "jsonb":
            types.append(("text[]", f"{db_type}"))
        else:
            plain = db_type.split("(")[0]
            types.append((f"{plain}[]", ""))
    return tuple(types)


@lru_cache(maxsize=512)
def unnested(model: type[models.Model], columns: tuple[str, ...]) -> str:
    """`SELECT … FROM unnest(…)` that yields typed rows of a model's columns."""
    types = _column_types(model, columns)
    names = [f"c{index}" for index in range(len(columns))]
    outs = ", ".join(
        f"u.{name}::{cast}" if cast else f"u.{name}"
        for name, (_, cast) in zip(names, types, strict=True)
    )
    arrays = ", ".join(f"%s::{array}" for array, _ in types)
    return f"SELECT {outs} FROM unnest({arrays}) AS u({', '.join(names)})"  # noqa: S608 - no input


def columnwise(columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> list[object]:
    """Rows turned into the parameters that `unnested` takes: one array for each column."""
    if not rows:
        return [[] for _ in columns]
    return [_array(values) for values in zip(*rows, strict=True)]


def _array(values: Sequence[object]) -> object:
    """An array as PostgreSQL reads it, where that is plain to write; else a list.

    The driver looks at every element of a list one by one, which for thousands of rows takes
    longer than all the rest that happens outside of the database.
    """
    types = set(map(type, values))
    if types == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if types in ({str}, {datetime}):
        text = '","'.join(map(str, values))
        if "\\" not in text and text.count('"') == 2 * (len(values) - 1):
            return '{"' + text + '"}'
    return list(values)


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
    return execute(f"{statement} {suffix}", columnwise(columns, rows))


def array_text(values: Iterable[int]) -> str:
    """A PostgreSQL array literal of integers, for columns that travel as text."""
    return "{" + ",".join(map(str, values)) + "}"


def document(value: Any) -> Any:
    """A JSON column of a fetched row as Python values."""
    return json.loads(value) if isinstance(value, str) else value
