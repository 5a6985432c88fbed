"""Points as they come, into JSON Lines, CSV or Parquet: none is kept."""

from __future__ import annotations

import csv
import json
from contextlib import contextmanager
from io import StringIO
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from cnnstat.base.errors import ArgumentError
from cnnstat.base.files import FileError, replacing
from cnnstat.base.text import escaped
from cnnstat.cli.output import Undone, say
from cnnstat.commands.sweep.document import flat
from cnnstat.commands.sweep.figures import REAL, SWEPT
from cnnstat.commands.sweep.libraries import arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cnnstat.commands.sweep.rows import Row
    from cnnstat.commands.sweep.table import Columns

STREAMS = ("csv", "jsonl", "parquet")
"""The formats that have a line for each point, however many there are."""

_GROUP = 50_000
"""Points that a Parquet file has together."""


class Stream(Protocol):
    """Where rows go."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is still to be written."""


class _Text:
    def __init__(self, file: IO[bytes], columns: Columns) -> None:
        self.file, self.columns = file, columns

    def close(self) -> None:
        self.file.flush()


class JsonLines(_Text):
    """A JSON object in each line, its keys those of the columns."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        names = self.columns.names
        lines = (json.dumps(dict(zip(names, flat(row, self.columns), strict=True))) for row in rows)
        self.file.write("".join(f"{escaped(line)}\n" for line in lines).encode())


class Csv(_Text):
    """A line of names and a line for each point; sizes are written 3x224x224."""

    def __init__(self, file: IO[bytes], columns: Columns) -> None:
        super().__init__(file, columns)
        self._put([columns.names])

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        self._put([[_raw(cell) for cell in flat(row, self.columns)] for row in rows])

    def _put(self, lines: Sequence[Sequence[Any]]) -> None:
        out = StringIO()
        csv.writer(out, lineterminator="\n").writerows(lines)
        self.file.write(out.getvalue().encode())


def _raw(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return "x".join(map(str, cell))
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # A spreadsheet takes a cell that starts with one of these for a formula.
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


class Parquet:
    """A file of columns: numbers as 64 bits, sizes as lists."""

    def __init__(self, file: IO[bytes], columns: Columns) -> None:
        self.file, self.columns = file, columns
        self._rows: list[Any] = []
        self._writer: Any = None
        self._arrow = arrow()

    def write(self, rows: Sequence[Row]) -> None:
        """Take some rows, and write those of a group."""
        self._rows += [flat(row, self.columns) for row in rows]
        if len(self._rows) >= _GROUP:
            self._put()

    def close(self) -> None:
        """Write what is left."""
        if self._rows or self._writer is None:
            self._put()
        assert self._writer is not None
        self._writer.close()

    def _put(self) -> None:
        table = self._table()
        if self._writer is None:
            self._writer = self._arrow.parquet.ParquetWriter(self.file, table.schema, compression="zstd")
        self._writer.write_table(
            table.cast(self._writer.schema) if table.schema != self._writer.schema else table
        )
        self._rows = []

    def _table(self) -> Any:
        library, names = self._arrow, self.columns.names
        cells = [*zip(*self._rows, strict=True)] if self._rows else [()] * len(names)
        arrays = []
        for place, column in enumerate(cells):
            key = place - len(names) + len(self.columns.shown)
            arrays.append(
                _parquet_column(library, column, self.columns.shown[key] if key >= 0 else None, place)
            )
        return library.table(arrays, names=[*names])


def _parquet_column(library: Any, column: Sequence[Any], figure: str | None, place: int) -> Any:
    """Return a column: of figures by their kind, of parameters as numbers where all of them are."""
    if figure is not None:
        kind = SWEPT[figure].kind
        if kind == "sizes":
            return library.array(column, type=library.list_(library.int64()))
        if kind in REAL:
            return library.array(column, type=library.float64())
        return library.array(column, type=library.string() if kind == "text" else library.int64())
    if place == 0:
        return library.array(column, type=library.int64())
    numbers = place > 1 and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in column
    )
    if numbers:
        return library.array(column, type=library.float64())
    return library.array([each if each is None else str(each) for each in column], type=library.string())


WRITERS: dict[str, type[JsonLines | Csv | Parquet]] = {"jsonl": JsonLines, "csv": Csv, "parquet": Parquet}


@contextmanager
def opened(form: str, output: Path | None, columns: Columns) -> Iterator[Stream]:
    """Give where rows go in a format: to a file, which is put in its place at the end, or to standard output.

    Raises:
        UsageError: the format is for files.
        Undone: the file takes nothing more.
    """
    if output is None:
        if form == "parquet":
            raise ArgumentError("--format parquet goes to a file; name it with -o FILE")
        stream = WRITERS[form](cast("IO[bytes]", _Said()), columns)
        yield stream
        stream.close()
        return
    try:
        with replacing(output) as file:
            stream = WRITERS[form](file, columns)
            yield stream
            stream.close()
    except FileError as error:
        raise Undone(f"cannot write {error}") from None


class _Said:
    """Standard output as a file of bytes."""

    def write(self, data: bytes) -> None:
        say(data.decode())

    def flush(self) -> None:
        pass
