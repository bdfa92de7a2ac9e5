"""The card of design."""

from yipan.kernel.modules import ModuleConfig


class DesignConfig(ModuleConfig):
    name = "yipan.surfaces.design"
    label = "design"
    purpose = "Components, icons and styles that every surface is made of"
    requires = ()
