"""What one wears."""

# ruff: noqa: D103 - each function draws what its name says

from __future__ import annotations

from yipan.demo.drawn.pen import Pen, Point


def _hanger(pen: Pen) -> None:
    pen.line([(200, 92), (200, 80), (208, 72), (202, 62), (192, 68)], "#b9b2a6", 3)
    pen.lines([(200, 92), (230, 104), (256, 118)], "#c8a67c", 6)


def _sleeves(pen: Pen, fill: str, *, cuff: str) -> None:
    pen.pair(
        [(250, 112), (250, 112), (276, 126), (298, 178), (312, 262), (312, 262), (288, 268),
         (288, 268), (272, 216), (256, 170)], fill,
    )  # fmt: skip
    pen.pair([(289, 256), (289, 256), (313, 250), (313, 250), (315, 272), (315, 272), (289, 279),
              (289, 279)], cuff)  # fmt: skip


def _body(pen: Pen, fill: str, *, hem: float, wide: float = 62) -> None:
    pen.both(
        [(218, 100), (218, 100), (252, 112), (264, 140), (258, 190), (200 + wide, hem),
         (200 + wide, hem), (230, hem + 7), (200, hem + 8)], fill,
    )  # fmt: skip


def silk_shirt(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(120, 316, 280, 340)
    _hanger(pen)
    _sleeves(pen, hue.shade, cuff=hue.light)
    _body(pen, hue.main, hem=306)
    pen.lines([(236, 300), (240, 250), (232, 210)], hue.shade, 1.6)
    pen.line([(200, 128), (200, 312)], hue.shade, 3)
    for y in range(146, 306, 32):
        pen.dot(205, y, 3, hue.accent)
    pen.pair([(200, 128), (200, 128), (222, 98), (222, 98), (238, 112), (238, 112), (216, 140),
              (216, 140)], hue.light)  # fmt: skip
    pen.shape([(182, 98), (200, 104), (218, 98), (200, 124)], hue.shade)


def pressed_shirt(pen: Pen) -> None:
    """Folded, as it lies in the shop."""
    hue = pen.hue
    pen.shadow(96, 306, 304, 340)
    pen.box(112, 104, 288, 322, fill=hue.shade, r=12)
    pen.box(116, 100, 284, 316, fill=hue.main, r=12)
    for x in range(130, 280, 14):
        if not 178 < x < 222:
            pen.line([(x, 106), (x, 310)], hue.shade, 1)
    pen.box(184, 112, 216, 316, fill=hue.light)
    for y in range(150, 310, 34):
        pen.dot(200, y, 3.4, hue.accent)
    pen.box(228, 176, 270, 222, fill=hue.shade, r=3)
    pen.box(228, 176, 270, 186, fill=hue.light, r=2)
    pen.shape([(160, 100), (160, 100), (200, 84), (240, 100), (240, 100), (200, 128)], hue.deep)
    pen.pair([(200, 124), (200, 124), (238, 84), (250, 92), (250, 92), (226, 150), (226, 150)],
             hue.light)  # fmt: skip
    pen.flat([(192, 120), (208, 120), (206, 132), (194, 132)], hue.accent)


def coat(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(112, 344, 288, 366)
    _hanger(pen)
    _sleeves(pen, hue.shade, cuff=hue.deep)
    pen.both(
        [(216, 98), (216, 98), (252, 110), (266, 140), (256, 200), (276, 344), (276, 344),
         (240, 352), (200, 352)], hue.main,
    )  # fmt: skip
    pen.line([(200, 196), (196, 350)], hue.shade, 2.4)
    pen.flat([(182, 100), (218, 100), (200, 176)], hue.light)
    pen.pair([(212, 96), (212, 96), (242, 110), (250, 150), (250, 150), (230, 152), (238, 166),
              (238, 166), (200, 210), (200, 210), (206, 160)], hue.shade)  # fmt: skip
    pen.both([(200, 212), (258, 210), (258, 210), (259, 226), (259, 226), (200, 228)], hue.deep)
    pen.box(190, 208, 212, 232, fill="", rim=hue.accent, width=3, r=3)
    for y in (250, 280, 310):
        pen.dot(184, y, 4.6, hue.deep)
        pen.dot(216, y, 4.6, hue.deep)
    pen.lines([(236, 268), (258, 264)], hue.shade, 4)


def dress(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(110, 342, 290, 364)
    _hanger(pen)
    pen.pair([(236, 104), (236, 104), (262, 114), (284, 152), (284, 152), (262, 168), (250, 150)],
             hue.shade)  # fmt: skip
    pen.both(
        [(222, 98), (222, 98), (250, 108), (252, 150), (238, 196), (258, 270), (290, 340),
         (290, 340), (250, 352), (200, 356)], hue.main,
    )  # fmt: skip
    for end, start in ((214, 205), (236, 214), (262, 224)):
        pen.lines([(start, 206), ((start + end) / 2 + 4, 280), (end, 348)], hue.shade, 2)
    for y in range(124, 192, 11):
        pen.line([(160, y), (200, y + 3), (240, y)], hue.light, 1)
    pen.both([(200, 196), (240, 192), (240, 192), (238, 206), (238, 206), (200, 210)], hue.accent)
    pen.both([(200, 130), (216, 118), (222, 98), (222, 98), (214, 98), (214, 98), (200, 118)],
             hue.light)  # fmt: skip


def _trousers(pen: Pen, outer: float, inner: float, foot: float) -> None:
    hue = pen.hue
    leg: list[Point] = [
        (200, 112), (200, 112), (250, 108), (250, 108), (258, 170), (outer, foot), (outer, foot),
        ((outer + inner) / 2, foot + 6), (inner, foot), (inner, foot), (206, 200), (200, 178),
    ]  # fmt: skip
    pen.pair(leg, hue.main)
    pen.lines([(226, 140), ((outer + inner) / 2, foot)], hue.shade, 2)
    pen.lines([(240, 116), (252, 146)], hue.shade, 3)
    pen.line([(200, 112), (200, 176)], hue.shade, 2.4)


def wide_trousers(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(96, 336, 304, 358)
    _trousers(pen, 296, 216, 340)
    pen.box(149, 86, 251, 116, fill=hue.shade, r=4)
    pen.box(149, 96, 251, 106, fill=hue.accent)
    pen.box(190, 92, 210, 110, fill="", rim=hue.light, width=3, r=3)


def slim_trousers(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(128, 338, 272, 356)
    _trousers(pen, 262, 218, 336)
    pen.box(149, 92, 251, 114, fill=hue.shade, r=4)
    pen.dot(200, 103, 4.5, hue.accent)
    for x in (166, 228):
        pen.box(x, 88, x + 7, 118, fill=hue.light, r=2)
    pen.pair([(217, 322), (217, 322), (262, 322), (262, 322), (263, 342), (263, 342), (217, 342),
              (217, 342)], hue.light)  # fmt: skip


def shawl(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(112, 330, 288, 352)
    pen.line([(96, 104), (304, 104)], "#c8a67c", 9)
    pen.line([(200, 100), (200, 84), (208, 76), (200, 68)], "#b9b2a6", 3)
    for x in range(126, 196, 8):
        pen.line([(x, 306), (x - 2, 330)], hue.shade, 2)
    for x in range(208, 282, 8):
        pen.line([(x, 268), (x + 2, 292)], hue.shade, 2)
    pen.shape([(122, 98), (122, 98), (200, 94), (200, 94), (198, 200), (202, 308), (202, 308),
               (120, 310), (120, 310), (128, 200)], hue.main)  # fmt: skip
    pen.shape([(196, 94), (196, 94), (280, 98), (280, 98), (276, 190), (284, 270), (284, 270),
               (204, 272), (204, 272), (200, 180)], hue.light)  # fmt: skip
    for y in (236, 252, 284):
        pen.line([(124, y), (160, y + 3), (200, y)], hue.accent if y == 252 else hue.shade, 4)
    for y in (206, 222, 250):
        pen.line([(204, y), (240, y + 3), (281, y)], hue.accent if y == 222 else hue.shade, 4)
    pen.line([(150, 104), (156, 180), (150, 230)], hue.shade, 2)
    pen.line([(240, 104), (236, 160), (242, 200)], hue.shade, 2)


def suit(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(118, 318, 282, 342)
    _hanger(pen)
    _sleeves(pen, hue.shade, cuff=hue.deep)
    _body(pen, hue.main, hem=308, wide=66)
    pen.flat([(180, 98), (220, 98), (200, 206)], "#fbfaf6")
    pen.flat([(193, 110), (207, 110), (211, 186), (200, 202), (189, 186)], hue.accent)
    pen.flat([(191, 102), (209, 102), (206, 116), (194, 116)], hue.accent)
    pen.pair([(214, 94), (214, 94), (240, 108), (252, 148), (252, 148), (234, 148), (242, 164),
              (242, 164), (200, 214), (200, 214), (214, 140)], hue.shade)  # fmt: skip
    pen.line([(200, 214), (204, 316)], hue.shade, 2.4)
    pen.dot(206, 226, 4.4, hue.deep)
    pen.dot(206, 254, 4.4, hue.deep)
    pen.lines([(230, 262), (256, 258)], hue.deep, 4)
    pen.flat([(228, 176), (246, 172), (246, 182), (229, 184)], hue.accent)


def down_jacket(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(110, 314, 290, 338)
    pen.both([(200, 84), (230, 84), (240, 108), (240, 108), (200, 122)], hue.deep)
    pen.pair([(250, 106), (250, 106), (284, 120), (308, 190), (322, 268), (322, 268), (288, 278),
              (288, 278), (268, 210), (254, 160)], hue.shade)  # fmt: skip
    for step in range(6):
        y = 134 + step * 24
        pen.lines([(258 + step * 5, y + 8), (276 + step * 6, y + 4), (294 + step * 5, y - 4)],
                  hue.deep, 2)  # fmt: skip
        pen.lines([(274 + step * 6, y - 8), (286 + step * 5, y - 12)], hue.light, 2)
    pen.pair([(288, 272), (288, 272), (322, 262), (322, 262), (323, 278), (323, 278), (289, 288),
              (289, 288)], hue.deep)  # fmt: skip
    for number in range(7):
        top = 106 + number * 29
        wide = (48, 62, 62, 62, 63, 64, 64)[number]
        pen.both([(200, top), (200 + wide, top), (204 + wide, top + 16), (200 + wide, top + 32),
                  (200, top + 33)], hue.main if number % 2 else hue.shade)  # fmt: skip
        pen.line([(212, top + 9), (240, top + 8)], hue.light, 2)
        pen.line([(160, top + 9), (186, top + 8)], hue.light, 2)
    pen.both([(200, 92), (224, 92), (232, 118), (200, 126)], hue.light)
    pen.line([(200, 96), (200, 306)], hue.deep, 3.4)
    pen.box(196, 128, 204, 146, fill=hue.accent, r=2)


def flats(pen: Pen) -> None:
    hue = pen.hue
    for dx, dy, main, inside in ((-18, -58, hue.shade, hue.deep), (14, 16, hue.main, hue.shade)):

        def at(*points: Point, dx: float = dx, dy: float = dy) -> list[Point]:
            return [(x + dx, y + dy) for x, y in points]

        pen.shadow(84 + dx, 246 + dy, 322 + dx, 276 + dy)
        pen.shape(at((90, 222), (94, 196), (122, 196), (160, 214), (216, 210), (262, 200),
                     (304, 218), (316, 244), (304, 258), (200, 260), (104, 258)), main)  # fmt: skip
        pen.shape(at((110, 202), (126, 202), (162, 222), (214, 220), (214, 220), (196, 236),
                     (140, 234), (112, 218)), inside)  # fmt: skip
        pen.line(at((92, 254), (200, 261), (312, 252)), hue.deep, 5)
        pen.line(at((232, 212), (248, 222), (262, 206)), hue.accent, 4)
        pen.dot(248 + dx, 216 + dy, 5, hue.accent)


def running_shoe(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(66, 268, 344, 306)
    pen.shape([(74, 250), (74, 250), (342, 250), (342, 250), (350, 270), (328, 287), (200, 289),
               (92, 288), (68, 272)], "#fbfaf6")  # fmt: skip
    pen.line([(78, 276), (200, 279), (338, 270)], hue.accent, 5)
    pen.shape([(74, 244), (74, 244), (70, 196), (92, 168), (120, 174), (146, 196), (186, 188),
               (222, 176), (254, 206), (316, 226), (340, 248), (340, 258), (340, 258), (80, 258),
               (80, 258)], hue.main)  # fmt: skip
    pen.shape([(276, 216), (316, 226), (341, 250), (341, 258), (341, 258), (272, 258), (258, 240)],
              hue.shade)  # fmt: skip
    pen.shape([(72, 214), (84, 182), (98, 184), (104, 220), (96, 258), (96, 258), (80, 258),
               (80, 258)], hue.shade)  # fmt: skip
    pen.shape([(96, 172), (120, 176), (144, 198), (176, 192), (168, 208), (132, 214), (108, 200)],
              hue.deep)  # fmt: skip
    pen.line([(124, 252), (170, 230), (232, 222)], hue.light, 6)
    pen.line([(144, 254), (190, 238), (244, 234)], hue.accent, 4)
    for x, y in ((190, 190), (206, 184), (222, 184), (236, 194)):
        pen.line([(x, y), (x + 16, y + 20)], "#fbfaf6", 4)


def handbag(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(84, 304, 316, 336)
    pen.bow(140, 76, 260, 236, start=180, end=360, fill=hue.deep, width=10)
    pen.shape([(112, 170), (112, 170), (288, 170), (288, 170), (308, 310), (308, 310), (296, 322),
               (104, 322), (92, 310), (92, 310)], hue.main)  # fmt: skip
    pen.shape([(112, 168), (112, 168), (288, 168), (288, 168), (284, 226), (250, 246), (200, 250),
               (150, 246), (116, 226)], hue.shade)  # fmt: skip
    pen.line([(118, 224), (152, 240), (200, 244), (248, 240), (282, 224)], hue.light, 1.6)
    pen.box(182, 230, 218, 266, fill=hue.accent, r=6)
    pen.box(191, 239, 209, 257, fill=hue.main, r=3)
    for x in (128, 258):
        pen.box(x, 152, x + 14, 192, fill=hue.deep, r=5)
        pen.dot(x + 7, 184, 3, hue.accent)
    pen.line([(100, 308), (200, 313), (300, 308)], hue.shade, 2)
