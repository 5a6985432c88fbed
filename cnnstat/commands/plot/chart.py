"""What a chart shows: plain numbers and texts, before any library, file or terminal.

A chart is a column of panels that stand above each other. Whoever has numbers to show makes one of these;
`vega_lite.py` makes of it what browsers and `files.py` draw, `characters.py` what a terminal shows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.base.text import cells_of, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

Unit: TypeAlias = Literal["count", "bytes", "seconds", "share", "places", "number"]
"""What the numbers of an axis are: counts have K, M or G, bytes binary units, seconds decimal ones, shares of
one are percents; places are whole and stand as they are, numbers are any and do, too.
"""
Mark: TypeAlias = Literal["line", "step", "points", "rings", "bars"]
"""How a series is drawn. A ``step`` keeps its value until the next point; rings are points that are empty."""

OTHER, REST = "other", "rest"
"""The hues of what is there for completeness, a grey, and of the rest of what has colours, a darker one."""

_BREAKS = re.compile(r" +(?!(?:[KMGT]i)?B\b)")
_SIGNS = 80
"""Signs of a name in a chart; what is left out is left out in its middle."""


class Axis(Struct, frozen=True):
    """An axis: its title, and what its numbers are.

    ``names`` stand in place of the numbers 1, 2, ... where there are any. ``zero``: the axis begins at 0 even
    if no value is near it. A ``log`` axis is logarithmic, from a mark to a mark: nothing on it is 0 or less.
    One that is not ``marked`` has numbers and title on the panel below.
    """

    title: str
    unit: Unit = "count"
    names: tuple[str, ...] = ()
    zero: bool = True
    log: bool = False
    marked: bool = True


class Point(Struct, frozen=True):
    """A place in a panel, and what is there; nothing is drawn where ``y`` is None, and a line is broken."""

    x: float
    y: float | None
    name: str = ""


class Bar(Struct, frozen=True):
    """A bar from ``start`` to ``end`` on the axis across, from ``bottom`` to ``top`` on the other."""

    start: float
    end: float
    bottom: float
    top: float
    name: str = ""


class Series(Struct, frozen=True):
    """What has one name and one colour; ``hue`` is that of a family of layers, `OTHER` or `REST`."""

    name: str
    mark: Mark
    points: tuple[Point, ...] = ()
    bars: tuple[Bar, ...] = ()
    hue: str = ""


class Rule(Struct, frozen=True):
    """A line across a panel at a value of one axis, and what it says there.

    ``series`` is the name of the one whose colour it has.
    """

    axis: Literal["x", "y"]
    value: float
    text: str
    series: str = ""


class Panel(Struct, frozen=True):
    """Series over common axes."""

    x: Axis
    y: Axis
    series: tuple[Series, ...]
    rules: tuple[Rule, ...] = ()


class Chart(Struct, frozen=True):
    """A column of panels under a title and lines that say what is shown."""

    title: str
    lines: tuple[str, ...]
    panels: tuple[Panel, ...]


def label(text: str, most: int = _SIGNS) -> str:
    """Return a text of a spec as a chart shows it: on one line, without control characters, not too long."""
    shown = visible(text)
    return shown if len(shown) <= most else f"{shown[: most // 2]}…{shown[1 - most // 2 :]}"


def distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names as they are shown, with a number behind those that stood before: colours go by names."""
    found: dict[str, None] = {}
    for name in map(label, names):
        number = 1
        unique = name
        while unique in found:
            number += 1
            unique = f"{name} ({number})"
        found[unique] = None
    return tuple(found)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many columns of a terminal; a number stays with its unit."""
    lines = [""]
    for part in _BREAKS.split(text):
        word = part
        if lines[-1] and cells_of(lines[-1]) + 1 + cells_of(word) > width:
            lines.append("")
        while cells_of(word) > width:  # no line holds it
            end = next(end for end in range(len(word), 0, -1) if cells_of(word[:end]) <= max(width, 2))
            lines[-1:] = [word[:end], ""]
            word = word[end:]
        lines[-1] += f" {word}" if lines[-1] else word
    return [line for line in lines if line]


def merged(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules with one in place of those that are at one value: it has no series' colour."""
    found: dict[tuple[str, float], Rule] = {}
    for rule in rules:
        at = (rule.axis, rule.value)
        found[at] = replace(rule, series="") if at in found else rule
    return tuple(found.values())
