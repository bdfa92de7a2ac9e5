"""The card of withdrawals."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig


class WithdrawalsConfig(ModuleConfig):
    name = "yipan.payouts.withdrawals"
    label = "withdrawals"
    purpose = "From available commission to a bank card"
    requires = ("settlement",)
    optional = True
    permissions = ("withdrawals.read", "withdrawals.write", "withdrawals.approve")
    menu = (
        MenuEntry(_("Payouts"), _("Withdrawals"), "withdrawals.Withdrawal", "payments"),
        MenuEntry(_("Payouts"), _("Bank cards"), "withdrawals.BankCard", "credit_card"),
    )
