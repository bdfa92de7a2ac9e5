"""The card of mall."""

from yipan.kernel.modules import ModuleConfig


class MallConfig(ModuleConfig):
    name = "yipan.surfaces.mall"
    label = "mall"
    purpose = "The phone pages of consumers"
    requires = ("catalogue", "checkout", "payments", "members", "design")
    optional = True
