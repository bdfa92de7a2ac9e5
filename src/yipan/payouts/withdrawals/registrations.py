"""What withdrawals hook in when they are on: account kinds, providers, tax methods."""

from yipan.distribution.distributors.models import DistributorKind
from yipan.payouts.withdrawals import accounts
from yipan.payouts.withdrawals.providers.bank_file import BankByFile
from yipan.payouts.withdrawals.providers.registry import register_provider
from yipan.payouts.withdrawals.providers.sandbox import SandboxBank
from yipan.payouts.withdrawals.taxes.none import NoWithholding
from yipan.payouts.withdrawals.taxes.registry import register_tax_method

__all__ = ["accounts"]

register_provider(SandboxBank())
register_provider(BankByFile(), by_file=True)
register_tax_method(NoWithholding(), kinds=DistributorKind.values)
