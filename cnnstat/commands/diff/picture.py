"""Difference -> Picture: the network B with what became of each layer, and what A had besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.commands.diff.report import said, verdict
from cnnstat.commands.draw.network_picture import Chosen, picture_of
from cnnstat.commands.draw.picture import Arrow, Box, Picture
from cnnstat.commands.draw.wording import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnstat.commands.diff.difference import Change, Difference
    from cnnstat.commands.draw.picture import Item, Mark


class _Side(Struct, frozen=True):
    """The picture of one network: its items by their paths, the boxes around each, outermost first."""

    picture: Picture
    items: dict[str, Item]
    boxes: dict[str, Box]
    around: dict[int, tuple[str, ...]]


def picture(difference: Difference, depth: int | None) -> Picture:
    """Return both networks as one picture: what is in both stands there once, as B has it."""
    a, b = (_side(picture_of(side, Chosen(depth, repeats=True))) for side in (difference.a, difference.b))
    numbers_a: dict[int, int] = {}
    numbers_b: dict[int, int] = {}
    items: list[Item] = []
    around: list[tuple[str, ...]] = []
    for of_a, of_b, mark, line in _items(difference, a, b):
        number = len(items)
        if of_a is not None:
            numbers_a[of_a.number] = number
        if of_b is not None:
            numbers_b[of_b.number] = number
        shown, side = (of_a, a) if of_b is None else (of_b, b)
        assert shown is not None  # a change has a side
        figures = (short(line),) if line else ()
        hover = f"{mark}: {shown.hover}" if mark else shown.hover
        items.append(replace(shown, number=number, mark=mark, figures=figures, hover=hover))
        around.append(side.around[shown.number])
    arrows = _arrows(_ways(a, numbers_a), _ways(b, numbers_b))
    title = f"{a.picture.title} → {b.picture.title}"
    boxes = tuple(_boxes(around, a.boxes | b.boxes))
    return Picture(title, verdict(difference), tuple(items), arrows, boxes)


def _side(found: Picture) -> _Side:
    around: dict[int, tuple[str, ...]] = {item.number: () for item in found.items}
    for box in found.boxes:
        for number in box.items:
            around[number] += (box.hover,)
    return _Side(
        found,
        {item.path: item for item in found.items},
        {box.hover: box for box in found.boxes},
        around,
    )


def _items(
    difference: Difference, a: _Side, b: _Side
) -> Iterator[tuple[Item | None, Item | None, Mark, str]]:
    """Yield what both networks have, in order: the item of each, what became of it, and that in words."""
    inputs = [{item.path: item for item in side.picture.items if item.kind == "input"} for side in (a, b)]
    for path in dict.fromkeys((*inputs[0], *inputs[1])):
        before, after = (side.get(path) for side in inputs)
        same = before is not None and after is not None and before.size == after.size
        mark: Mark = "" if same else "removed" if after is None else "added" if before is None else "changed"
        resized = f"{before.shape} → {after.shape}" if before and after and not same else ""
        yield before, after, mark, resized
    for change in difference.changes:
        before = a.items[change.a.row.name] if change.a else None
        after = b.items[change.b.row.name] if change.b else None
        yield before, after, _mark(change), said(change) if change.edits else ""


def _mark(change: Change) -> Mark:
    """Return what became of a layer; one whose figures follow from those above it is as it was."""
    if change.status == "same" or change.follows:
        return ""
    return change.status


def _ways(side: _Side, numbers: Mapping[int, int]) -> dict[tuple[int, int], Arrow]:
    return {(numbers[each.source], numbers[each.target]): each for each in side.picture.arrows}


def _arrows(a: Mapping[tuple[int, int], Arrow], b: Mapping[tuple[int, int], Arrow]) -> tuple[Arrow, ...]:
    """Return the arrows of both; one that only one of them has is added or removed."""
    found = []
    for source, target in sorted(a.keys() | b.keys()):
        pair = source, target
        mark: Mark = "" if pair in a and pair in b else "added" if pair in b else "removed"
        found.append(Arrow(source, target, (b if pair in b else a)[pair].skip, mark))
    return tuple(found)


def _boxes(around: list[tuple[str, ...]], known: Mapping[str, Box]) -> Iterator[Box]:
    members: dict[str, list[int]] = {}
    for number, paths in enumerate(around):
        for path in paths:
            members.setdefault(path, []).append(number)
    positions = {path: place for place, path in enumerate(members)}
    outer = {
        path: paths[place - 1] if place else None for paths in around for place, path in enumerate(paths)
    }
    for path, items in members.items():
        inside = outer[path]
        yield replace(known[path], items=tuple(items), inside=None if inside is None else positions[inside])
