"""Colours that go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Hue:
    """The colours of one drawing."""

    ground: tuple[str, str]
    """Behind it, above and below."""
    main: str
    shade: str
    light: str
    deep: str
    accent: str


CREAM: Final = Hue(("#f3eee5", "#e2d7c5"), "#faf5ea", "#e6dac4", "#ffffff", "#a58c66", "#b5563b")
INDIGO: Final = Hue(("#eaeff4", "#d3dde6"), "#3b5878", "#2c4561", "#6d8bab", "#1e3046", "#d9b98a")
PINE: Final = Hue(("#eaf1ec", "#d2e0d7"), "#35685a", "#274f44", "#6a9a88", "#18372f", "#d8b46a")
CAMEL: Final = Hue(("#f6eee3", "#e8d9c3"), "#c2966a", "#a57a50", "#dfbd95", "#6f4e31", "#7a2f26")
ROSE: Final = Hue(("#f8ece8", "#ecd5cd"), "#c97f6e", "#ab6355", "#e3ac9d", "#78392f", "#f2dfb8")
STONE: Final = Hue(("#f0f0ee", "#dcdcd8"), "#8d918f", "#727674", "#b9bdba", "#434746", "#c98f4e")
SNOW: Final = Hue(("#eaf0f0", "#d4dfdf"), "#fbfcfc", "#dfe6e6", "#ffffff", "#93a3a3", "#3f9c86")
COAL: Final = Hue(("#efedea", "#dad6d0"), "#3a3b3d", "#2a2b2d", "#616366", "#161718", "#d19a55")
BARK: Final = Hue(("#f4ece4", "#e4d3c3"), "#7c5238", "#61402b", "#a57a5b", "#3d2618", "#d9b98a")

SERIES: Final = (PINE, CAMEL, INDIGO, ROSE, CREAM)
"""What series of goods come in, in turn."""
HUES: Final = {
    "米白": CREAM, "黛蓝": INDIGO, "墨绿": PINE, "驼色": CAMEL,
    "白": SNOW, "灰": STONE, "黑": COAL, "棕": BARK,
}  # fmt: skip
"""By the colour a SKU names."""
