"""The card of live."""

from yipan.kernel.modules import ModuleConfig


class LiveConfig(ModuleConfig):
    name = "yipan.surfaces.live"
    label = "live"
    purpose = "Tells open pages at once what happened"
    requires = ()
    optional = True
