"""A file of DuckDB, and in plain words what it cannot do."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cnnstat.base.text import plain
from cnnstat.cli.output import Undone
from cnnstat.sweeps.libraries import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_READ = 5_000
"""Rows that are in memory together."""

_PAGES, _PAGES_OF_COLUMN = 64, 2
"""Megabytes that the library may take: in all, and more for each column.

Left alone, it keeps every page that it has written or read, up to most of the memory of a machine. When it
packs what was added, it holds some pages of every column at once: with 60 columns of lists, 64 do not do.
"""

_MAGIC, _MAGIC_END = b"DUCK", 12
_PROCESS = re.compile(r"\(PID (\d+)\)")
_IN_USE = re.compile(r"Could not set lock|same database file with a different configuration")
_FULL = re.compile(r"(No space left on device|File too large|Disk quota exceeded)")
_DAMAGED = re.compile(r"Could not read enough bytes|[Cc]orrupt|checksum|Serialization Error|Deserializ")


class Database:
    """A file that is open for one who writes, or for many who read.

    ``going_on`` says what a command can do where nothing more can be written.

    Raises:
        Undone: the library is missing, or the file is in use, damaged, something else, or cannot be opened.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path, self.going_on = path, ""
        _check_kind(path)
        with self.explained():
            one_thread = {"threads": 1}  # each takes memory of its own, and Python is what a sweep waits for
            self._connection = duckdb().connect(str(path), read_only=read_only, config=one_thread)
        if not path.exists():  # by its name, the library has taken it for something else
            raise Undone(f"{path} cannot be a store; call it {path.stem}.duckdb")

    def close(self) -> None:
        """Close the file; what was written is in it."""
        with self.explained():
            self._connection.close()

    def bound(self, columns: int) -> None:
        """Take no more memory than tables of so many columns need, whatever number of rows they have."""
        self.run(f"SET memory_limit = '{_PAGES + _PAGES_OF_COLUMN * columns}MB'")

    def run(self, text: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that a statement in SQL gives.

        Raises:
            Undone: it fails.
        """
        with self.explained():
            found: list[tuple[Any, ...]] = self._connection.execute(text, values).fetchall()
            return found

    def some(self, text: str) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows that a statement in SQL gives, some at a time.

        Raises:
            Undone: it fails.
        """
        with self.explained():
            found = self._connection.cursor().execute(text)
        while True:
            with self.explained():
                rows = found.fetchmany(_READ)
            if not rows:
                return
            yield rows

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is written within, or nothing of it where that fails."""
        self.run("BEGIN")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with suppress(duckdb().Error):  # what has failed before is said
                self._connection.execute("ROLLBACK")
            raise

    def insert(self, name: str, table: Any) -> None:
        """Add the rows of a table of Arrow, whose columns have names, to those of a table of the database.

        Raises:
            Undone: that fails.
        """
        with self.explained():
            self._connection.register("added", table)
            try:
                columns = ", ".join(table.column_names)
                self._connection.execute(f"INSERT INTO {name} SELECT {columns} FROM added")
            finally:
                self._connection.unregister("added")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say of what the database cannot do which file it was, and the way out."""
        try:
            yield
        except duckdb().Error as error:
            raise Undone(f"{plain(str(self.path))} {_words(str(error), self.going_on)}") from None


def _words(error: str, going_on: str) -> str:
    """Return in words what has happened, to stand behind the name of a file."""
    if _IN_USE.search(error):
        process = _PROCESS.search(error)
        who = f"process {process[1]}" if process else "this process"
        return f"is in use: {who} has it open, and a sweep writes alone. Ask again when that has ended"
    if full := _FULL.search(error):
        return f"takes no more: {full[1]}{going_on}"
    first = plain(error.strip().split("\n")[0])
    if _DAMAGED.search(error):
        return f"is damaged ({first}). Name another file, and its points are worked out again"
    return f"cannot be read or written: {first}{going_on}"


def _check_kind(path: Path) -> None:
    """Refuse a file that is there and no database, which the library might read in another way.

    Raises:
        Undone: it is none.
    """
    try:
        start = _start(path) if path.exists() else b""
    except OSError as error:
        raise Undone(f"cannot read {path}: {error.strerror}") from None
    if start and not start.endswith(_MAGIC):
        raise Undone(f"{path} is no store of a sweep")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAGIC_END)


def quoted(name: str) -> str:
    """Return a name as the database writes it."""
    return '"' + name.replace('"', '""') + '"'
