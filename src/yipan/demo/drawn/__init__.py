"""The pictures of the demo, all drawn here: goods, and the people who sell them."""

from yipan.demo.drawn.book import PictureBook
from yipan.demo.drawn.palettes import HUES

__all__ = ["HUES", "PictureBook"]
