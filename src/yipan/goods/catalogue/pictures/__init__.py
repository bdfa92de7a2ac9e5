"""Pictures of goods and people: where they are, how they come in, and in which sizes they go out.

A picture is named by a path under the media folder, by an https address, or by nothing. A path
has the hash of what is in the file, so a file never changes and may be kept for ever.
"""

from yipan.goods.catalogue.errors import PictureRefused
from yipan.goods.catalogue.pictures.addresses import WIDTHS, picture_srcset, picture_url
from yipan.goods.catalogue.pictures.files import (
    KEPT_IN,
    is_remote,
    media_file,
    open_picture,
    scaled_file,
)
from yipan.goods.catalogue.pictures.intake import (
    MOST_BYTES,
    save_picture,
    store_image,
)
from yipan.goods.catalogue.pictures.placeholder import placeholder

__all__ = [
    "KEPT_IN",
    "MOST_BYTES",
    "WIDTHS",
    "PictureRefused",
    "is_remote",
    "media_file",
    "open_picture",
    "picture_srcset",
    "picture_url",
    "placeholder",
    "save_picture",
    "scaled_file",
    "store_image",
]
