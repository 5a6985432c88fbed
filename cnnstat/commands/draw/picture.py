"""What is drawn of a network, before it has places: items, arrows and boxes as plain texts and numbers.

Every way to draw starts here, so that no picture says another number than the tables do.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal["input", "layer", "block"]

Mark: TypeAlias = Literal["", "added", "removed", "changed"]
"""What became of an item from one network to another."""


class Item(Struct, frozen=True):
    """An input, a layer, or a block that is folded.

    ``title`` is its own name, ``path`` that with all blocks around it; ``operation`` is its type with its
    main options, nothing where the title says as much; ``figures`` are those that were asked for, ``shape``
    and ``size`` are what it puts out, ``hover`` all that there is to say of it.
    """

    number: int
    kind: Kind
    family: str
    path: str
    title: str
    operation: str
    figures: tuple[str, ...]
    shape: str
    size: tuple[int, ...]
    hover: str
    mark: Mark = ""
    output: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what stands under the title."""
        return (self.operation, *self.figures) if self.operation else self.figures


class Arrow(Struct, frozen=True):
    """From the item that puts out to the one that reads, by their numbers.

    ``skip`` says that another way leads there, too: past other items.
    """

    source: int
    target: int
    skip: bool
    mark: Mark = ""


class Box(Struct, frozen=True):
    """A block that is open: the numbers of its items, those in boxes within it among them.

    ``inside`` is the position of the box that it stands in, None for none. ``times`` are the repetitions that
    it stands for, which are all equal.
    """

    title: str
    items: tuple[int, ...]
    inside: int | None
    hover: str
    stands: bool = False


class Picture(Struct, frozen=True):
    """A network to be drawn: items from the inputs on, each behind those that it reads."""

    title: str
    subtitle: str
    items: tuple[Item, ...]
    arrows: tuple[Arrow, ...]
    boxes: tuple[Box, ...]
