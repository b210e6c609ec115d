"""QR codes."""

from functools import lru_cache

import segno
from markupsafe import Markup


@lru_cache(maxsize=256)
def qr(url: str) -> Markup:
    """A QR code as SVG that takes its size and colour from the stylesheet."""
    code = segno.make(url, error="m")
    return Markup(code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=2))  # noqa: S704
