"""Nothing is withheld: the group's payroll, or the payee, sees to the tax."""

from __future__ import annotations

from yipan.payouts.withdrawals.taxes.registry import TaxCase, Withholding


class NoWithholding:
    """The whole amount is paid out."""

    code = "none"
    version = 1

    def withhold(self, case: TaxCase) -> Withholding:
        return Withholding(tax=0)
