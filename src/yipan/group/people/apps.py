"""The card of people."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import ORGANISATIONS


class PeopleConfig(ModuleConfig):
    name = "yipan.group.people"
    label = "people"
    purpose = "Accounts, roles and scope"
    requires = ("organisations",)
    permissions = ("people.read", "people.write")
    menu = (
        MenuEntry(
            ORGANISATIONS,
            _("People"),
            "people.Person",
            "id-card",
            url_name="console-people",
            permission="people.read",
        ),
    )
