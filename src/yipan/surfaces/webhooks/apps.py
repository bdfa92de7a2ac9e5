"""The card of webhooks."""

from yipan.kernel.modules import ModuleConfig


class WebhooksConfig(ModuleConfig):
    name = "yipan.surfaces.webhooks"
    label = "webhooks"
    purpose = "Events sent to outside programs"
    requires = ("openapi",)
    optional = True
    permissions = ("webhooks.read", "webhooks.write")
