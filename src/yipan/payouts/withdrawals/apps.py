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
        MenuEntry(PAYOUTS, _("Withdrawals"), "withdrawals.Withdrawal", "payments"),
        MenuEntry(PAYOUTS, _("Bank cards"), "withdrawals.BankCard", "credit_card"),
        MenuEntry(PAYOUTS, _("Bank files"), "withdrawals.BankFile", "upload_file"),
        MenuEntry(PAYOUTS, _("Return files"), "withdrawals.BankReturn", "download"),
        MenuEntry(PAYOUTS, _("Differences"), "withdrawals.BankBreak", "difference"),
    )
