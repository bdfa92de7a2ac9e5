"""Lays the same weeks of trade end to end, in the database: what was played once, shifted in time.

A copy of a row has an id of its own; what names another row that is copied names its copy. Goods,
people, links, accounts and stock stay as they are, balances are those of all the copies.
"""

from __future__ import annotations

from typing import Final, LiteralString

import psycopg
from psycopg import sql

STEP: Final = 10**12
"""Between the ids of a row and its copy; far above every id that was handed out."""
_ID_BLOCK: Final = 65_536
_COPIED: Final[dict[LiteralString, tuple[LiteralString, ...]]] = {
    "orders_order": (),
    "orders_orderline": ("order_id",),
    "orders_refund": ("line_id",),
    "payments_payment": ("order_id",),
    "attribution_touch": ("order_id",),
    "attribution_decision": ("order_id", "touch_id"),
    "commissions_entry": ("line_id", "order_id", "refund_id", "reverses_id"),
    "commissions_entrystate": ("line_id",),
    "ledger_journal": ("reverses_id",),
    "ledger_posting": ("journal_id",),
    "facts_fact": ("order_id", "line_id", "entry_id"),
    "kernel_outboxevent": (),
    "kernel_auditentry": (),
    "settlement_releasebatch": (),
    "withdrawals_withdrawal": (),
    "withdrawals_withdrawalstep": ("withdrawal_id",),
    "withdrawals_sandboxtransfer": (),
}
"""Tables, with the columns that name rows which are copied, too."""
_UNIQUE: Final = frozenset({"number", "reference", "key"})
"""Texts that a copy has to have for itself."""
_COLUMNS: Final = (
    "SELECT column_name, udt_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position"
)


def copy_back(url: str, *, copies: int, days: int) -> None:
    """Add so many copies of all trade, each of them so many days before the one after it."""
    with psycopg.connect(url, autocommit=True) as owner:
        # Append-only tables take rows from everybody, but the checks of each would take hours.
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET synchronous_commit = off")
        for number in range(1, copies + 1):
            for table, linked in _COPIED.items():
                statement = _statement(owner, table, {"id", *linked}, number)
                owner.execute(statement, {"shift": f"-{number * days} days", "step": STEP})
            print(f"copy {number} of {copies}", flush=True)
        owner.execute("UPDATE ledger_balance SET amount = amount * %s", (copies + 1,))
        block = (copies + 2) * STEP // _ID_BLOCK
        owner.execute("SELECT setval('yipan_id_block', %s)", (block,))
        owner.execute("VACUUM ANALYZE")


def _statement(
    owner: psycopg.Connection[tuple[object, ...]],
    table: LiteralString,
    linked: set[LiteralString],
    number: int,
) -> sql.Composed:
    columns = [(str(name), str(kind)) for name, kind in owner.execute(_COLUMNS, (table,))]
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    values = sql.SQL(", ").join(
        _value(sql.Identifier(name), name, kind, name in linked, number) for name, kind in columns
    )
    insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} WHERE id < %(step)s")
    return insert.format(sql.Identifier(table), names, values, sql.Identifier(table))


def _value(
    column: sql.Identifier, name: str, kind: str, is_linked: bool, number: int
) -> sql.Composed:
    if is_linked:
        return sql.SQL("{} + {}").format(column, sql.Literal(number * STEP))
    if kind in {"timestamptz", "date"}:
        return sql.SQL("({} + %(shift)s::interval)::{}").format(column, sql.Identifier(kind))
    if kind == "xid8":
        return sql.SQL("pg_current_xact_id()").format()
    if kind == "_int8":
        return sql.SQL("ARRAY(SELECT each + {} FROM unnest({}) AS each)").format(
            sql.Literal(number * STEP), column
        )
    if name in _UNIQUE:
        return sql.SQL("CASE WHEN {} = '' THEN '' ELSE {} || {} END").format(
            column, column, sql.Literal(f"-{number}")
        )
    return sql.SQL("{}").format(column)
