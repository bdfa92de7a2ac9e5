"""What stands in a home."""

# ruff: noqa: D103 - each function draws what its name says

from __future__ import annotations

from yipan.demo.drawn.pen import Pen

_CLAY = "#fdfbf5"
_STEEL = "#c4ccce"


def bedding(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(48, 296, 352, 336)
    pen.box(70, 108, 330, 250, fill=hue.deep, r=22)
    pen.box(82, 120, 318, 250, fill=hue.shade, r=14)
    pen.box(62, 232, 338, 318, fill=_CLAY, r=10)
    pen.pair([(212, 178), (250, 166), (300, 170), (312, 196), (302, 226), (250, 230), (210, 222)],
             _CLAY)  # fmt: skip
    pen.pair([(222, 196), (254, 186), (288, 190), (296, 208), (286, 232), (250, 236), (220, 230)],
             hue.light)  # fmt: skip
    pen.shape([(58, 244), (110, 226), (200, 232), (290, 226), (342, 244), (344, 312), (344, 312),
               (56, 312), (56, 312)], hue.main)  # fmt: skip
    pen.shape([(58, 246), (110, 228), (200, 234), (290, 228), (342, 246), (330, 262), (200, 256),
               (70, 262)], hue.light)  # fmt: skip
    for x in range(96, 330, 46):
        pen.line([(x, 268), (x + (200 - x) / 12, 308)], hue.shade, 2)
    for x in (74, 314):
        pen.box(x, 316, x + 12, 332, fill=hue.deep, r=3)


def quilt(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(70, 300, 330, 336)
    for number, colour in enumerate((hue.shade, hue.main, hue.light)):
        top = 252 - number * 52
        pen.shape([(84, top), (200, top - 8), (316, top), (328, top + 28), (314, top + 62),
                   (200, top + 68), (86, top + 62), (72, top + 28)], colour)  # fmt: skip
        pen.line([(80, top + 32), (200, top + 38), (320, top + 32)], hue.shade, 1.6)
        pen.bow(288, top + 6, 330, top + 58, start=100, end=260, fill=hue.deep, width=1.4)
    for x in range(110, 300, 38):
        pen.line([(x, 158), (x + 6, 190)], hue.main, 1.6)
    pen.box(184, 132, 216, 322, fill=hue.accent)
    pen.pair([(200, 150), (222, 126), (252, 132), (244, 156), (214, 160)], hue.accent)
    pen.dot(200, 152, 11, hue.deep)


def pillow(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(64, 288, 336, 330)
    pen.shape([(70, 196), (110, 150), (160, 160), (200, 174), (240, 160), (290, 150), (330, 196),
               (334, 262), (300, 304), (200, 308), (100, 304), (66, 262)], hue.main)  # fmt: skip
    pen.shape([(84, 200), (116, 164), (160, 172), (200, 186), (240, 172), (284, 164), (316, 200),
               (300, 232), (200, 244), (100, 232)], hue.light)  # fmt: skip
    for y, wide in ((196, 90), (212, 100), (228, 92)):
        for x in range(200 - wide, 201 + wide, 20):
            pen.dot(x, y + abs(200 - x) / -18, 2, hue.shade)
    pen.line([(72, 262), (200, 278), (328, 262)], hue.shade, 3)
    pen.box(284, 268, 318, 286, fill=hue.accent, r=3)


def iron_pot(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(72, 288, 328, 328)
    pen.pair([(298, 206), (298, 206), (336, 200), (346, 216), (336, 232), (298, 232), (298, 232),
              (298, 222), (326, 220), (326, 212), (298, 214)], hue.shade)  # fmt: skip
    pen.shape([(92, 190), (92, 190), (308, 190), (308, 190), (302, 280), (280, 312), (120, 312),
               (98, 280)], hue.main)  # fmt: skip
    pen.line([(112, 214), (116, 274), (132, 296)], hue.light, 8)
    pen.shape([(88, 186), (110, 146), (200, 126), (290, 146), (312, 186), (312, 196), (200, 200),
               (88, 196)], hue.shade)  # fmt: skip
    pen.line([(122, 160), (160, 146), (200, 142)], hue.light, 6)
    pen.line([(88, 192), (200, 198), (312, 192)], hue.light, 3)
    pen.box(186, 108, 214, 132, fill=hue.deep, r=6)
    pen.oval(174, 94, 226, 118, fill=hue.accent)


def blender(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(112, 318, 288, 346)
    pen.shape([(138, 110), (138, 110), (262, 110), (262, 110), (244, 252), (244, 252), (156, 252),
               (156, 252)], "#e9f1f0")  # fmt: skip
    pen.shape([(145, 168), (172, 160), (200, 170), (230, 160), (255, 168), (244, 250), (244, 250),
               (156, 250), (156, 250)], "#e2896a")  # fmt: skip
    for x, y, r in ((176, 204, 12), (214, 192, 10), (206, 228, 13), (232, 216, 8)):
        pen.dot(x, y, r, "#f0ae8f")
    pen.line([(152, 124), (166, 240)], "#ffffff", 6)
    pen.bow(236, 126, 304, 226, start=280, end=80, fill=hue.shade, width=11)
    pen.box(130, 92, 270, 118, fill=hue.main, r=8)
    pen.box(176, 76, 224, 98, fill=hue.shade, r=6)
    pen.shape([(152, 250), (152, 250), (248, 250), (248, 250), (266, 332), (266, 332), (134, 332),
               (134, 332)], hue.main)  # fmt: skip
    pen.dot(200, 290, 21, hue.light)
    pen.dot(200, 290, 14, hue.deep)
    pen.line([(200, 290), (207, 281)], hue.accent, 3)
    pen.box(128, 324, 272, 340, fill=hue.shade, r=6)


def china(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(66, 296, 340, 336)
    pen.oval(72, 96, 268, 292, fill=_CLAY)
    pen.oval(80, 104, 260, 284, fill="", rim=hue.main, width=4)
    pen.oval(106, 130, 234, 258, fill="#f4f1e8")
    pen.oval(112, 136, 228, 252, fill="", rim=hue.accent, width=1.6)
    for x, y in ((170, 116), (92, 194), (248, 194), (170, 272)):
        pen.dot(x, y, 4, hue.accent)
    pen.shape([(176, 244), (176, 244), (308, 244), (308, 244), (294, 300), (264, 320), (220, 320),
               (190, 300)], _CLAY)  # fmt: skip
    pen.line([(181, 260), (242, 268), (304, 260)], hue.main, 4)
    pen.oval(176, 232, 308, 258, fill="#ffffff")
    pen.oval(188, 236, 296, 254, fill="#ece7da")
    pen.line([(300, 132), (318, 220)], _STEEL, 4)
    pen.line([(318, 132), (334, 220)], _STEEL, 4)


def purifier(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(118, 318, 282, 346)
    pen.box(128, 84, 272, 334, fill=hue.main, r=26)
    pen.box(128, 84, 156, 334, fill=hue.shade, r=22)
    pen.box(142, 84, 272, 334, fill=hue.main, r=24)
    pen.box(150, 74, 250, 98, fill=hue.shade, r=10)
    for x in range(164, 244, 13):
        pen.line([(x, 82), (x, 92)], hue.deep, 3)
    for row in range(9):
        for column in range(8):
            pen.dot(166 + column * 12, 212 + row * 11.5, 2.4, hue.shade)
    pen.oval(172, 116, 240, 184, fill=hue.shade)
    pen.oval(178, 122, 234, 178, fill="#20302d")
    pen.bow(184, 128, 228, 172, start=140, end=340, fill=hue.accent, width=4)
    pen.box(196, 146, 216, 153, fill="#e8fff8", r=2)


def robot(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(56, 266, 344, 322)
    pen.box(156, 92, 300, 190, fill=hue.shade, r=16)
    pen.box(172, 106, 284, 170, fill=hue.main, r=10)
    pen.box(218, 118, 238, 124, fill=hue.accent, r=3)
    pen.oval(64, 174, 336, 308, fill=hue.deep)
    pen.oval(64, 158, 336, 290, fill=hue.shade)
    pen.oval(76, 162, 324, 280, fill=hue.main)
    pen.oval(152, 186, 248, 232, fill=hue.shade)
    pen.oval(158, 180, 242, 220, fill=hue.light)
    pen.oval(176, 188, 224, 210, fill=hue.deep)
    pen.dot(200, 252, 6, hue.accent)
    pen.bow(92, 170, 308, 270, start=205, end=250, fill=hue.light, width=4)


def chair(pen: Pen) -> None:
    hue = pen.hue
    pen.shadow(70, 312, 336, 346)
    pen.shape([(128, 96), (170, 78), (222, 84), (240, 120), (236, 210), (214, 262), (140, 262),
               (116, 200)], hue.main)  # fmt: skip
    pen.shape([(144, 108), (176, 98), (210, 102), (218, 130), (212, 196), (196, 236), (148, 236),
               (136, 190)], hue.light)  # fmt: skip
    for y in (136, 164, 192, 218):
        pen.line([(142, y), (176, y + 5), (213, y)], hue.shade, 2)
    pen.shape([(146, 88), (176, 78), (212, 84), (214, 108), (178, 114), (144, 110)], hue.shade)
    pen.shape([(132, 240), (230, 236), (292, 252), (300, 278), (286, 300), (140, 302), (122, 276)],
              hue.main)  # fmt: skip
    pen.shape([(140, 238), (226, 234), (284, 252), (228, 262), (150, 262)], hue.light)
    pen.shape([(286, 256), (306, 264), (330, 320), (318, 334), (298, 326), (278, 286)], hue.shade)
    pen.shape([(96, 214), (116, 198), (226, 204), (252, 220), (246, 240), (120, 238), (118, 318),
               (118, 318), (92, 318), (92, 318)], hue.shade)  # fmt: skip
    pen.box(100, 300, 286, 328, fill=hue.deep, r=12)
    pen.box(218, 208, 242, 220, fill=hue.accent, r=4)
