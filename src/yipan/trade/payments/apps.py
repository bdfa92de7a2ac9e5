"""The card of payments."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import ORDERS


class PaymentsConfig(ModuleConfig):
    name = "yipan.trade.payments"
    label = "payments"
    purpose = "How orders were paid"
    requires = ("orders",)
    optional = True
    permissions = ("payments.read", "payments.write")
    menu = (
        MenuEntry(ORDERS, _("Payments"), "payments.Payment", "receipt"),
        MenuEntry(ORDERS, _("Attempts to pay"), "payments.PaymentIntent", "nfc"),
        MenuEntry(ORDERS, _("Repayments"), "payments.Repayment", "banknote-arrow-down"),
    )
