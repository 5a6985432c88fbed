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
from cnnstat.sweeps.output.document import flat
from cnnstat.sweeps.output.parquet import Parquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cnnstat.sweeps.networks.columns import Columns
    from cnnstat.sweeps.networks.evaluator import Row

STREAMS = ("csv", "jsonl", "parquet")
"""The formats that have a line for each point, however many there are."""


class Stream(Protocol):
    """Where rows go."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is still to be written."""

    def abandon(self) -> None:
        """Let go of the file, which nobody will read."""


class _Text:
    def __init__(self, file: IO[bytes], columns: Columns) -> None:
        self.file, self.columns = file, columns

    def close(self) -> None:
        self.file.flush()

    def abandon(self) -> None:
        pass


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
            try:
                yield stream
                stream.close()
            except BaseException:
                stream.abandon()
                raise
    except FileError as error:
        raise Undone(f"cannot write {error}") from None


class _Said:
    """Standard output as a file of bytes."""

    def write(self, data: bytes) -> None:
        say(data.decode())

    def flush(self) -> None:
        pass
