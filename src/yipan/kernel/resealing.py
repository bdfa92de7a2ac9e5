"""Sealing again with the live secret what a former one has sealed, and the indexes with it.

A blind index is made with the live secret only: until this has run, what was sealed before a
change of secrets is read but not found. Afterwards the former secret may go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yipan.kernel import sql
from yipan.kernel.access import tenant_models
from yipan.kernel.crypto import Undecipherable, decrypt, encrypt, key_id
from yipan.kernel.modules import is_enabled
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work

AT_ONCE: Final = 500
"""Values sealed again in one transaction."""

Opened = tuple[int, str]
"""Id of a row, and its value in the clear."""
Reindex = Callable[[Sequence[Opened]], int]
"""Write the blind indexes of rows anew; how many could not be, because another row has it."""
_reindexes: dict[tuple[str, str], Reindex] = {}


def reindexes(table: str, column: str) -> Callable[[Reindex], Reindex]:
    """Say how the index of a sealed column is written. Called in the transaction that seals."""

    def register(write: Reindex) -> Reindex:
        _reindexes[table, column] = write
        return write

    return register


def write_indexes(
    table: str, column: str, indexes: Sequence[Opened], *, unless_taken: str = "false"
) -> int:
    """Set the column of rows to new indexes; how many were left, because another row has theirs.

    `unless_taken`: the condition on `o`, any row of the table, under which `u.value` is taken.
    """
    statement = f"""
UPDATE {table} t SET {column} = u.value
  FROM unnest(%s::bigint[], %s::text[]) AS u(id, value)
 WHERE t.tenant_id = %s AND t.id = u.id
   AND NOT EXISTS (SELECT 1 FROM {table} o
                    WHERE o.tenant_id = t.tenant_id AND o.id <> t.id AND {unless_taken})
"""  # noqa: S608 - names of our own
    ids, values = [id_ for id_, _ in indexes], [value for _, value in indexes]
    return len(ids) - sql.execute(statement, (ids, values, current_tenant_id()))


@dataclass(slots=True)
class Resealed:
    """What became of the values of one column."""

    place: str
    """Table and column."""
    sealed: int = 0
    lost: int = 0
    """No secret that is set opens them."""
    doubled: int = 0
    """Sealed, but another row is found by the same value already."""


def reseal() -> Iterator[Resealed]:
    """Seal what a former secret has sealed in the tenant in context, column by column.

    May be broken off and begun again; what is sealed with the live secret is left alone. Columns
    of modules that are off wait until these are on.
    """
    for model in tenant_models():
        if is_enabled(model._meta.app_label):
            for field in model._meta.concrete_fields:
                if str(field.column).endswith("_sealed"):
                    yield _column(model._meta.db_table, str(field.column))


def _column(table: str, column: str) -> Resealed:
    done, last = Resealed(f"{table}.{column}"), 0
    while True:
        with unit_of_work():
            rows = _next(table, column, last)
            if not rows:
                return done
            last = rows[-1][0]
            opened = list(_opened(table, column, rows))
            done.lost += len(rows) - len(opened)
            _write(table, column, opened)
            done.sealed += len(opened)
            write = _reindexes.get((table, column))
            if write is not None and opened:
                done.doubled += write(opened)


def _next(table: str, column: str, after: int) -> list[Opened]:
    statement = f"""
SELECT id, {column} FROM {table}
 WHERE tenant_id = %s AND id > %s AND {column} <> '' AND split_part({column}, '.', 1) <> %s
 ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE
"""  # noqa: S608 - names of our own
    return list(sql.fetch(statement, (current_tenant_id(), after, key_id("at-rest", 0))))


def _opened(table: str, column: str, rows: Sequence[Opened]) -> Iterator[Opened]:
    for id_, sealed in rows:
        try:
            yield id_, decrypt(sealed, table=table, column=column, row_id=id_)
        except Undecipherable:
            continue


def _write(table: str, column: str, opened: Sequence[Opened]) -> None:
    statement = f"""
UPDATE {table} t SET {column} = u.value
  FROM unnest(%s::bigint[], %s::text[]) AS u(id, value)
 WHERE t.tenant_id = %s AND t.id = u.id
"""  # noqa: S608 - names of our own
    ids = [id_ for id_, _ in opened]
    sealed = [encrypt(plain, table=table, column=column, row_id=id_) for id_, plain in opened]
    sql.execute(statement, (ids, sealed, current_tenant_id()))
