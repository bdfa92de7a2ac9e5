"""Finding and opening accounts, set-based, with the ids cached: an account never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple

from django.db import transaction

from yipan.kernel import clock, sql
from yipan.kernel.ids import next_ids
from yipan.kernel.process_memory import on_forget
from yipan.kernel.tenancy import current_tenant_id
from yipan.ledger.kinds import kind_named
from yipan.ledger.models import Account, Balance


class AccountRef(NamedTuple):
    """Names one account of the tenant in context."""

    kind: str
    owner_id: int
    currency: str


_MOST: Final = 500_000
_cache: dict[tuple[int, AccountRef], int] = {}

_ACCOUNT: Final = ("id", "tenant_id", "kind", "owner_id", "currency", "opened_at")
_BALANCE: Final = ("id", "tenant_id", "amount", "may_go_below")
_FIND = """
SELECT a.kind, a.owner_id, a.currency, a.id
  FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS w(kind, owner_id, currency)
  JOIN ledger_account a
    ON a.tenant_id = %s AND a.owner_id = w.owner_id AND a.kind = w.kind AND a.currency = w.currency
"""


def find_accounts(refs: Iterable[AccountRef]) -> dict[AccountRef, int]:
    """Ids of those accounts that are open; no statement for what the process has seen."""
    tenant_id = current_tenant_id()
    found: dict[AccountRef, int] = {}
    unseen: list[AccountRef] = []
    for ref in set(refs):
        known = _cache.get((tenant_id, ref))
        if known is None:
            unseen.append(ref)
        else:
            found[ref] = known
    if unseen:
        kinds, owners, currencies = map(list, zip(*unseen, strict=True))
        rows = sql.fetch(_FIND, (kinds, owners, currencies, tenant_id))
        fresh = {AccountRef(kind, owner, currency): id_ for kind, owner, currency, id_ in rows}
        found |= fresh
        transaction.on_commit(partial(_remember, tenant_id, fresh))
    return found


def accounts_for(refs: Iterable[AccountRef]) -> dict[AccountRef, int]:
    """Ids of the accounts, opening those that are missing. Safe against others doing the same."""
    wanted = set(refs)
    found = find_accounts(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        _open(missing)
        found |= find_accounts(missing)
    return found


def _open(refs: list[AccountRef]) -> None:
    tenant_id, now = current_tenant_id(), clock.now()
    rows = [
        (id_, tenant_id, ref.kind, ref.owner_id, ref.currency, now)
        for id_, ref in zip(next_ids(len(refs)), refs, strict=True)
    ]
    conflict = "ON CONFLICT (tenant_id, owner_id, kind, currency) DO NOTHING"
    sql.insert(Account, _ACCOUNT, rows, suffix=conflict)
    ids = find_accounts(refs)
    balances = [
        (ids[ref], tenant_id, 0, kind_named(ref.kind).may_go_below)
        for ref in refs
        if kind_named(ref.kind).keeps_balance
    ]
    sql.insert(Balance, _BALANCE, balances, suffix="ON CONFLICT (id) DO NOTHING")


def _remember(tenant_id: int, fresh: Mapping[AccountRef, int]) -> None:
    if len(_cache) > _MOST:
        _cache.clear()
    for ref, id_ in fresh.items():
        _cache[tenant_id, ref] = id_


@on_forget
def _forget() -> None:
    _cache.clear()
