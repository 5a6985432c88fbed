"""The kinds of shapes that there are, and the names of their axes: one line for each.

What holds for every kind follows from this table: how many sizes an input or an option may have, what axes
are called in formulas, in `slice` and in messages. The executor has a table of its own.
"""

from __future__ import annotations

from msgspec import Struct


class Rank(Struct, frozen=True):
    """Shapes of one sample that have as many axes after the channels.

    ``letters`` is how the shape is written, ``axes`` are the names of its sizes, channels first, and
    ``places`` what positions along each axis after the channels are called.
    """

    noun: str
    letters: str
    axes: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def described(self) -> str:
        """Return the noun with an article, and the shape as a tuple: ``a vector (N,)``."""
        return f"a {self.noun} ({self.letters}{'' if self.places else ','})"


RANKS = (
    Rank("vector", "N", ("units",), ()),
    Rank("signal", "C, L", ("channels", "length"), ("positions",)),
    Rank("map", "C, H, W", ("channels", "height", "width"), ("rows", "columns")),
    Rank("volume", "C, D, H, W", ("channels", "depth", "height", "width"), ("frames", "rows", "columns")),
)
"""Every kind of shape, by its number of axes after the channels."""

MOST_AXES = len(RANKS) - 1
"""The most axes that a shape has after the channels."""


def rank_of(shape: tuple[int, ...]) -> Rank:
    """Return the kind of a shape."""
    return RANKS[len(shape) - 1]
