"""The colours of pictures, for light and for dark pages.

Each family of layers has a hue; its box is filled with a shade of that which black text (white, on a dark
page) is read on, and printed in greys the border still parts it from the page: by 3 to 1 at least, which is
WCAG's least for what is drawn. A folded block has no hue but the page's own colour and a stronger frame.
"""

from __future__ import annotations

from colorsys import hls_to_rgb
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.draw.picture import Mark

_HUES = {
    "conv": 212,
    "linear": 270,
    "pool": 140,
    "norm": 178,
    "activation": 32,
    "merge": 350,
    "matmul": 300,
    "dropout": 75,
    "resize": 100,
    "reduce": 160,
    "shortcut": 10,
    "parameter": 50,
}
"""Families that are told apart; the others only hand values on and are grey."""

FOLDED = "block"
"""The family of blocks that are folded."""

_MARKS = {
    "added": ("#1a7f37", "#3fb950"),
    "removed": ("#cf222e", "#f85149"),
    "changed": ("#9a6700", "#d29922"),
}


class Scheme(Struct, frozen=True):
    """The colours of a page, and the lightness of fills and borders, in percent."""

    page: str
    text: str
    more: str
    way: str
    skip: str
    box: str
    edge: str
    fill: int
    border: int
    saturation: int
    dark: bool


LIGHT = Scheme(
    "#ffffff", "#1f2328", "#424a53", "#57606a", "#8250df", "#f6f8fa", "#848d97", 90, 36, 62, dark=False
)
DARK = Scheme(
    "#0d1117", "#f0f6fc", "#c9d1d9", "#9198a1", "#bc8cff", "#161b22", "#656c76", 20, 58, 45, dark=True
)


def family_rules(scheme: Scheme, families: Sequence[str], marks: Sequence[Mark]) -> str:
    """Return the rules of a page for these families of layers."""
    rules = [
        f".page{{fill:{scheme.page}}}",
        f".name{{fill:{scheme.text};font-weight:bold}}",
        f".halo{{paint-order:stroke;stroke:{scheme.box};stroke-width:4px;stroke-linejoin:round}}",
        f".more{{fill:{scheme.more}}}",
        f".shape{{fill:{scheme.more}}}",
        f".way{{fill:none;stroke:{scheme.way};stroke-width:1.2}}",
        f".skip{{stroke:{scheme.skip};stroke-dasharray:5 3}}",
        f".tip{{fill:{scheme.way}}}",
        f".box>rect{{fill:{scheme.box};fill-opacity:0.6;stroke:{scheme.edge}}}",
        ".stands>rect{stroke-dasharray:7 3;stroke-width:1.5}",
        f".item>rect{{stroke-width:1;fill:{scheme.page};stroke:{scheme.way}}}",
        *(_family(scheme, family) for family in families),
        ".out>rect{stroke-width:2.2}",
        *(_marked(mark, _MARKS[mark][scheme.dark]) for mark in marks),
        ".item>.behind{stroke-width:1}",
    ]
    return "".join(rules)


def _marked(mark: Mark, colour: str) -> str:
    """Return how what was added, removed or changed is drawn; what is no longer there has broken lines."""
    broken = ";stroke-dasharray:3 2" if mark == "removed" else ""
    return f".{mark}>rect{{stroke:{colour};stroke-width:3{broken}}}path.{mark}{{stroke:{colour}{broken}}}"


def _family(scheme: Scheme, family: str) -> str:
    fill, border = colours(scheme, family)
    strong = ";stroke-width:1.8" if family == FOLDED else ""
    return f".f-{family}>rect{{fill:{fill};stroke:{border}{strong}}}"


def colours(scheme: Scheme, family: str) -> tuple[str, str]:
    """Return what fills the items of a family, and their borders."""
    if family == FOLDED:
        return scheme.page, scheme.way
    hue = _HUES.get(family)
    saturation = 0 if hue is None else scheme.saturation
    return _colour(hue or 0, saturation, scheme.fill), _colour(hue or 0, saturation, scheme.border)


def _colour(hue: int, saturation: int, lightness: int) -> str:
    """Return a colour as #rrggbb, which every reader of SVG knows."""
    parts = hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
