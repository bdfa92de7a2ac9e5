"""Sections of the console's menu, in the order in which they stand there."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ORGANISATIONS: Final = _("Organisations")
DISTRIBUTORS: Final = _("Distributors")
POOL: Final = _("Distribution pool")
GOODS: Final = _("Goods and stock")
ORDERS: Final = _("Orders")
COMMISSION: Final = _("Commission")
PAYOUTS: Final = _("Payouts")
RULES: Final = _("Rules and policies")
OPEN_API: Final = _("Open API")
AUDIT: Final = _("Audit")

SECTIONS: Final[tuple[str | Promise, ...]] = (
    ORGANISATIONS,
    DISTRIBUTORS,
    POOL,
    GOODS,
    ORDERS,
    COMMISSION,
    PAYOUTS,
    RULES,
    OPEN_API,
    AUDIT,
)
