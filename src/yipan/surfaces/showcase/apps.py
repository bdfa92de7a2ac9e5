"""The card of showcase."""

from yipan.kernel.modules import ModuleConfig


class ShowcaseConfig(ModuleConfig):
    name = "yipan.surfaces.showcase"
    label = "showcase"
    purpose = "The demo's guided tour; on in demo mode only"
    requires = ("console", "workbench", "mall", "design")
    optional = True
