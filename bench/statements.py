"""The statements of a request as pgbench scripts: what the database alone could do.

A request is played once while its statements are watched. Everything in them that must differ
from one transaction to the next (ids, numbers, keys, the buyer) becomes an expression over pgbench
variables; all else stays as it was sent. The scripts are run in prepared mode, as the application
does it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

_NUMBER = re.compile(r"\d+")


class Seen(NamedTuple):
    """One statement with its parameters, and whether it ran inside the transaction."""

    sql: str
    params: Sequence[object]
    in_transaction: bool


@contextmanager
def watch() -> Iterator[list[Seen]]:
    """Every statement of the block, in order."""
    seen: list[Seen] = []

    def note(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        seen.append(Seen(sql, tuple(params or ()), connection.in_atomic_block))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


class Variables(NamedTuple):
    """What differs between transactions."""

    ids: range
    """Ids handed out to the watched request: `:b` takes the place of the first."""
    number: str
    """Text in which `:b` takes the place of the digits of the watched order's number."""
    member_id: int
    """`:m0 + :k` takes its place."""
    member: str
    """The buyer's name at the channel; ends in the number that `:k` takes the place of."""

    def expression(self, text: str) -> str:
        """SQL for a text, with the variables in it."""
        parts = [f"'{text[:0]}'"]
        last = 0
        pattern = re.compile(f"{re.escape(self.number)}|{re.escape(self.member)}(?!\\d)|\\d+")
        for match in pattern.finditer(text):
            found = self._of(match.group())
            if found is not None:
                parts += [_literal(text[last : match.start()]), found]
                last = match.end()
        parts.append(_literal(text[last:]))
        kept = [part for part in parts if part != "''"]
        return f"({' || '.join(kept)})" if kept else "''"

    def _of(self, token: str) -> str | None:
        if token == self.number:
            return f"{_literal(_NUMBER.sub('', self.number))} || :b::bigint"
        if token == self.member:
            return f"{_literal(_NUMBER.sub('', self.member))} || :k::bigint"
        return self.id_of(int(token)) if token.isdecimal() else None

    def id_of(self, value: int) -> str | None:
        """SQL for an id that differs, or None."""
        if value in self.ids:
            return f"(:b::bigint + {value - self.ids.start})"
        if value == self.member_id:
            return "(:m0::bigint + :k::bigint)"
        return None


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    # A colon before a letter would be read as a variable.
    return re.sub(r":(?=[A-Za-z_0-9])", ":' || '", f"'{escaped}'")


def _value(value: object, variables: Variables) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int():
            return variables.id_of(value) or str(value)
        case str():
            return variables.expression(value)
        case datetime() | date():
            return f"'{value.isoformat()}'"
        case bytes():
            return f"'\\x{value.hex()}'::bytea"
        case list() | tuple():
            return f"ARRAY[{', '.join(_value(each, variables) for each in value)}]"
    message = f"{type(value).__name__} in a statement"
    raise TypeError(message)


def script(seen: Sequence[Seen], variables: Variables) -> str:
    """A pgbench script of one request."""
    lines = [
        "\\set n :n + 1",
        "\\set b (:client_id + 1) * 100000000000000 + :n * 1000",
        "\\set k random(0, :members - 1)",
    ]
    inside = False
    for statement in seen:
        if statement.in_transaction and not inside:
            lines.append("BEGIN;")
        inside = statement.in_transaction
        values = iter(statement.params)
        plain = re.sub(r"--[^\n]*", "", statement.sql)
        text = re.sub(r"%s", lambda _, v=values: _value(next(v), variables), plain)  # type: ignore[misc]
        lines.append(" ".join(text.replace("%%", "%").split()) + ";")
    lines.append("COMMIT;")
    return "\n".join(lines) + "\n"
