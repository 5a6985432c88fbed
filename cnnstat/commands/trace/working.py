"""How one number comes about: matrices of what is multiplied, steps with their arithmetic, and the number.

These are values alone, of numbers and words: whoever prints them, or puts them into a page, needs nothing of
a run, of click or of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Iterable

Cells = tuple[tuple[Real | None, ...], ...]
"""Rows of numbers; null is padding, or a place that is none."""


class Matrix(Struct, frozen=True):
    """Numbers in rows under a head.

    ``sign`` stands between this matrix and the one in front of it: × or =.
    """

    head: str
    rows: Cells
    sign: str = ""
    beyond: Literal["zero", "nothing"] = "zero"
    """What padding counts as; a maximum does not count it."""
    marked: tuple[tuple[int, int], ...] = ()
    """Row and column of the cells that decide, as the largest one of a window does."""

    @property
    def size(self) -> tuple[int, int]:
        """Return the numbers of rows and columns."""
        return len(self.rows), max(map(len, self.rows), default=0)


class Plane(Struct, frozen=True):
    """Matrices of one size side by side: of one channel, one sample, one map of deltas."""

    label: str
    matrices: tuple[Matrix, ...]


class Step(Struct, frozen=True):
    """One step of arithmetic: what it gives, how, and the number."""

    name: str
    formula: str
    value: Real


class Part(Struct, frozen=True):
    """Planes that belong together, and the steps from them to a number.

    ``summed`` says that the first step is the sum of the last matrices of all planes.
    """

    title: str
    planes: tuple[Plane, ...] = ()
    steps: tuple[Step, ...] = ()
    summed: bool = False


class Working(Struct, frozen=True):
    """A number and how it comes about; `parts` are to be read in order."""

    parts: tuple[Part, ...]
    value: Real


def rows_of(numbers: Iterable[Iterable[float | None]]) -> Cells:
    """Return numbers as the rows of a matrix."""
    return tuple(tuple(None if each is None else Real(each) for each in row) for row in numbers)


def step(name: str, formula: str, value: float) -> Step:
    """Return one step of arithmetic."""
    return Step(name, formula, Real(value))


def number_text(value: float) -> str:
    """Return a number as it stands in a formula: ten digits at most, and no minus for a zero."""
    return f"{value + 0.0:.10g}".replace("-", "−")


def signed_text(value: float) -> str:
    """Return a number as a factor or a summand: in brackets where it is negative."""
    text = number_text(value)
    return f"({text})" if value < 0 else text


def sum_text(terms: Iterable[float]) -> str:
    """Return numbers as the sum that they are, of more than nine some; nothing of one."""
    shown = [f"({text})" if text.startswith("−") else text for text in map(_short, terms)]
    if len(shown) > 9:
        shown = [*shown[:6], "…", shown[-1]]
    return " + ".join(shown) if len(shown) != 1 else ""


def _short(value: float) -> str:
    """Return a summand: six digits, as the sum itself has all that count."""
    return f"{value + 0.0:.6g}".replace("-", "−")
