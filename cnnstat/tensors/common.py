"""What all kinds of files share: the error, where a file is looked for, and how it is replaced."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.text import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

SHOWN = 5
"""Names in one message, before the rest is only counted."""
LONGEST = 120
"""Characters of a name from a file that a message shows."""


class FileError(ValueError):
    """A file that cannot be read, written or used; the message begins with its name and fits on one line."""

    def __init__(self, path: Path | str, message: str) -> None:
        super().__init__(f"{plain(str(path))}: {message}")


def existing(path: Path | str, suffixes: Sequence[str], instead: str = "") -> Path:
    """Return the path of a file that is there and has one of these suffixes, in either case.

    `instead` says how to come by such a file.

    Raises:
        FileError: it is missing, is a folder or no regular file, or has another suffix.
    """
    path = Path(path)
    with as_file_error(path):
        if not path.exists():
            raise FileError(path, "there is no such file")
        if not path.is_file():
            raise FileError(path, "is a folder, not a file" if path.is_dir() else "is no regular file")
    if path.suffix.lower() not in suffixes:
        raise FileError(path, f"expected {listed(suffixes)}, got {_suffix(path)}{instead}")
    return path


def _suffix(path: Path) -> str:
    return f"'{shown(path.suffix)}'" if path.suffix else "no suffix"


@contextmanager
def as_file_error(path: Path) -> Iterator[None]:
    """Raise what the operating system refuses (a permission, a full disk) as an error of the file.

    Raises:
        FileError: an OSError, a lack of memory, or a path that no system takes.
    """
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(path, plain(error.strerror or str(error))) from error
    except MemoryError as error:
        raise FileError(path, "does not fit into memory") from error
    except ValueError as error:  # a NUL character in the path
        raise FileError(path, plain(str(error))) from error


@contextmanager
def replacing(path: Path | str, suffixes: Sequence[str]) -> Iterator[Path]:
    """Give a new path beside `path` to write to; it takes the place of `path` when all went well.

    An interrupted run thus leaves the old file whole. A link stays a link: its target is replaced.

    Raises:
        FileError: another suffix, a missing folder, or the operating system refuses.
    """
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise FileError(path, f"expected {listed(suffixes)}, got {_suffix(path)}")
    with as_file_error(path):
        target = path.resolve()
        _writable(path, target)
        beside = target.with_name(f".{target.name[:64]}.{secrets.token_hex(4)}.tmp{target.suffix}")
        try:
            yield beside
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _writable(path: Path, target: Path) -> None:
    if target.is_dir():
        raise FileError(path, "is a folder, not a file")
    if not target.parent.is_dir():
        raise FileError(path, "the folder it should go to does not exist; make it first")


def shape_text(shape: Sequence[int]) -> str:
    """Return 64x3x7x7, or `a single number` for no axes."""
    return shown("x".join(map(str, shape))) if shape else "a single number"


def shown(name: str) -> str:
    """Return a name from a file, made harmless and cut to a readable length."""
    text = plain(name[: LONGEST + 1])
    return text if len(name) <= LONGEST else f"{text[:LONGEST]}..."


def listed(words: Sequence[str]) -> str:
    """Return `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def first_few(items: Collection[str]) -> str:
    """Return the first five, and how many more there are."""
    few = ", ".join(islice(items, SHOWN))
    return few + (f" and {len(items) - SHOWN} more" if len(items) > SHOWN else "")
