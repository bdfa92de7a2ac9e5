"""Background tasks of the ledger."""

from yipan.kernel.jobs import in_each_tenant, periodic
from yipan.ledger import upkeep


@periodic("* * * * *", name="ledger.fold_balances")
def fold_balances() -> None:
    """Fold the balances of the accounts that keep none."""
    in_each_tenant(upkeep.fold_balances)


@periodic("*/5 * * * *", name="ledger.seal_journals")
def seal_journals() -> None:
    """Seal what was booked into the hash chain."""
    in_each_tenant(upkeep.seal_journals)
