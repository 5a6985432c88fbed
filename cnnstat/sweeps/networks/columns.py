"""The columns of a sweep: which figures are worked out, which are shown, and what each is called."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.base.figures import BUDGETED
from cnnstat.report.model import Column, Quantity
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.report import model
    from cnnstat.sweeps.cells import Kind
    from cnnstat.sweeps.networks.evaluator import Row
    from cnnstat.sweeps.networks.figures import Side, SweepFigure

FIXED = ("point", "network", "refused", "why", "exact")
"""The columns of every store beside parameters and figures."""


class Columns(Struct, frozen=True, dict=True):
    """``figures`` are worked out, ``shown`` are some of them; ``networks`` are the labels of the members.

    ``kinds`` say of parameters what values they have, as far as is known before. Those that are ``following``
    are worked out from others.
    """

    networks: tuple[str, ...]
    params: tuple[str, ...]
    figures: tuple[str, ...]
    shown: tuple[str, ...]
    kinds: dict[str, Kind] = {}
    following: frozenset[str] = frozenset()

    @cached_property
    def place(self) -> dict[str, int]:
        """Return where each figure is in a row."""
        return {key: place for place, key in enumerate(self.figures)}

    @cached_property
    def _params(self) -> dict[str, int]:
        return {param_key(name): place for place, name in enumerate(self.params)}

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Return what data formats have: what is shown, and which of it is only a bound."""
        found: dict[str, None] = {}
        for key in self.shown:
            bounded_by = SWEPT[key].bounded_by
            found.update(dict.fromkeys((key, bounded_by) if bounded_by in self.place else (key,)))
        return tuple(found)

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the columns of a file are called."""
        return ("point", "network", *column_names(self.params), *self.written)

    def cell(self, row: Row, key: str) -> Any:
        """Return a figure of a row, or a parameter by its `param_key`."""
        if key in self._params:
            return row.params[self._params[key]]
        return row.figures[self.place[key]]

    def side(self, row: Row, key: str) -> Side:
        """Return on which side of its number a figure of a row is; nothing where it is that number."""
        if key in self._params:
            return ""
        figure = SWEPT[key]
        place = self.place.get(figure.bounded_by)
        return figure.side if place is not None and row.figures[place] else ""

    def for_readers(self) -> tuple[Column, ...]:
        """Return the columns of a table for readers.

        A narrow terminal leaves out parameters that follow from others first, then the last figures, then
        parameters; it shows which point it is, and the first figure.
        """
        network = (Column("network", "network", "text", gives="name"),) if len(self.networks) > 1 else ()
        named = zip(self.params, column_names(self.params), strict=True)
        params = (
            Column(column, column, "figure", rank=3 if name in self.following else 1)
            for name, column in named
        )
        figures = (
            Column(key, figure.title, kind_for_readers(figure), figure.convention, min(2, place))
            for place, (key, figure) in enumerate((key, SWEPT[key]) for key in self.shown)
        )
        return (Column("point", "point"), *network, *params, *figures)


def kind_for_readers(figure: SweepFigure) -> model.Kind:
    """Return how a figure is shown."""
    return "shape" if figure.kind == "sizes" else figure.kind


def cells_for_readers(figures: Mapping[str, Any], shown: Sequence[str]) -> Iterator[Any]:
    """Yield the figures of a point that are shown; of bounds, that they are at most or at least so much."""
    for key in shown:
        figure, value = SWEPT[key], figures[key]
        if value is not None and figures.get(figure.bounded_by):
            value = Quantity((f"{figure.side} ", Quantity(value, kind_for_readers(figure))), "figure")
        yield value


def following(space: Mapping[str, str]) -> frozenset[str]:
    """Return the parameters that are worked out from others, of what varies as it is written."""
    return frozenset(name for name, text in space.items() if "$" in text)


def param_key(name: str) -> str:
    """Return what conditions and orders know a parameter by: its name, with a $ if a figure has it, too."""
    return f"${name}" if name in SWEPT or name in BUDGETED else name


def column_names(params: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of parameters; one that is a figure's, too, has a $ before it.

    Case does not part two names: a database takes ``w`` and ``W`` for the same column.
    """
    taken = {key.lower() for key in (*SWEPT, *FIXED)}
    names = []
    for name in params:
        column = name
        while column.lower() in taken:
            column = f"${column}"
        taken.add(column.lower())
        names.append(column)
    return tuple(names)
