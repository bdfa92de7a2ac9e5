"""Background work on the ledger: folding balances and sealing journals into a hash chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from yipan.kernel import clock, sql
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger.kinds import all_kinds
from yipan.ledger.models import Seal

# Rows of transactions that may still commit are left for the next time.
_HORIZON = "pg_snapshot_xmin(pg_current_snapshot())"
_FOLD = f"""
INSERT INTO ledger_balancefold (id, tenant_id, amount, through_xact)
SELECT a.id, a.tenant_id,
       coalesce((SELECT sum(p.amount) FROM ledger_posting p
                  WHERE p.account_id = a.id AND p.xact < {_HORIZON}
                    AND p.xact >= coalesce(f.through_xact, 0)::text::xid8), 0),
       {_HORIZON}::text::bigint
  FROM ledger_account a LEFT JOIN ledger_balancefold f ON f.id = a.id
 WHERE a.tenant_id = %s AND a.kind = ANY(%s::text[])
ON CONFLICT (id) DO UPDATE
   SET amount = ledger_balancefold.amount + excluded.amount,
       through_xact = excluded.through_xact
"""  # noqa: S608 - no input
_PAGE = 20_000
_JOURNALS = """
SELECT j.id, j.key, j.kind, j.occurred_at, j.recorded_at, j.reverses_id, j.xact::text::bigint,
       (SELECT string_agg(p.account_id || ':' || p.amount || ':' || p.currency, ','
                          ORDER BY p.id)
          FROM ledger_posting p WHERE p.journal_id = j.id)
  FROM ledger_journal j
 WHERE j.tenant_id = %s AND j.xact < %s::text::xid8 AND (j.xact, j.id) > (%s::text::xid8, %s)
 ORDER BY j.xact, j.id LIMIT %s
"""


def _alone(what: str) -> None:
    # The second of two runs waits and then finds nothing left to do.
    statement = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"
    sql.fetch(statement, (f"ledger.{what}", current_tenant_id()))


def fold_balances() -> None:
    """Add the postings since the last fold to the accounts that keep no balance."""
    kinds = [kind.name for kind in all_kinds() if not kind.keeps_balance]
    with unit_of_work():
        _alone("fold")
        sql.execute(_FOLD, (current_tenant_id(), kinds))


def seal_journals() -> Seal | None:
    """Add one link over every journal committed since the last one; None if there is none."""
    with unit_of_work():
        _alone("seal")
        last = Seal.objects.order_by("-sequence").first()
        ((horizon,),) = sql.fetch(f"SELECT {_HORIZON}::text::bigint")
        start = last.until_xact if last else 0
        digest, count = _digest(last.hash if last else "", start, horizon)
        if count == 0:
            return None
        seal: Seal = Seal.objects.create(
            sequence=last.sequence + 1 if last else 1,
            from_xact=start,
            until_xact=horizon,
            journals=count,
            previous=last.hash if last else "",
            hash=digest,
            sealed_at=clock.now(),
        )
        return seal


def _digest(previous: str, from_xact: int, until_xact: int) -> tuple[str, int]:
    digest, count = hashlib.sha256(previous.encode()), 0
    for line in _lines(from_xact, until_xact):
        digest.update(line.encode())
        count += 1
    return digest.hexdigest(), count


def _lines(from_xact: int, until_xact: int) -> Iterator[str]:
    after = (from_xact - 1, 2**62) if from_xact else (0, 0)
    while True:
        params = (current_tenant_id(), until_xact, *after, _PAGE)
        rows = sql.fetch(_JOURNALS, params)
        for id_, key, kind, occurred, recorded, reverses, xact, postings in rows:
            yield (
                "|".join(
                    (
                        str(id_),
                        key,
                        kind,
                        occurred.isoformat(),
                        recorded.isoformat(),
                        str(reverses or ""),
                        str(xact),
                        postings or "",
                    )
                )
                + "\n"
            )
        if len(rows) < _PAGE:
            return
        after = (rows[-1][6], rows[-1][0])


def broken_links() -> Iterator[str]:
    """Sentences on what is wrong with the chain; nothing where it is whole."""
    previous, start, sequence = "", 0, 0
    for seal in Seal.objects.order_by("sequence"):
        sequence += 1
        if (seal.sequence, seal.previous, seal.from_xact) != (sequence, previous, start):
            yield f"seal {seal.sequence} does not follow the one before"
        digest, count = _digest(seal.previous, seal.from_xact, seal.until_xact)
        if (digest, count) != (seal.hash, seal.journals):
            yield f"seal {seal.sequence}: the journals under it were changed"
        previous, start, sequence = seal.hash, seal.until_xact, seal.sequence
