"""Categories as the shop shows them: with an icon each, top ones with what is below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yipan.goods.catalogue.models import Category
from yipan.goods.catalogue.queries import categories

LEADING: Final = 9
"""Icons on the first page, beside the one to all of them."""

# The first word that a name contains decides. Listed in frontend/icons.txt too, to be drawn.
_ICONS: Final = (
    ("女装|连衣裙|dress|women", "shirt"),
    ("男装|衬衫|西装|clothes|men", "shirt"),
    ("鞋|shoe", "footprints"),
    ("包|箱|bag", "handbag"),
    ("茶|咖啡|tea|coffee", "coffee"),
    ("酒|wine|beer", "wine"),
    ("滋补|保健|营养|health", "heart-pulse"),
    ("粮|米|面|油|干货|grain|rice", "wheat"),
    ("果|蔬|fruit|vegetable", "apple"),
    ("肉|鱼|海鲜|生鲜|meat|fish", "fish"),
    ("零食|糖|饼|糕|snack|sweet", "cookie"),
    ("乳|奶|milk", "milk"),
    ("床|寝|被|枕|bed", "bed-double"),
    ("厨|锅|餐|碗|kitchen", "cooking-pot"),
    ("家具|沙发|椅|furniture", "armchair"),
    ("灯|light|lamp", "lamp"),
    ("卫浴|浴|洗|bath", "bath"),
    ("电器|家电|appliance", "refrigerator"),
    ("手机|phone", "smartphone"),
    ("电脑|数码|computer|digital", "laptop"),
    ("美妆|护肤|化妆|beauty|cosmetic", "sparkles"),
    ("母婴|儿童|童|婴|baby|kids", "baby"),
    ("运动|户外|sport|outdoor", "dumbbell"),
    ("书|文具|book", "book-open"),
    ("珠宝|首饰|表|jewel|watch", "gem"),
    ("花|绿植|flower|plant", "flower-2"),
    ("宠物|pet", "paw-print"),
    ("玩具|toy", "toy-brick"),
    ("家居|家纺|home", "sofa"),
    ("礼|gift", "gift"),
    ("服饰|服装|fashion", "shirt"),
    ("食品|food", "utensils"),
)
_ANY: Final = "package"


@dataclass(frozen=True, slots=True)
class Department:
    """A category with its icon and those directly below it."""

    id: int
    name: str
    icon: str
    path: str
    below: tuple[Department, ...] = ()


def icon_of(name: str) -> str:
    """The icon that suits a category's name."""
    folded = name.casefold()
    for words, icon in _ICONS:
        if any(word in folded for word in words.split("|")):
            return icon
    return _ANY


def departments() -> list[Department]:
    """The top categories with those below them; one statement."""
    return _tree(list(categories().order_by("path")))


def leading() -> list[Department]:
    """The categories of the first page: the lowest ones, or the top ones where these are enough."""
    top = departments()
    below = [each for department in top for each in department.below or (department,)]
    return below if len(below) <= LEADING else top[:LEADING]


def _tree(rows: Sequence[Category]) -> list[Department]:
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def made(row: Category) -> Department:
        inside = tuple(made(child) for child in below.get(row.id, ()))
        return Department(row.id, row.name, icon_of(row.name), row.path, inside)

    return [made(row) for row in below.get(None, ())]
