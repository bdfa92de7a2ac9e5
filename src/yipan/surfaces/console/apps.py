"""The card of console."""

from yipan.kernel.modules import ModuleConfig


class ConsoleConfig(ModuleConfig):
    name = "yipan.surfaces.console"
    label = "console"
    purpose = "The operations back office"
    requires = ("people",)
    optional = True
