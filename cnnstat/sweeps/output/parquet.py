"""Points in a file of Parquet: columns of numbers, words and sizes, some thousand points at a time."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

from cnnstat.cli.output import Undone
from cnnstat.sweeps.cells import kind_of, nearest, plain
from cnnstat.sweeps.libraries import arrow
from cnnstat.sweeps.networks.figures import REAL, SWEPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.sweeps.cells import Kind
    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.networks.evaluator import Row

_GROUP = 50_000
"""Points that a file has together; by the first of them it is seen what a column holds."""

_Type: TypeAlias = Literal["int64", "decimal", "float64", "bool", "string", "sizes"]

_FIXED = 2
"""Columns before those of parameters: point and network."""

_LIMITS: dict[_Type, int] = {"int64": 2**63, "decimal": 10**38}
"""Whole numbers of a type are below these, and above their negatives."""


class Parquet:
    """A file of columns. Whole numbers, words, true and false come out as they went in.

    A fraction is the nearest decimal, as in the other files; a column of this and that is one of words.
    """

    def __init__(self, file: IO[bytes], columns: Columns) -> None:
        self.file, self.columns = file, columns
        self._rows: list[Row] = []
        self._types: list[_Type] = []
        self._writer: Any = None
        self._arrow = arrow()

    def write(self, rows: Sequence[Row]) -> None:
        """Take some rows, and write those of a group.

        Raises:
            Undone: a value is none of those that its column is of.
        """
        self._rows += rows
        if len(self._rows) >= _GROUP:
            self._put()

    def close(self) -> None:
        """Write what is left.

        Raises:
            Undone: a value is none of those that its column is of.
        """
        if self._rows or self._writer is None:
            self._put()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file while it is open: the library would write its end later."""
        with suppress(Exception):
            if self._writer is not None:
                self._writer.close()

    def _put(self) -> None:
        library, columns = self._arrow, self._columns()
        if self._writer is None:
            self._types = [*map(self._type, range(len(columns)), columns)]
            types = (_arrow_type(library, each) for each in self._types)
            schema = library.schema([*zip(self.columns.names, types, strict=True)])
            self._writer = library.parquet.ParquetWriter(self.file, schema, compression="zstd")
        arrays = [
            library.array(self._stored(place, cells), type=kind)
            for place, (cells, kind) in enumerate(zip(columns, self._writer.schema.types, strict=True))
        ]
        self._writer.write_table(library.table(arrays, schema=self._writer.schema))
        self._rows = []

    def _columns(self) -> list[list[Any]]:
        """Return the cells of each column, in the order of their names."""
        columns, rows = self.columns, self._rows
        return [
            [row.number for row in rows],
            [columns.networks[row.network] for row in rows],
            *([row.params[place] for row in rows] for place in range(len(columns.params))),
            *([row.figures[columns.place[key]] for row in rows] for key in columns.written),
        ]

    def _type(self, place: int, cells: Sequence[Any]) -> _Type:
        """Return the type of a column: of figures by their kind, of parameters by what they are."""
        figure = place - len(self.columns.names) + len(self.columns.written)
        if figure < 0:
            named = self.columns.params[place - _FIXED] if place >= _FIXED else ""
            return _narrowest(cells, self.columns.kinds.get(named))
        kind = SWEPT[self.columns.written[figure]].kind
        if kind in REAL:
            return "float64"
        return "sizes" if kind == "sizes" else "string" if kind == "text" else _whole(cells)

    def _stored(self, place: int, cells: Sequence[Any]) -> list[Any]:
        """Return cells as their column has them.

        Raises:
            Undone: one is none of those.
        """
        kind, found = self._types[place], []
        for row, cell in zip(self._rows, cells, strict=True):
            stored = None if cell is None else _as(kind, cell)
            if stored is None and cell is not None:
                name = self.columns.names[place]
                raise Undone(
                    f"a column of Parquet is of one kind: {name} of point {row.number} is {plain(cell)},"
                    " those before it are others; --format jsonl takes all of them"
                )
            found.append(stored)
        return found


def _narrowest(cells: Sequence[Any], expected: Kind | None) -> _Type:
    """Return the type that has what is there, and what is expected of those that come."""
    kinds = {kind_of(cells)} if any(each is not None for each in cells) else set()
    kinds |= {expected} if expected else set()
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    kind = kinds.pop() if len(kinds) == 1 else "mixed"
    if kind == "integer":
        return _whole(cells)
    if kind == "number" and all(_as("float64", each) is not None for each in cells if each is not None):
        return "float64"
    return "bool" if kind == "flag" else "string"


def _whole(cells: Sequence[Any]) -> _Type:
    largest = max((abs(each) for each in cells if each is not None), default=0)
    return next((kind for kind, limit in _LIMITS.items() if largest < limit), "string")


def _as(kind: _Type, cell: Any) -> Any:
    """Return a cell as a column of a type has it; None where it is nothing like it."""
    if kind == "sizes":
        return [*cell]
    if kind == "bool":
        return cell if isinstance(cell, bool) else None
    if kind == "string":
        return ("true" if cell else "false") if isinstance(cell, bool) else str(plain(cell))
    if isinstance(cell, bool) or not isinstance(cell, int | float | Fraction):
        return None
    if kind == "float64":
        near = nearest(cell)
        return near if not isinstance(cell, int) or near == cell else None
    if not isinstance(cell, int) or abs(cell) >= _LIMITS[kind]:
        return None
    return cell if kind == "int64" else Decimal(cell)


def _arrow_type(library: Any, kind: _Type) -> Any:
    if kind == "sizes":
        return library.list_(library.int64())
    return {
        "int64": library.int64(),
        "decimal": library.decimal128(38),
        "float64": library.float64(),
        "bool": library.bool_(),
        "string": library.string(),
    }[kind]
