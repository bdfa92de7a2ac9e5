"""Drawing every kind of goods in every palette it comes in, once, while other work goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

from yipan.demo.drawn import clothing, food, home
from yipan.demo.drawn.palettes import HUES, SERIES, Hue
from yipan.demo.drawn.pen import Pen
from yipan.demo.drawn.people import portrait
from yipan.goods.catalogue.pictures import store_image

_GOODS: Final = "demo/goods"
_PEOPLE: Final = "demo/people"
_EFFORT: Final = 2
"""The smallest files are not worth the time: everybody waits for the first start."""
PORTRAITS: Final = 12
"""Different faces of women, and of men."""

DRAWINGS: Final[dict[str, Callable[[Pen], None]]] = {
    "真丝衬衫": clothing.silk_shirt,
    "羊毛大衣": clothing.coat,
    "针织连衣裙": clothing.dress,
    "高腰阔腿裤": clothing.wide_trousers,
    "羊绒披肩": clothing.shawl,
    "免烫衬衫": clothing.pressed_shirt,
    "羊毛西装": clothing.suit,
    "轻薄羽绒服": clothing.down_jacket,
    "休闲长裤": clothing.slim_trousers,
    "小羊皮平底鞋": clothing.flats,
    "牛皮通勤包": clothing.handbag,
    "轻便跑鞋": clothing.running_shoe,
    "明前龙井": food.green_tea,
    "陈年普洱": food.puer,
    "武夷岩茶": food.rock_tea,
    "即食燕窝": food.bird_nest,
    "长白山人参": food.ginseng,
    "阿胶糕": food.donkey_cake,
    "枸杞原浆": food.goji,
    "五常大米": food.rice,
    "山茶油": food.camellia_oil,
    "菌菇礼盒": food.mushrooms,
    "长绒棉四件套": home.bedding,
    "蚕丝被": home.quilt,
    "乳胶枕": home.pillow,
    "铸铁锅": home.iron_pot,
    "破壁机": home.blender,
    "骨瓷餐具": home.china,
    "空气净化器": home.purifier,
    "扫地机器人": home.robot,
    "按摩椅": home.chair,
}
"""By the name of the kind."""


class PictureBook:
    """Draws each picture once, in the background; use it as a context."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, Hue], Future[str]] = {}
        self._faces: dict[tuple[int, bool], Future[str]] = {}
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="demo-pictures")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)

    def begin(self, kind: str, *, series: int = 0, colour: str = "") -> None:
        """Have a kind drawn, in the palette of its series or of a colour."""
        key = (kind, _hue(series, colour))
        if key not in self._drawn:
            self._drawn[key] = self._pool.submit(_goods, *key)

    def goods(self, kind: str, *, series: int = 0, colour: str = "") -> str:
        """The path of a picture, which is waited for."""
        self.begin(kind, series=series, colour=colour)
        return self._drawn[kind, _hue(series, colour)].result()

    def begin_faces(self) -> None:
        """Have all portraits drawn."""
        for number in range(PORTRAITS):
            for woman in (True, False):
                self._faces[number, woman] = self._pool.submit(_face, number, woman)

    def face(self, number: int, *, woman: bool) -> str:
        """The path of a portrait; there are PORTRAITS of each sex."""
        return self._faces[number % PORTRAITS, woman].result()


def _hue(series: int, colour: str) -> Hue:
    return HUES.get(colour) or SERIES[series % len(SERIES)]


def _goods(kind: str, hue: Hue) -> str:
    pen = Pen(hue)
    DRAWINGS[kind](pen)
    return store_image(pen.finished(), folder=_GOODS, effort=_EFFORT)


def _face(number: int, woman: bool) -> str:
    return store_image(portrait(number, woman=woman), folder=_PEOPLE, effort=_EFFORT)
