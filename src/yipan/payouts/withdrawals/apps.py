"""The card of withdrawals."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import PAYOUTS


class WithdrawalsConfig(ModuleConfig):
    name = "yipan.payouts.withdrawals"
    label = "withdrawals"
    purpose = "From available commission to a bank card"
    requires = ("settlement",)
    optional = True
    permissions = ("withdrawals.read", "withdrawals.write", "withdrawals.approve")
    menu = (
        MenuEntry(PAYOUTS, _("Withdrawals"), "withdrawals.Withdrawal", "banknote"),
        MenuEntry(PAYOUTS, _("Bank cards"), "withdrawals.BankCard", "credit-card"),
        MenuEntry(PAYOUTS, _("Bank files"), "withdrawals.BankFile", "file-output"),
        MenuEntry(PAYOUTS, _("Return files"), "withdrawals.BankReturn", "file-input"),
        MenuEntry(PAYOUTS, _("Differences"), "withdrawals.BankBreak", "file-diff"),
    )
