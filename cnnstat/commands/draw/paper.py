"""Picture -> feature maps as boxes to scale in a row, as figures of papers have them.

Height and depth of a box are rows and columns of the map, all by one scale; its width grows with the square
root of the channels, as they differ by thousands. A layer that changes no map (an activation, a norm) is part
of the box in front of it.
"""

from __future__ import annotations

from itertools import groupby
from math import sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.commands.draw.placed import LINE, SHAPE, TITLE, Rect
from cnnstat.commands.draw.text_width import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.commands.draw.picture import Item, Picture

HIGHEST = 170.0
"""Pixels of the map with the most rows or columns."""

SLANT = 0.32
"""How far the depth of a box goes to the right and up, in its length."""

_WIDEST = 72.0
_LEAST = 3.0
_GAP = 22.0
_BETWEEN = 2.0
_LEVEL = 14.0
_KEEPING = ("activation", "norm", "dropout", "opaque")
_SAME = ("reshape", "shortcut")


class Volume(Struct, frozen=True):
    """Boxes for maps that follow each other and are alike: the front of each, and how far its depth goes."""

    items: tuple[Item, ...]
    fronts: tuple[Rect, ...]
    depth: float
    texts: tuple[str, ...]
    """Name, operation and shape, which stand below."""
    middle: float

    @property
    def left(self) -> float:
        """Return the left edge."""
        return self.fronts[0].x

    @property
    def right(self) -> float:
        """Return the right edge, the depth included."""
        return self.fronts[-1].right + self.depth

    @property
    def top(self) -> float:
        """Return the upper edge, the depth included."""
        return self.fronts[0].y - self.depth


class Way(Struct, frozen=True):
    """Who reads whom: by the positions of volumes, and how high above all boxes it leads; 0: straight on."""

    source: int
    target: int
    level: int
    height: float


class Paper(Struct, frozen=True):
    """Volumes in a row, with the ways between them."""

    title: str
    subtitle: str
    width: float
    axis: float
    base: float
    volumes: tuple[Volume, ...]
    ways: tuple[Way, ...]


def paper_of(picture: Picture) -> Paper:
    """Return the maps of a picture with places."""
    shown = _shown(picture)
    kept = [item for item in picture.items if shown[item.number] == item.number]
    pairs = {(shown[arrow.source], shown[arrow.target]) for arrow in picture.arrows}
    pairs = {(source, target) for source, target in pairs if source != target}
    groups = _alike(kept, pairs)
    at = {item.number: place for place, group in enumerate(groups) for item in group}
    joined = sorted({(at[source], at[target]) for source, target in pairs if at[source] != at[target]})
    levels = _levels([pair for pair in joined if pair[1] - pair[0] > 1])
    above = _LEVEL * (max(levels.values(), default=0) + 1)
    most = max(max(_plane(item.size)) for item in kept)
    scale, wide = HIGHEST / most, _WIDEST / sqrt(max(item.size[0] for item in kept))
    tallest = max(_plane(item.size)[0] for item in kept) * scale
    deepest = max(_plane(item.size)[1] for item in kept) * scale * SLANT
    axis = above + deepest + tallest / 2
    volumes: list[Volume] = []
    x = 0.0
    for group in groups:
        volumes.append(_volume(group, x, axis, scale, wide))
        x = max(volumes[-1].right, volumes[-1].middle + _texts_width(volumes[-1].texts) / 2) + _GAP
    ways = tuple(
        Way(source, target, levels.get((source, target), 0), above - _LEVEL * levels.get((source, target), 0))
        for source, target in joined
    )
    base = axis + tallest / 2
    return Paper(picture.title, picture.subtitle, x - _GAP, axis, base, tuple(volumes), ways)


def _shown(picture: Picture) -> list[int]:
    """Return for each item the one whose box it is part of: its own, or that in front of it."""
    sources: list[list[int]] = [[] for _ in picture.items]
    for arrow in picture.arrows:
        sources[arrow.target].append(arrow.source)
    shown: list[int] = []
    for item in picture.items:
        reads = sources[item.number]
        keeps = item.kind == "layer" and len(reads) == 1
        same = keeps and picture.items[reads[0]].size == item.size
        flat = keeps and len(item.size) == 1 and picture.items[reads[0]].size == (item.size[0], 1, 1)
        part = (same and item.family in (*_KEEPING, *_SAME)) or (flat and item.family in _SAME)
        shown.append(shown[reads[0]] if part else item.number)
    return shown


def _alike(kept: Sequence[Item], pairs: set[tuple[int, int]]) -> list[list[Item]]:
    """Return items in groups: those that follow each other, do the same and put out the same."""
    readers: dict[int, int] = {}
    for source, _ in pairs:
        readers[source] = readers.get(source, 0) + 1
    number, numbers = 0, []
    for before, item in zip((None, *kept), kept, strict=False):
        chained = (
            before is not None
            and (before.number, item.number) in pairs
            and readers[before.number] == 1
            and sum(target == item.number for _, target in pairs) == 1
        )
        alike = before is not None and (before.size, before.operation) == (item.size, item.operation)
        number += not (chained and alike and item.kind == "layer")
        numbers.append(number)
    found = groupby(zip(numbers, kept, strict=True), key=lambda pair: pair[0])
    return [[item for _, item in group] for _, group in found]


def _levels(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return how high each way leads: above those that begin and end within it, beside none that it meets."""
    levels: dict[tuple[int, int], int] = {}
    for pair in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair)):
        taken = {level for other, level in levels.items() if other[0] < pair[1] and pair[0] < other[1]}
        levels[pair] = max(taken, default=0) + 1
    return levels


def _plane(size: Sequence[int]) -> tuple[int, int]:
    """Return rows and columns of a map; a signal has one column, a vector one of each."""
    if len(size) < 3:
        return (size[1] if len(size) == 2 else 1), 1
    return size[-2], size[-1]


def _volume(group: Sequence[Item], x: float, axis: float, scale: float, wide: float) -> Volume:
    first = group[0]
    rows, columns = _plane(first.size)
    height, depth = max(rows * scale, _LEAST), max(columns * scale, _LEAST) * SLANT
    width = max(sqrt(first.size[0]) * wide, _LEAST)
    name = " to ".join(dict.fromkeys((first.title, group[-1].title)))
    doing = first.operation or (first.family if first.kind == "input" else first.title)
    if len(group) > 1:
        doing = f"{doing} × {len(group)}"
    texts = tuple(dict.fromkeys((name, doing, *first.figures, first.shape)))
    across = len(group) * width + (len(group) - 1) * (depth + _BETWEEN) + depth
    room = max(across, _texts_width(texts))
    left = x + (room - across) / 2
    step = width + depth + _BETWEEN
    fronts = tuple(
        Rect(left + number * step, axis - height / 2, width, height) for number in range(len(group))
    )
    return Volume(tuple(group), fronts, depth, texts, x + room / 2)


def _texts_width(texts: Sequence[str]) -> float:
    widths = [
        text_width(text, TITLE if not place else LINE, bold=not place) for place, text in enumerate(texts)
    ]
    return max(*widths, text_width(texts[-1], SHAPE))
