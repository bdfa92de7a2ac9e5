"""How the console looks: names, signs, colours (settings of django-unfold)."""

from __future__ import annotations

from typing import Any, Final

from django.templatetags.static import static

# One neutral scale with a touch of green, one accent: jade.
_NEUTRAL: Final = {
    "50": "oklch(98.4% .003 170)",
    "100": "oklch(96.4% .004 170)",
    "200": "oklch(92.4% .006 170)",
    "300": "oklch(86.6% .009 170)",
    "400": "oklch(70.6% .014 175)",
    "500": "oklch(54.8% .016 178)",
    "600": "oklch(43.8% .016 180)",
    "700": "oklch(36.6% .017 182)",
    "800": "oklch(27.2% .016 184)",
    "900": "oklch(20.6% .014 186)",
    "950": "oklch(14.4% .012 188)",
}
_JADE: Final = {
    "50": "oklch(97.8% .018 172)",
    "100": "oklch(94.6% .040 172)",
    "200": "oklch(89.2% .070 172)",
    "300": "oklch(81.6% .098 172)",
    "400": "oklch(72.4% .112 172)",
    "500": "oklch(62.8% .110 172)",
    "600": "oklch(51.6% .092 172)",
    "700": "oklch(43.8% .077 173)",
    "800": "oklch(37.2% .064 174)",
    "900": "oklch(31.8% .053 175)",
    "950": "oklch(22.6% .038 176)",
}

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "一盘 Yipan",
    "SITE_HEADER": "一盘 Yipan",
    "SITE_SUBHEADER": "yipan.surfaces.console.reader.group_name",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("console/icon.svg"),  # noqa: ARG005
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "sizes": "any",
            "href": lambda request: static("console/icon.svg"),  # noqa: ARG005
        }
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": _NEUTRAL, "primary": _JADE},
    "STYLES": [lambda request: static("console/console.css")],  # noqa: ARG005
    "SIDEBAR": {"navigation": "yipan.surfaces.console.menu.sidebar"},
}
