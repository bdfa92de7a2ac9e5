"""Pure calculations of the catalogue: search words and prices."""

from yipan.goods.catalogue.rules.prices import (
    PriceSpan,
    SkuPrices,
    find_overlap,
    price_at,
    resolve_prices,
)
from yipan.goods.catalogue.rules.words import (
    WORD_LENGTH,
    as_written,
    folded,
    is_whole,
    prefixes_of,
    words_of,
)

__all__ = [
    "WORD_LENGTH",
    "PriceSpan",
    "SkuPrices",
    "as_written",
    "find_overlap",
    "folded",
    "is_whole",
    "prefixes_of",
    "price_at",
    "resolve_prices",
    "words_of",
]
