"""What an address of the grid asks for, and the choices that its filters offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yipan.distribution.pool.models import CommissionRule
from yipan.distribution.pool.queries import OfferFilters, OfferSort, rules_in_reach
from yipan.distribution.pool.queries.grid import GridFilters
from yipan.distribution.pool.queries.listing import OfferStanding
from yipan.goods.catalogue.models import Category
from yipan.group.organisations.queries import Node, tree
from yipan.kernel.money import fen_from_yuan
from yipan.kernel.text import whole

OUTSIDE: Final = "outside"
"""The state of a SKU that is not in the pool."""
MOST_RULES: Final = 300
_INDENT: Final = "　"
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class GridQuery:
    """The parameters of the grid's address, as they are written there."""

    text: str = ""
    organisation: str = ""
    category: str = ""
    state: str = ""
    rule: str = ""
    price_from: str = ""
    price_until: str = ""
    earns_from: str = ""
    earns_until: str = ""
    sale: str = ""
    sort: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> GridQuery:
        """From the query of a request."""
        return cls(**{name: str(given.get(key, "")).strip()[:200] for name, key in _KEYS.items()})

    @property
    def narrowed(self) -> bool:
        """Whether something is asked for."""
        return any(getattr(self, name) for name in _KEYS if name != "sort")

    @property
    def address(self) -> str:
        """The query as text; what is empty is left out."""
        return urlencode(
            {key: getattr(self, name) for name, key in _KEYS.items() if getattr(self, name)}
        )

    @property
    def order(self) -> OfferSort:
        """What the grid is sorted by."""
        return OfferSort(self.sort) if self.sort in set(OfferSort) else OfferSort.COMMISSION

    def filters(self, paths: Sequence[str]) -> GridFilters:
        """What is asked of the grid; what cannot be read asks nothing."""
        standing = OfferStanding(self.state) if self.state in set(OfferStanding) else None
        offers = OfferFilters(
            text=self.text[:100],
            category_id=_number(self.category),
            below_id=_number(self.organisation),
            rule_id=_number(self.rule),
            standing=standing,
            price_from=_fen(self.price_from),
            price_until=_fen(self.price_until),
            estimate_from=_fen(self.earns_from),
            estimate_until=_fen(self.earns_until),
            on_sale=self.sale != "all",
        )
        home = _number(self.organisation) or home_of(paths).id
        return GridFilters(offers, self.state == OUTSIDE, home)


_KEYS: Final = {
    "text": "q",
    "organisation": "org",
    "category": "category",
    "state": "state",
    "rule": "rule",
    "price_from": "price-from",
    "price_until": "price-until",
    "earns_from": "earns-from",
    "earns_until": "earns-until",
    "sale": "sale",
    "sort": "sort",
}


def _number(text: str) -> int | None:
    return whole(text)


def _fen(text: str) -> int | None:
    try:
        return fen_from_yuan(Decimal(text.replace(",", "").lstrip("¥"))) if text else None
    except (InvalidOperation, ValueError):
        return None


def home_of(paths: Sequence[str]) -> Node:
    """The first of the outermost organisations of somebody's subtrees."""
    return next(node for node in nodes_in(paths) if node.path.startswith(tuple(paths)))


def nodes_in(paths: Sequence[str]) -> list[Node]:
    """The organisations of these subtrees, every one after its parent."""
    return [node for node in tree().by_id.values() if node.path.startswith(tuple(paths))]


def organisation_choices(paths: Sequence[str]) -> Choices:
    """The organisations of these subtrees, indented."""
    nodes = nodes_in(paths)
    top = min((node.path.count("/") for node in nodes), default=0)
    return [(str(n.id), _INDENT * (n.path.count("/") - top) + n.name) for n in nodes]


def category_choices() -> Choices:
    """All categories, indented, every one after its parent. One statement."""
    rows = list(Category.objects.values_list("id", "path", "name"))
    names = {str(category_id): name for category_id, _path, name in rows}
    spelt = [
        (tuple(names.get(each, "") for each in path.strip("/").split("/")), category_id)
        for category_id, path, _name in rows
    ]
    return [
        (str(category_id), _INDENT * (len(names_of) - 1) + names_of[-1])
        for names_of, category_id in sorted(spelt)
    ]


def rule_choices(paths: Sequence[str], *, also: str = "") -> Choices:
    """The rules that may be used in these subtrees, by name; `also`: one to be there anyway.

    Those for bare amounts of files are left out. One statement, or two.
    """
    rules = list(rules_in_reach(paths, bare=False).order_by("name", "id")[:MOST_RULES])
    wanted = _number(also)
    if wanted is not None and all(rule.id != wanted for rule in rules):
        rules += list(rules_in_reach(paths).filter(id=wanted))
    return [(str(rule.id), rule_title(rule)) for rule in rules]


def rule_title(rule: CommissionRule) -> str:
    """What a rule is called in a choice."""
    return rule.name if rule.bare_terms else f"{rule.name} · {rule.code}"


def state_choices() -> Choices:
    """What a row may be."""
    return [
        (OfferStanding.ON.value, pgettext("offer state", "On")),
        (OfferStanding.SCHEDULED.value, pgettext("offer state", "Scheduled")),
        (OfferStanding.OFF.value, pgettext("offer state", "Off")),
        (OfferStanding.ENDED.value, pgettext("offer state", "Ended")),
        (OUTSIDE, _("Not in the pool")),
    ]


def sort_choices() -> Choices:
    """What the grid may be sorted by."""
    return [
        (OfferSort.COMMISSION.value, _("Commission, highest first")),
        (OfferSort.SALES.value, _("Sales, highest first")),
        (OfferSort.PRICE_DESC.value, _("Price, highest first")),
        (OfferSort.PRICE_ASC.value, _("Price, lowest first")),
        (OfferSort.NEWEST.value, _("Newest first")),
    ]
