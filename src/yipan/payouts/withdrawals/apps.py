"""The card of withdrawals."""

from yipan.kernel.modules import ModuleConfig


class WithdrawalsConfig(ModuleConfig):
    name = "yipan.payouts.withdrawals"
    label = "withdrawals"
    purpose = "From available commission to a bank card"
    requires = ("settlement",)
    optional = True
    permissions = ("withdrawals.read", "withdrawals.write", "withdrawals.approve")
