"""The card of openapi."""

from yipan.kernel.modules import ModuleConfig


class OpenapiConfig(ModuleConfig):
    name = "yipan.surfaces.openapi"
    label = "openapi"
    purpose = "The open API"
    requires = ("orders",)
    permissions = ("api_clients.read", "api_clients.write", "events.read")
