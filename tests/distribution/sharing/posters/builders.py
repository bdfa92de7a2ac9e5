"""Posters of everything that can stand on one, and an independent reader of their codes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any, Final

import zxingcpp
from PIL import Image

from yipan.distribution.sharing.posters.content import Content

ADDRESS: Final = "https://shop.example.com/s/jincheng/AbCdEfGhIjKlMnOpQrStUvWxYz-_0123"
PLAIN: Final = Content(
    address=ADDRESS,
    group="锦程集团",
    shop="锦程女装上海静安大悦城店",
    where="上海市静安区西藏北路166号",
    goods=True,
    name="云岚真丝衬衫",
    specification="M · 米白",
    price=89_900,
    list_price=129_900,
    tags=("新品", "热卖"),
    picture="",
    sharer="林嘉怡",
    portrait="",
)
LONG: Final = "云岚真丝衬衫、明前龙井“特级”(礼盒装)"
CASES: Final[dict[str, dict[str, Any]]] = {
    "plain": {},
    "english": {
        "group": "Brocade Group",
        "shop": "Brocade Women, Shanghai",
        "name": "Mulberry silk shirt with mother-of-pearl buttons",
        "sharer": "Christopher Montgomery",
        "tags": ("New", "Members only"),
    },
    "longest": {
        "group": "锦程国际服饰实业发展有限责任集团公司" * 5,
        "shop": "锦程女装上海静安大悦城南广场旗舰概念体验店" * 4,
        "where": "上海市静安区西藏北路166号" * 8,
        "name": (LONG * 20)[:200],
        "specification": "尺码 XL · 颜色 米白" * 20,
        "price": 9_999_999_999,
        "list_price": 10_000_000_000,
        "tags": ("会员专享特别活动" * 5,) * 3,
        "sharer": "阿不都热西提·买买提江·" * 5,
    },
    "one long word": {"name": "A" * 200, "sharer": "W" * 60, "tags": ("W" * 40,)},
    "rare": {
        "name": "👗真丝衬衫🎁 𠮷野家 㐂龘䶮 ﷽ ✨新品✨ \u200d\ufe0f",
        "sharer": "😀😀",
        "tags": ("🔥", "热卖🔥"),
    },
    "other scripts": {"name": "Рубашка สวัสดี שלום قميص 셔츠 シャツ", "sharer": "Ёлка"},
    "free": {"price": 0, "list_price": 1, "tags": (), "specification": ""},
    "no price": {"price": None, "list_price": None},
    "shop": {
        "goods": False,
        "name": "锦程女装上海静安大悦城店",
        "price": None,
        "list_price": None,
        "tags": (),
        "specification": "",
    },
    "long address": {"address": ADDRESS + "?campaign=" + "spring-2026-" * 8},
    "nothing": {"name": "", "sharer": "", "group": "", "shop": "", "where": "", "tags": ("",)},
}


def content(case: str = "plain", **more: Any) -> Content:
    return replace(PLAIN, **{**CASES[case], **more})


def read(image: Image.Image) -> list[str]:
    """What the codes on a picture say, as another program reads them."""
    found = zxingcpp.read_barcodes(
        image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found]


def after_chat(image: Image.Image) -> Image.Image:
    """What becomes of a picture in a chat: half as large, and a JPEG of little quality."""
    half = image.resize((image.width // 2, image.height // 2), Image.Resampling.BILINEAR)
    buffer = BytesIO()
    half.save(buffer, "JPEG", quality=60)
    return Image.open(buffer)
