"""The card of attribution."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import DISTRIBUTORS, ORDERS


class AttributionConfig(ModuleConfig):
    name = "yipan.distribution.attribution"
    label = "attribution"
    purpose = "Who is credited with a sale, and why"
    requires = ("distributors", "orders")
    permissions = ("attribution.read", "attribution.write")
    menu = (
        MenuEntry(ORDERS, _("Decisions"), "attribution.Decision", "split"),
        MenuEntry(DISTRIBUTORS, _("Bindings"), "attribution.Binding", "user-check"),
        MenuEntry(DISTRIBUTORS, _("Touches"), "attribution.Touch", "pointer"),
        MenuEntry(DISTRIBUTORS, _("Coupons"), "attribution.Coupon", "ticket-percent"),
    )
