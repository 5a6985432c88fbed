"""The columns of a sweep: which figures are worked out, which are shown, and what each is called."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cnnstat.report.model import Column
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.sweeps.cells import Kind
    from cnnstat.sweeps.networks.evaluator import Row

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
        return {name: place for place, name in enumerate(self.params)}

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the columns of a file are called."""
        return ("point", "network", *column_names(self.params), *self.shown)

    def cell(self, row: Row, key: str) -> Any:
        """Return a parameter of a row, or a figure."""
        if key in self._params:
            return row.params[self._params[key]]
        return row.figures[self.place[key]]

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
            Column(key, figure.title, _KINDS.get(figure.kind, figure.kind), figure.convention, min(2, place))  # type: ignore[arg-type]
            for place, (key, figure) in enumerate((key, SWEPT[key]) for key in self.shown)
        )
        return (Column("point", "point"), *network, *params, *figures)


_KINDS = {"sizes": "shape"}


def following(space: Mapping[str, str]) -> frozenset[str]:
    """Return the parameters that are worked out from others, of what varies as it is written."""
    return frozenset(name for name, text in space.items() if "$" in text)


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
