"""The bar at the bottom of the mall."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class TabItem(NamedTuple):
    """One place to go."""

    name: str
    href: str
    icon: str
    label: str | Promise
    current: bool
    mark: str
    """What the mark at the icon says; empty: no mark."""


_TABS: Final = (
    ("home", "mall-home", "house", _("Home")),
    ("categories", "mall-categories", "layout-grid", _("Browse")),
    ("basket", "mall-basket", "shopping-cart", _("Basket")),
    ("me", "mall-me", "user", _("Me")),
)
_MOST: Final = 99


def tab_items(group: str, current: str, basket_count: int) -> list[TabItem]:
    """The places to go in the mall of a group, the current one marked."""
    return [
        TabItem(
            name,
            reverse(url_name, kwargs={"group": group}),
            icon,
            label,
            name == current,
            marked(basket_count) if name == "basket" else "",
        )
        for name, url_name, icon, label in _TABS
    ]


def marked(count: int) -> str:
    """A number as small as a mark: nothing for none, 99+ for many."""
    if not count:
        return ""
    return f"{_MOST}+" if count > _MOST else str(count)
