"""The card of people."""

from yipan.kernel.modules import ModuleConfig


class PeopleConfig(ModuleConfig):
    name = "yipan.group.people"
    label = "people"
    purpose = "Accounts, roles and scope"
    requires = ("organisations",)
    permissions = ("people.read", "people.write")
