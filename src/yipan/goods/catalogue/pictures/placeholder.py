"""What is shown where there is no picture."""

from __future__ import annotations

from typing import Final

_DRAWING: Final = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" \
width="400" height="400"><rect width="400" height="400" fill="#eef0ef"/><g fill="none" \
stroke="#c3cac7" stroke-width="10" stroke-linecap="round" stroke-linejoin="round">\
<path d="M130 168h140l12 116a8 8 0 0 1-8 9H126a8 8 0 0 1-8-9z"/>\
<path d="M164 194v-38a36 36 0 0 1 72 0v38"/></g></svg>"""


def placeholder() -> bytes:
    """A shopping bag in quiet grey, as SVG."""
    return _DRAWING
