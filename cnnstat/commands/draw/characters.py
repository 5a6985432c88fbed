"""Picture -> characters: a column of items with their branches beside it, as `git log --graph` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.text import cells_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.commands.draw.picture import Box, Item, Picture

_GAP = "  "


class NoRoomError(Exception):
    """A picture is wider than where it is to be shown; the message says how wide."""


class _Line(Struct, frozen=True):
    """A line: the column of branches, and the cells of an item or the title of a box."""

    branches: str
    cells: tuple[str, ...]


def characters(picture: Picture, width: int | None) -> str:
    """Return a picture as lines of at most ``width`` cells; what is left out where it is narrow are figures.

    Raises:
        NoRoomError: the branches and the names alone are wider.
    """
    lines = list(_lines(picture))
    columns = max(len(line.cells) for line in lines)
    # The figures go first, then the operations; names and shapes stay.
    for kept in (tuple(range(columns)), (0, 1, 2), (0, 2), (0,)):
        texts = _aligned(lines, kept)
        if width is None or all(cells_of(text) <= width for text in texts):
            head = _folded((plain(picture.title), plain(picture.subtitle)), width)
            return "\n".join((*head, "", *texts)) + "\n"
    raise NoRoomError(f"the graph takes {max(map(cells_of, texts))} columns, and there are {width}")


def _folded(texts: Sequence[str], width: int | None) -> list[str]:
    """Return texts in lines that fit."""
    from textwrap import wrap  # noqa: PLC0415 - for terminals alone

    return [line for text in texts for line in (wrap(text, width) if width else [text])]


def _aligned(lines: Sequence[_Line], kept: Sequence[int]) -> list[str]:
    """Return lines with their cells below each other: texts to the left, figures to the right."""
    across = max(len(line.branches) for line in lines)
    full = [line.cells for line in lines if len(line.cells) > 1]
    widths = {place: max((cells_of(cells[place]) for cells in full), default=0) for place in kept}
    found = []
    for line in lines:
        text = line.branches.ljust(across) + " "
        if len(line.cells) == 1:
            text += line.cells[0]
        elif line.cells:
            text += _GAP.join(_padded(line.cells[place], widths[place], right=place > 2) for place in kept)
        found.append(text.rstrip())
    return found


def _padded(text: str, width: int, *, right: bool) -> str:
    room = " " * (width - cells_of(text))
    return room + text if right else text + room


def _lines(picture: Picture) -> Iterator[_Line]:
    reads: list[list[int]] = [[] for _ in picture.items]
    left = [0] * len(picture.items)
    for arrow in picture.arrows:
        reads[arrow.target].append(arrow.source)
        left[arrow.source] += 1
    starts: dict[int, list[Box]] = {}
    for box in picture.boxes:
        starts.setdefault(box.items[0], []).append(box)
    depths = [0] * len(picture.items)
    figures = max(len(item.figures) for item in picture.items)
    lanes = _Lanes(left)
    for item in picture.items:
        for box in starts.get(item.number, ()):
            yield _Line(lanes.passing(), ("  " * depths[item.number] + plain(box.title),))
            for inner in box.items:
                depths[inner] += 1
        branch, row = lanes.step(item.number, reads[item.number])
        if branch:
            yield _Line(branch, ())
        yield _Line(row, _cells(item, depths[item.number], figures))


def _cells(item: Item, depth: int, figures: int) -> tuple[str, ...]:
    """Return the cells of an item; inputs have no figures."""
    texts = (item.title, item.operation, item.shape, *(item.figures or [""] * figures))
    name, *others = map(plain, texts)
    return ("  " * depth + name, *others)


class _Lanes:
    """The branches beside the items: in each lane, the item whose output others below still read."""

    def __init__(self, left: list[int]) -> None:
        self.left = left
        self.lanes: list[int | None] = []

    def passing(self) -> str:
        """Return the lanes between two items."""
        return " ".join(" " if lane is None else "│" for lane in self.lanes)

    def step(self, number: int, reads: Sequence[int]) -> tuple[str, str]:
        """Return the line in which branches part and join above an item, if they do, and its own line."""
        columns = sorted(self.lanes.index(source) for source in reads)
        for source in reads:
            self.left[source] -= 1
        ends = [column for column in columns if not self.left[self.lanes[column] or 0]]
        own = columns[0] if columns else self._free(0)
        signs: dict[int, str] = {}
        for column in columns[1:]:
            signs[column] = "╯" if column in ends else "┤"
        if columns and own not in ends:  # what it reads goes on beside it
            aside = self._free(own + 1)
            self.lanes[aside] = self.lanes[own]
            signs[aside] = "╮"
        branch = self._branch(own, signs) if signs else ""
        for column in ends:
            self.lanes[column] = None
        self.lanes[own] = number
        row = " ".join(
            "●" if column == own else " " if lane is None else "│" for column, lane in enumerate(self.lanes)
        )
        if not self.left[number]:
            self.lanes[own] = None
        while self.lanes and self.lanes[-1] is None:
            self.lanes.pop()
        return branch, row

    def _free(self, first: int) -> int:
        """Return the first lane from there on that nothing is in."""
        for column in range(first, len(self.lanes)):
            if self.lanes[column] is None:
                return column
        while len(self.lanes) <= first:
            self.lanes.append(None)
        if self.lanes[-1] is not None:
            self.lanes.append(None)
        return len(self.lanes) - 1

    def _branch(self, own: int, signs: dict[int, str]) -> str:
        """Return the line of parting and joining: from the lane of the item to all with signs."""
        last = max(signs)
        inner = {"╯": "┴", "╮": "┬", "┤": "┼"}
        texts = []
        for column, lane in enumerate(self.lanes):
            passing = " " if lane is None else "│"
            if column == own:
                sign = "├"
            elif column in signs:
                sign = signs[column] if column == last else inner[signs[column]]
            elif own < column < last:
                sign = "─" if lane is None else passing
            else:
                sign = passing
            texts.append(sign + ("─" if own <= column < last else " "))
        return "".join(texts).rstrip()
