"""The card of attribution."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig


class AttributionConfig(ModuleConfig):
    name = "yipan.distribution.attribution"
    label = "attribution"
    purpose = "Who is credited with a sale, and why"
    requires = ("distributors", "orders")
    permissions = ("attribution.read", "attribution.write")
    menu = (
        MenuEntry(_("Distribution"), _("Decisions"), "attribution.Decision", "gavel"),
        MenuEntry(_("Distribution"), _("Touches"), "attribution.Touch", "touch_app"),
        MenuEntry(_("Distribution"), _("Bindings"), "attribution.Binding", "link"),
        MenuEntry(_("Distribution"), _("Coupons"), "attribution.Coupon", "sell"),
    )
