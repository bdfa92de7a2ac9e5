"""Release: entries per second from pending to available, ledger rows included.

    python -m bench.release

Worker processes release everything that is due, chunk by chunk, as the job does. The floor is the
same rows written by bare SQL on the same tables: one statement per chunk, nothing computed outside
of the database. Ways take turns, and the books are checked after each. Fact rows are not measured:
the entries here have no orders.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from statistics import median

from django.db import connection, transaction

from bench import database
from yipan.distribution.commissions.accounts import AVAILABLE, EXPENSE, PENDING
from yipan.distribution.commissions.models import EntryState
from yipan.group.organisations.models import Organisation
from yipan.kernel import clock, sql
from yipan.kernel.ids import next_id, next_ids
from yipan.kernel.models import Tenant
from yipan.kernel.tenancy import current_tenant_id
from yipan.kernel.uow import unit_of_work
from yipan.ledger import verification
from yipan.ledger.accounts import AccountRef, accounts_for
from yipan.ledger.actions import JournalDraft, PostingDraft, post
from yipan.ledger.queries import balances
from yipan.payouts.settlement.actions import CHUNK, release_due

NEEDED = 10_000

_EARN = """
INSERT INTO commissions_entrystate
       (id, tenant_id, line_id, distributor_id, organisation_id, currency, remaining, due_at,
        hold_days, held)
SELECT %s + n, %s, %s + n, %s + n %% %s, 1, 'CNY', 100, now() - n * interval '1 second', 7, false
  FROM generate_series(0, %s - 1) AS n
"""
# Ids come from the database's sequence of blocks, so that both ways draw from one well.
_FLOOR = """
WITH due AS MATERIALIZED (
    SELECT id FROM commissions_entrystate
     WHERE tenant_id = %(tenant)s AND due_at <= now() AND released_at IS NULL AND NOT held
     ORDER BY due_at, id LIMIT %(chunk)s FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
    UPDATE commissions_entrystate s SET released_at = now() FROM due WHERE s.id = due.id
    RETURNING s.id, s.distributor_id, s.remaining
), numbered AS MATERIALIZED (
    SELECT c.*, %(base)s + 3 * row_number() OVER () AS base, p.id AS pending, a.id AS available
      FROM claimed c
      JOIN ledger_account p ON p.tenant_id = %(tenant)s AND p.owner_id = c.distributor_id
       AND p.kind = 'commission_pending' AND p.currency = 'CNY'
      JOIN ledger_account a ON a.tenant_id = %(tenant)s AND a.owner_id = c.distributor_id
       AND a.kind = 'commission_available' AND a.currency = 'CNY'
), j AS (
    INSERT INTO ledger_journal (id, tenant_id, key, kind, occurred_at, recorded_at)
    SELECT base, %(tenant)s, 'release:' || id, 'release', now(), now() FROM numbered
), p AS (
    INSERT INTO ledger_posting (id, tenant_id, journal_id, account_id, amount, currency)
    SELECT base + 1, %(tenant)s, base, pending, remaining, 'CNY' FROM numbered
     UNION ALL
    SELECT base + 2, %(tenant)s, base, available, -remaining, 'CNY' FROM numbered
), d AS MATERIALIZED (
    SELECT id, sum(delta) AS delta FROM (
        SELECT pending AS id, -remaining AS delta FROM numbered
         UNION ALL SELECT available, remaining FROM numbered
    ) AS each GROUP BY id
), locked AS MATERIALIZED (
    SELECT b.id FROM ledger_balance b WHERE b.id IN (SELECT id FROM d)
     ORDER BY b.id FOR NO KEY UPDATE
), moved AS (
    UPDATE ledger_balance b SET amount = b.amount + d.delta
      FROM d JOIN locked ON locked.id = d.id WHERE b.id = d.id
)
SELECT count(*) FROM claimed
"""


def earn(tenant: Tenant, entries: int, distributors: int) -> range:
    """Due entries of 100 fen, spread evenly over distributors with open accounts."""
    owners = next_ids(distributors)
    lines = next_id() * 1_000_000
    sql.execute(_EARN, (lines, tenant.id, lines, owners[0], distributors, entries))
    with unit_of_work():
        accounts_for([AccountRef(AVAILABLE.name, owner, "CNY") for owner in owners])
        post(
            [
                accrual(owner, len(range(number, entries, distributors)))
                for number, owner in enumerate(owners)
            ]
        )
    return owners


def accrual(owner: int, entries: int) -> JournalDraft:
    amount = 100 * entries
    postings = (PostingDraft(EXPENSE.name, 1, amount), PostingDraft(PENDING.name, owner, -amount))
    return JournalDraft(f"accrual:{owner}", "accrual", clock.now(), postings)


def release_by_action(chunk: int) -> int:
    batch = release_due(limit=chunk)
    return batch.entries if batch else 0


def release_by_statement(chunk: int) -> int:
    ids = next_ids(3 * chunk + 3)
    given = {"tenant": current_tenant_id(), "chunk": chunk, "base": ids[0]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FLOOR, given)
        return int(cursor.fetchone()[0])


WAYS: dict[str, Callable[[int], int]] = {
    "the release action": release_by_action,
    "bare SQL": release_by_statement,
}


def work(way: str, tenant_id: int, chunk: int, start: Barrier) -> None:
    """One worker: release until nothing is due."""
    with database.tenant(tenant_id):
        start.wait()
        while WAYS[way](chunk):
            pass


def measured(way: str, tenant: Tenant, asked: argparse.Namespace) -> float:
    """Entries per second of one way, its books checked."""
    with database.tenant(tenant.id):
        owners = earn(tenant, asked.entries, asked.distributors)
        database.analyse()
    connection.close()
    spawn = get_context("spawn")
    start = spawn.Barrier(asked.workers + 1)
    given = (way, tenant.id, asked.chunk, start)
    workers = [spawn.Process(target=work, args=given) for _ in range(asked.workers)]
    for worker in workers:
        worker.start()
    start.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    seconds: float = time.perf_counter() - started
    with database.tenant(tenant.id):
        check(owners, asked.entries)
    return int(asked.entries) / seconds


def check(owners: range, entries: int) -> None:
    """Raises SystemExit unless everything was released, once."""
    names = [PENDING.name, AVAILABLE.name]
    found = balances(list(owners), names).values()
    sums = [sum(purse[name] for purse in found) for name in names]
    left = EntryState.objects.filter(released_at=None).count()
    problems = list(verification.problems())
    if sums != [0, 100 * entries] or left or problems:
        message = f"pending and available {sums}, {left} not released, {problems[:3]}"
        raise SystemExit(message)


def planted() -> Tenant:
    """A group with headquarters and nothing else."""
    database.fresh()
    tenant = Tenant.objects.create(code="bench", name="bench")
    with database.tenant(tenant.id):
        Organisation.objects.create(
            id=1, level="headquarters", code="HQ", name="HQ", path="/1/", created_at=clock.now()
        )
    return tenant


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--entries", type=int, default=50_000, help="in each round")
    options.add_argument("--distributors", type=int, default=1_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--chunk", type=int, default=CHUNK)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--needed", type=int, default=NEEDED, help="entries/s, or it fails")
    asked = options.parse_args()
    tenant = planted()
    rounds = [[measured(way, tenant, asked) for way in WAYS] for _ in range(asked.rounds)]
    for way, speeds in zip(WAYS, zip(*rounds, strict=True), strict=True):
        print(f"{way:<24}{median(speeds):>10,.0f} entries/s, best {max(speeds):,.0f}")
    ratios = [action / floor for action, floor in rounds]
    print(f"{'ratio to bare SQL':<24}{median(ratios):>10.2f}")
    if median(action for action, _ in rounds) < asked.needed:
        raise SystemExit(f"fewer than {asked.needed:,} entries/s")


if __name__ == "__main__":
    main()
