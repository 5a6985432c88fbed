"""What all kinds of files share: where a file is looked for, and how messages show what is in it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError, as_file_error
from cnnstat.base.text import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SHOWN = 5
"""Names in one message, before the rest is only counted."""
LONGEST = 120
"""Characters of a name from a file that a message shows."""


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
    check_suffix(path, suffixes, instead)
    return path


def check_suffix(path: Path, suffixes: Sequence[str], instead: str = "") -> None:
    """Let a name with one of these suffixes pass, in either case; `instead` says how to come by such a file.

    Raises:
        FileError: it has another suffix, or none.
    """
    if path.suffix.lower() not in suffixes:
        got = f"'{shown(path.suffix)}'" if path.suffix else "no suffix"
        raise FileError(path, f"expected {listed(suffixes)}, got {got}{instead}")


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
