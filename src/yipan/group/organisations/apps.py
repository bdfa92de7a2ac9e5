"""The card of organisations."""

from yipan.kernel.modules import ModuleConfig


class OrganisationsConfig(ModuleConfig):
    name = "yipan.group.organisations"
    label = "organisations"
    purpose = "The four-level tree of the group, with distribution switches"
    permissions = ("organisations.read", "organisations.write")
