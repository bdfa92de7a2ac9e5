"""The card of organisations."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import ORGANISATIONS


class OrganisationsConfig(ModuleConfig):
    name = "yipan.group.organisations"
    label = "organisations"
    purpose = "The four-level tree of the group, with distribution switches"
    permissions = ("organisations.read", "organisations.write")
    menu = (
        MenuEntry(
            ORGANISATIONS,
            _("Organisation tree"),
            "organisations.Organisation",
            "network",
            url_name="console-organisations",
            permission="organisations.read",
        ),
    )
