"""What withdrawals hook in when they are on: account kinds, providers, tax methods, indexes."""

from collections.abc import Sequence

from yipan.distribution.distributors.models import DistributorKind
from yipan.kernel.resealing import Opened, reindexes, write_indexes
from yipan.payouts.withdrawals import accounts
from yipan.payouts.withdrawals.actions.cards import name_index, number_index
from yipan.payouts.withdrawals.providers.bank_file import BankByFile
from yipan.payouts.withdrawals.providers.registry import register_provider
from yipan.payouts.withdrawals.providers.sandbox import SandboxBank
from yipan.payouts.withdrawals.taxes.none import NoWithholding
from yipan.payouts.withdrawals.taxes.registry import register_tax_method

__all__ = ["accounts"]

register_provider(SandboxBank())
register_provider(BankByFile(), by_file=True)
register_tax_method(NoWithholding(), kinds=DistributorKind.values)


@reindexes("withdrawals_payee", "name_sealed")
def reindex_names(opened: Sequence[Opened]) -> int:
    """Have real names compared with holders of cards."""
    return write_indexes("withdrawals_payee", "name_index", _by_name(opened))


@reindexes("withdrawals_bankcard", "holder_sealed")
def reindex_holders(opened: Sequence[Opened]) -> int:
    """Have holders of cards compared with real names."""
    return write_indexes("withdrawals_bankcard", "holder_index", _by_name(opened))


@reindexes("withdrawals_bankcard", "number_sealed")
def reindex_numbers(opened: Sequence[Opened]) -> int:
    """Have a card that is added twice found."""
    indexes = [(id_, number_index(number)) for id_, number in opened]
    taken = (
        "o.number_index = u.value AND o.distributor_id = t.distributor_id "
        "AND o.removed_at IS NULL AND t.removed_at IS NULL"
    )
    return write_indexes("withdrawals_bankcard", "number_index", indexes, unless_taken=taken)


def _by_name(opened: Sequence[Opened]) -> list[Opened]:
    return [(id_, name_index(name)) for id_, name in opened]
