"""A spec's file with another text in it, unless somebody has changed it meanwhile."""

from __future__ import annotations

import codecs
from itertools import zip_longest
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError, as_file_error, check_writable, replacing

if TYPE_CHECKING:
    from pathlib import Path


def replace_text(path: Path, read: str, text: str) -> None:
    """Put ``text`` into a file of which ``read`` was read; a byte order mark stays.

    Raises:
        FileError: the file is another one by now, or the operating system refuses.
    """
    if not path.is_file():  # a pipe is read once, and what was read of it is nowhere
        raise FileError(path, "is no regular file, so it cannot be changed; name - to print the changed text")
    check_writable(path)
    with as_file_error(path):
        data = path.read_bytes()
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    before = mark + read.encode()
    with replacing(path) as file:
        file.write(mark + text.encode())
        file.flush()
        now = path.read_bytes()
        if now != before:
            what = f"was changed while it was checked, {_first_change(before, now)}; nothing is written"
            raise FileError(path, what)


def _first_change(before: bytes, now: bytes) -> str:
    """Return where two contents begin to differ."""
    lines = zip_longest(before.splitlines(), now.splitlines())
    number = next((number for number, (a, b) in enumerate(lines, 1) if a != b), None)
    return f"first in line {number}" if number else "in its line ends"
