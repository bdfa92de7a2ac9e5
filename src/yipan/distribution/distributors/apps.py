"""The card of distributors."""

from django.utils.translation import gettext_lazy as _

from yipan.kernel.modules import MenuEntry, ModuleConfig
from yipan.kernel.sections import DISTRIBUTORS


class DistributorsConfig(ModuleConfig):
    name = "yipan.distribution.distributors"
    label = "distributors"
    purpose = "Who may share and earn"
    requires = ("organisations", "people")
    permissions = ("distributors.read", "distributors.write")
    menu = (
        MenuEntry(
            DISTRIBUTORS,
            _("Distributors"),
            "distributors.Distributor",
            "users",
            url_name="console-distributors",
            permission="distributors.read",
        ),
    )
