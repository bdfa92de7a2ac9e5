"""A group to test with.

HQ
├── RETAIL (industry group)
│   ├── R1 (company): stores R1-A, R1-B
│   └── R2 (company): store R2-A
└── FOOD (industry group)
    └── F1 (company): stores F1-A, F1-B
"""

from __future__ import annotations

from dataclasses import dataclass

from yipan.group.organisations.actions import create_headquarters, create_organisation
from yipan.group.organisations.models import Level, Organisation
from yipan.kernel.actor import SYSTEM

_PLAN = (
    ("RETAIL", "HQ", Level.INDUSTRY_GROUP, "零售产业集团"),
    ("FOOD", "HQ", Level.INDUSTRY_GROUP, "食品产业集团"),
    ("R1", "RETAIL", Level.COMPANY, "华东公司"),
    ("R2", "RETAIL", Level.COMPANY, "华南公司"),
    ("F1", "FOOD", Level.COMPANY, "食品公司"),
    ("R1-A", "R1", Level.STORE, "上海一店"),
    ("R1-B", "R1", Level.STORE, "上海二店"),
    ("R2-A", "R2", Level.STORE, "广州一店"),
    ("F1-A", "F1", Level.STORE, "成都一店"),
    ("F1-B", "F1", Level.STORE, "成都二店"),
)


@dataclass(frozen=True)
class GroupTree:
    """The organisations by code: `tree["R1-A"]`."""

    by_code: dict[str, Organisation]

    def __getitem__(self, code: str) -> Organisation:
        return self.by_code[code]

    @property
    def headquarters(self) -> Organisation:
        return self["HQ"]

    def again(self, code: str) -> Organisation:
        """As it stands in the database now."""
        found: Organisation = Organisation.objects.get(code=code)
        return found


def make_headquarters(code: str = "HQ", name: str = "一盘集团") -> Organisation:
    return create_headquarters(code=code, name=name)


def make_organisation(
    parent: Organisation, level: str = Level.STORE, code: str = "", name: str = "门店"
) -> Organisation:
    if not code:
        code = f"{parent.code}-{Organisation.objects.count()}"
    return create_organisation(parent=parent, level=level, code=code, name=name, by=SYSTEM)


def make_tree() -> GroupTree:
    """The whole group, in the tenant in context."""
    by_code = {"HQ": make_headquarters()}
    for code, parent, level, name in _PLAN:
        by_code[code] = make_organisation(by_code[parent], level, code, name)
    return GroupTree(by_code)
