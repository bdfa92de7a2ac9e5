"""The words the demo is made of: names, places and goods, all made up but the cities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUP: Final = "一盘示范集团"
SURNAMES: Final = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任卢姚沈"
)
GIVEN: Final = (
    "嘉怡", "子涵", "雨桐", "思远", "晓雯", "佳宁", "梓轩", "若曦", "欣妍", "浩然", "文博", "静怡",
    "书瑶", "俊杰", "梦琪", "雅婷", "志强", "丽娜", "海燕", "建华", "秀兰", "玉珍", "小红", "春梅",
    "一鸣", "立新", "国栋", "永康", "明月", "清扬", "天佑", "可欣", "诗涵", "宇航", "凯文", "慧敏",
    "雪莹", "婉清", "舒窈", "知夏", "念安", "景行", "怀瑾", "南乔", "既白", "星野", "予安", "沐阳",
    "芸", "磊", "静", "涛", "敏", "洋", "娟", "勇", "艳", "军", "倩", "鹏", "璐", "昊", "琳", "峰",
)  # fmt: skip
CITIES: Final = (
    "上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "南京", "苏州", "重庆", "西安", "长沙",
    "青岛", "厦门", "宁波", "郑州", "天津", "合肥", "济南", "福州", "昆明", "无锡", "大连", "佛山",
)  # fmt: skip
QUARTERS: Final = (
    "人民路", "中山路", "解放路", "湖滨", "天街", "万象城", "银泰", "大悦城", "吾悦广场", "步行街",
    "高新区", "江北", "滨江", "新天地", "老城", "火车站", "大学城", "奥体", "会展中心", "环球中心",
)  # fmt: skip
SERIES: Final = (
    "云岚", "素简", "青禾", "拾光", "南枝", "木棉", "远山", "朝露", "知白", "浅川", "归园", "听雨",
    "半夏", "晴川", "星屿", "与山", "初见", "锦瑟", "观澜", "松间",
)  # fmt: skip
BANKS: Final = (
    "中国工商银行",
    "中国建设银行",
    "中国农业银行",
    "招商银行",
    "交通银行",
    "中国邮政储蓄银行",
)
REFUND_REASONS: Final = (
    "尺码不合适", "七天无理由", "与描述不符", "质量问题", "发错货", "不想要了", "运输破损",
    "补差价",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goods:
    """A kind of product: its name, the price range in whole yuan, and how its SKUs differ."""

    name: str
    least: int
    most: int
    attribute: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category."""

    name: str
    goods: tuple[Goods, ...]


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry group: its companies, and what its stores sell."""

    code: str
    name: str
    companies: tuple[str, ...]
    store_name: str
    shelves: tuple[Shelf, ...]


_SIZES: Final = ("S", "M", "L", "XL")
_SHOES: Final = ("36", "37", "38", "39", "40")
_COLOURS: Final = ("米白", "黛蓝", "墨绿", "驼色")
_PACKS: Final = ("单盒", "礼盒装", "整箱")
_BEDS: Final = ("1.5 米", "1.8 米", "2.0 米")

INDUSTRIES: Final = (
    Industry(
        "FS",
        "锦程服饰产业集团",
        ("锦程女装有限公司", "锦程男装有限公司", "锦程鞋履有限公司"),
        "锦程",
        (
            Shelf(
                "女装",
                (
                    Goods("真丝衬衫", 459, 1299, "尺码", _SIZES),
                    Goods("羊毛大衣", 1299, 4599, "尺码", _SIZES),
                    Goods("针织连衣裙", 399, 1199, "尺码", _SIZES),
                    Goods("高腰阔腿裤", 259, 699, "尺码", _SIZES),
                    Goods("羊绒披肩", 599, 1899, "颜色", _COLOURS),
                ),
            ),
            Shelf(
                "男装",
                (
                    Goods("免烫衬衫", 259, 699, "尺码", _SIZES),
                    Goods("羊毛西装", 1599, 4999, "尺码", _SIZES),
                    Goods("轻薄羽绒服", 699, 1999, "尺码", _SIZES),
                    Goods("休闲长裤", 299, 799, "尺码", _SIZES),
                ),
            ),
            Shelf(
                "鞋包",
                (
                    Goods("小羊皮平底鞋", 499, 1299, "鞋码", _SHOES),
                    Goods("牛皮通勤包", 899, 2899, "颜色", _COLOURS),
                    Goods("轻便跑鞋", 359, 899, "鞋码", _SHOES),
                ),
            ),
        ),
    ),
    Industry(
        "SP",
        "禾味食品产业集团",
        ("禾味茶业有限公司", "禾味滋补有限公司", "禾味粮油有限公司"),
        "禾味",
        (
            Shelf(
                "茶叶",
                (
                    Goods("明前龙井", 198, 1580, "包装", _PACKS),
                    Goods("陈年普洱", 258, 2680, "包装", _PACKS),
                    Goods("武夷岩茶", 168, 1280, "包装", _PACKS),
                ),
            ),
            Shelf(
                "滋补",
                (
                    Goods("即食燕窝", 398, 2980, "包装", _PACKS),
                    Goods("长白山人参", 298, 3980, "包装", _PACKS),
                    Goods("阿胶糕", 128, 598, "包装", _PACKS),
                    Goods("枸杞原浆", 98, 468, "包装", _PACKS),
                ),
            ),
            Shelf(
                "粮油干货",
                (
                    Goods("五常大米", 59, 298, "包装", _PACKS),
                    Goods("山茶油", 138, 598, "包装", _PACKS),
                    Goods("菌菇礼盒", 88, 398, "包装", _PACKS),
                ),
            ),
        ),
    ),
    Industry(
        "JJ",
        "素屿美家产业集团",
        ("素屿家纺有限公司", "素屿电器有限公司"),
        "素屿",
        (
            Shelf(
                "家纺",
                (
                    Goods("长绒棉四件套", 499, 1899, "尺寸", _BEDS),
                    Goods("蚕丝被", 999, 4999, "尺寸", _BEDS),
                    Goods("乳胶枕", 199, 699, "颜色", _COLOURS),
                ),
            ),
            Shelf(
                "厨房",
                (
                    Goods("铸铁锅", 399, 1599, "颜色", _COLOURS),
                    Goods("破壁机", 499, 2499, "颜色", _COLOURS),
                    Goods("骨瓷餐具", 299, 1299, "包装", ("六人份", "十人份")),
                ),
            ),
            Shelf(
                "小家电",
                (
                    Goods("空气净化器", 899, 4599, "颜色", ("白", "灰")),
                    Goods("扫地机器人", 1299, 5299, "颜色", ("白", "黑")),
                    Goods("按摩椅", 2999, 9999, "颜色", ("棕", "灰")),
                ),
            ),
        ),
    ),
)
