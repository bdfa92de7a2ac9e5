"""The card of members."""

from yipan.kernel.modules import ModuleConfig


class MembersConfig(ModuleConfig):
    name = "yipan.customers.members"
    label = "members"
    purpose = "One identity of a buyer for every channel"
    optional = True
    permissions = ("members.read", "members.write")
