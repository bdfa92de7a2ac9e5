"""The card of webhooks."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import OPEN_API


class WebhooksConfig(ModuleConfig):
    name = "yipan.surfaces.webhooks"
    label = "webhooks"
    purpose = "Events sent to outside programs"
    requires = ("openapi",)
    optional = True
    permissions = ("webhooks.read", "webhooks.write")
    menu = (
        MenuEntry(OPEN_API, _("Webhooks"), "webhooks.Endpoint", "webhook"),
        MenuEntry(OPEN_API, _("Deliveries"), "webhooks.Delivery", "send"),
    )
