"""How wide texts are: by the widths of Helvetica, which Arial and Liberation Sans share.

The numbers are those of Adobe's font metrics (Core 14 AFM files: Helvetica and Helvetica-Bold), in
thousandths of the size of the font, for the signs from the space to the tilde. A picture says beside
each text how wide it is, so another font is set to the same width.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

_PLAIN = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_BOLD = (
    *(278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611),
    *(975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556),
    *(333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611),
    *(611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584),
)
_OTHERS = {"×": 584, "·": 278, "–": 556, "−": 584, "…": 1000, "→": 1000}
_WIDE = 1000
_USUAL = 667


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in a font of a size, in the unit of that."""
    widths = _BOLD if bold else _PLAIN
    return sum(_sign(sign, widths) for sign in text) * size / 1000


def _sign(sign: str, widths: tuple[int, ...]) -> int:
    if " " <= sign <= "~":
        return widths[ord(sign) - 32]
    if sign in _OTHERS:
        return _OTHERS[sign]
    if combining(sign):
        return 0
    return _WIDE if east_asian_width(sign) in "WF" else _USUAL


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many signs; what is left out in the middle is an ellipsis."""
    if len(text) <= most:
        return text
    front = most // 2
    return f"{text[:front]}…{text[len(text) - (most - front - 1) :]}"
