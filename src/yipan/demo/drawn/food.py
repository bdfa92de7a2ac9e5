"""What one eats and drinks."""

# ruff: noqa: D103 - each function draws what its name says

from __future__ import annotations

from yipan.demo.drawn.pen import Pen, Point

_LEAF = "#6f9a56"
_LEAF_DEEP = "#4f7a3d"
_TEA = "#c8a24a"
_CLAY = "#fbf8f0"


def _tin(pen: Pen, left: float, top: float, right: float, bottom: float) -> None:
    """A round tin with a paper label."""
    hue = pen.hue
    wide = right - left
    pen.box(left, top + 20, right, bottom, fill=hue.main, r=12)
    pen.box(left, top + 20, left + wide / 5, bottom, fill=hue.shade, r=12)
    pen.box(left - 4, top, right + 4, top + 36, fill=hue.shade, r=9)
    pen.box(left - 4, top + 26, right + 4, top + 32, fill=hue.accent)
    middle = (left + right) / 2
    pen.box(middle - wide / 4, top + 58, middle + wide / 4, bottom - 26, fill=_CLAY, r=4)
    pen.line([(middle, top + 72), (middle, bottom - 62)], hue.deep, 4)
    pen.box(middle - 9, bottom - 54, middle + 9, bottom - 36, fill=hue.accent, r=3)


def _cup(pen: Pen, x: float, y: float, tea: str) -> None:
    pen.shape([(x - 40, y), (x - 40, y), (x + 40, y), (x + 40, y), (x + 30, y + 38),
               (x + 12, y + 48), (x - 12, y + 48), (x - 30, y + 38)], _CLAY)  # fmt: skip
    pen.oval(x - 40, y - 10, x + 40, y + 10, fill="#ffffff")
    pen.oval(x - 34, y - 7, x + 34, y + 8, fill=tea)
    pen.line([(x - 12, y - 22), (x - 18, y - 36), (x - 10, y - 50)], "#ffffff", 3)
    pen.line([(x + 10, y - 22), (x + 4, y - 38), (x + 12, y - 54)], "#ffffff", 3)


def _leaf(pen: Pen, x: float, y: float, length: float, *, down: bool = False) -> None:
    turn = -1 if down else 1
    tip = (x + length, y - turn * length * 0.5)
    points: list[Point] = [(x, y), (x, y), (x + length * 0.35, y - turn * length * 0.5), tip, tip,
                           (x + length * 0.62, y + turn * length * 0.06)]  # fmt: skip
    pen.shape(points, _LEAF)
    pen.line([(x, y), tip], _LEAF_DEEP, 1.6)


def green_tea(pen: Pen) -> None:
    pen.shadow(92, 300, 320, 332)
    _tin(pen, 112, 102, 214, 316)
    _cup(pen, 268, 266, "#c5cf7a")
    _leaf(pen, 234, 330, 40)
    _leaf(pen, 262, 336, 36, down=True)


def puer(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(92, 296, 320, 338)
    pen.oval(86, 92, 306, 312, fill=_CLAY)
    pen.oval(96, 102, 296, 302, fill="", rim=hue.main, width=2)
    pen.oval(126, 132, 266, 272, fill=hue.main)
    pen.oval(134, 140, 258, 264, fill="", rim=hue.accent, width=2)
    pen.oval(168, 174, 224, 230, fill=_CLAY)
    for dx, dy in ((-10, -8), (8, -10), (-2, 6), (12, 6)):
        pen.dot(196 + dx, 202 + dy, 5, hue.main)
    pen.line([(92, 232), (134, 220), (150, 236)], hue.shade, 1.4)
    pen.line([(300, 180), (262, 178), (252, 168)], hue.shade, 1.4)
    _cup(pen, 284, 284, "#7d3b20")


def rock_tea(pen: Pen) -> None:
    """A lidded bowl, and a tin behind it."""
    hue = pen.hue
    pen.shadow(80, 300, 330, 336)
    _tin(pen, 214, 96, 304, 300)
    pen.oval(84, 296, 252, 330, fill=hue.shade)
    pen.oval(84, 290, 252, 322, fill=_CLAY)
    pen.shape([(100, 220), (100, 220), (236, 220), (236, 220), (222, 284), (190, 308), (146, 308),
               (114, 284)], _CLAY)  # fmt: skip
    pen.line([(108, 248), (168, 256), (229, 248)], hue.main, 3)
    pen.line([(112, 262), (168, 270), (225, 262)], hue.accent, 2)
    pen.oval(98, 208, 238, 234, fill="#ffffff")
    pen.oval(108, 212, 228, 230, fill=_TEA)
    pen.shape([(112, 214), (130, 186), (168, 176), (206, 186), (224, 214), (168, 224)], _CLAY)
    pen.line([(116, 212), (168, 220), (220, 212)], hue.main, 2)
    pen.oval(154, 162, 182, 182, fill=hue.main)


def bird_nest(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(90, 300, 320, 334)
    for x in (118, 210):
        pen.box(x, 150, x + 84, 316, fill="#fbf6ea", r=20)
        pen.box(x + 6, 186, x + 78, 308, fill="#f3dfae", r=16)
        pen.box(x + 12, 198, x + 24, 296, fill="#fbeecb", r=6)
        pen.box(x - 2, 128, x + 86, 162, fill=hue.main, r=8)
        pen.box(x - 2, 150, x + 86, 156, fill=hue.accent)
        pen.box(x + 16, 212, x + 68, 278, fill=_CLAY, r=6)
        pen.oval(x + 29, 222, x + 55, 244, fill="", rim=hue.main, width=3)
        pen.line([(x + 28, 258), (x + 56, 258)], hue.accent, 3)
    pen.both([(200, 296), (240, 296), (240, 296), (228, 326), (200, 334)], hue.shade)
    pen.oval(160, 288, 240, 306, fill="#fff6de")


def ginseng(pen: Pen) -> None:
    hue = pen.hue
    root, dark = "#dcb980", "#b98f52"
    pen.shadow(80, 306, 320, 338)
    pen.box(78, 92, 322, 322, fill=hue.main, r=12)
    pen.box(94, 108, 306, 306, fill=_CLAY, r=6)
    pen.box(94, 108, 306, 306, fill="", r=6, rim=hue.accent, width=2)
    for points in (
        [(190, 214), (166, 250), (150, 292)], [(200, 220), (198, 262), (188, 298)],
        [(210, 216), (232, 254), (236, 296)], [(216, 190), (248, 214), (274, 250)],
        [(182, 190), (152, 208), (130, 244)], [(236, 254), (252, 270), (258, 288)],
        [(166, 250), (150, 262), (126, 272)],
    ):  # fmt: skip
        pen.line(points, root, 7)
        pen.line(points, dark, 1)
    pen.shape([(200, 130), (214, 142), (226, 172), (222, 210), (200, 232), (178, 210), (174, 172),
               (186, 142)], root)  # fmt: skip
    for y in (158, 172, 188, 204):
        pen.line([(180, y), (200, y + 5), (218, y)], dark, 1.4)
    pen.line([(200, 134), (198, 122), (204, 114)], dark, 6)
    pen.box(78, 246, 94, 276, fill=hue.accent)
    pen.box(306, 246, 322, 276, fill=hue.accent)


def donkey_cake(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(84, 296, 322, 332)
    pen.box(88, 206, 312, 318, fill=hue.main, r=10)
    pen.box(88, 206, 312, 232, fill=hue.shade, r=8)
    pen.box(160, 244, 240, 300, fill=_CLAY, r=5)
    pen.line([(178, 262), (222, 262)], hue.deep, 3)
    pen.box(188, 276, 212, 290, fill=hue.accent, r=3)
    for number in range(4):
        x, y = 104 + number * 48, 150 - (number % 2) * 14
        pen.box(x, y, x + 44, y + 62, fill="#4a2318", r=5)
        pen.box(x, y, x + 44, y + 12, fill="#6b3624", r=5)
        for dx, dy in ((10, 26), (30, 22), (20, 42), (36, 46), (8, 50)):
            pen.oval(x + dx - 4, y + dy - 3, x + dx + 4, y + dy + 3, fill="#e0b878")


def goji(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(96, 304, 318, 336)
    pen.shape([(150, 150), (150, 150), (234, 150), (234, 150), (246, 190), (246, 316), (246, 316),
               (236, 324), (148, 324), (138, 316), (138, 316), (138, 190)], "#b8321f")  # fmt: skip
    pen.box(148, 196, 160, 308, fill="#d2543c", r=6)
    pen.box(164, 104, 220, 154, fill="#b8321f", r=8)
    pen.box(158, 86, 226, 124, fill=hue.main, r=8)
    pen.box(158, 112, 226, 118, fill=hue.accent)
    pen.box(138, 206, 246, 290, fill=_CLAY)
    pen.line([(164, 228), (220, 228)], hue.deep, 5)
    pen.line([(174, 244), (210, 244)], hue.main, 3)
    pen.oval(178, 256, 206, 282, fill=hue.accent)
    for x, y in ((262, 316), (286, 322), (276, 300), (304, 310), (114, 322), (104, 308)):
        pen.oval(x - 13, y - 9, x + 13, y + 9, fill="#c93a22")
        pen.oval(x - 8, y - 6, x + 1, y - 1, fill="#e87b63")


def rice(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(86, 300, 322, 338)
    pen.shape([(122, 132), (122, 132), (250, 132), (250, 132), (270, 220), (262, 318), (262, 318),
               (186, 326), (110, 318), (110, 318), (102, 220)], "#f4ecd9")  # fmt: skip
    pen.shape([(116, 106), (150, 116), (186, 106), (222, 116), (256, 106), (246, 140), (246, 140),
               (126, 140), (126, 140)], "#e7dabd")  # fmt: skip
    pen.line([(122, 138), (186, 144), (250, 138)], hue.accent, 6)
    pen.box(134, 176, 238, 288, fill=hue.main, r=8)
    pen.line([(186, 276), (186, 214)], _CLAY, 3)
    for side in (-1, 1):
        for y in (214, 230, 246):
            pen.shape([(186, y + 14), (186, y + 14), (186 + side * 20, y + 2),
                       (186 + side * 24, y - 12), (186 + side * 8, y - 4)], "#ecd28a")  # fmt: skip
    pen.shape([(232, 288), (232, 288), (324, 288), (324, 288), (312, 322), (278, 332), (244, 322)],
              hue.shade)  # fmt: skip
    pen.shape([(236, 290), (256, 270), (278, 264), (300, 270), (320, 290), (278, 296)], "#ffffff")


def camellia_oil(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(110, 306, 308, 338)
    pen.shape([(176, 130), (176, 130), (224, 130), (224, 130), (232, 166), (256, 196), (258, 240),
               (258, 318), (258, 318), (248, 326), (152, 326), (142, 318), (142, 318), (142, 240),
               (144, 196), (168, 166)], "#d9a93c")  # fmt: skip
    pen.line([(156, 214), (155, 306)], "#efcf7e", 7)
    pen.box(172, 84, 228, 134, fill=hue.main, r=7)
    pen.box(172, 118, 228, 124, fill=hue.accent)
    pen.box(142, 220, 258, 300, fill=_CLAY)
    for x, y in ((200, 244), (188, 252), (212, 252), (193, 265), (207, 265)):
        pen.dot(x, y, 9, "#ffffff")
        pen.oval(x - 9, y - 9, x + 9, y + 9, fill="", rim=hue.light, width=1)
    pen.dot(200, 256, 6, "#e2b23f")
    pen.line([(172, 286), (228, 286)], hue.deep, 3)
    _leaf(pen, 262, 326, 44)
    pen.dot(290, 324, 9, "#8a4b2d")


def mushrooms(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(78, 304, 324, 338)
    for x, y, size, cap in ((138, 178, 52, "#a8744a"), (256, 172, 56, "#8f5d3a"),
                            (198, 150, 66, "#b98557")):  # fmt: skip
        pen.shape([(x - size / 4, y), (x + size / 4, y), (x + size / 3, y + size * 1.4),
                   (x - size / 3, y + size * 1.4)], "#f3e6cf")  # fmt: skip
        pen.shape([(x - size, y + 8), (x - size * 0.7, y - size * 0.5), (x, y - size * 0.8),
                   (x + size * 0.7, y - size * 0.5), (x + size, y + 8), (x, y + 16)],
                  cap)  # fmt: skip
        pen.line([(x - size * 0.5, y - size * 0.3), (x, y - size * 0.5)], "#d9ae84", 4)
    pen.box(76, 222, 324, 322, fill=hue.main, r=10)
    pen.box(76, 222, 324, 242, fill=hue.shade, r=8)
    pen.box(150, 256, 250, 304, fill=_CLAY, r=5)
    pen.line([(170, 272), (230, 272)], hue.deep, 3)
    pen.line([(182, 288), (218, 288)], hue.accent, 3)
