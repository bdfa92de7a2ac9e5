"""The card of openapi."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import OPEN_API


class OpenapiConfig(ModuleConfig):
    name = "yipan.surfaces.openapi"
    label = "openapi"
    purpose = "The open API"
    requires = ("orders",)
    permissions = ("api_clients.read", "api_clients.write", "events.read")
    menu = (MenuEntry(OPEN_API, _("API clients"), "openapi.ApiClient", "key-round"),)
