"""A spec's file with another text in it, unless somebody has changed it meanwhile."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from cnnstat.base.files import FileError, as_file_error, check_writable, replacing

if TYPE_CHECKING:
    from pathlib import Path


def replace_text(path: Path, read: str, text: str) -> None:
    """Put ``text`` into a file of which ``read`` was read; a byte order mark stays.

    Raises:
        FileError: the file is another one by now, or the operating system refuses.
    """
    check_writable(path)
    with as_file_error(path):
        data = path.read_bytes()
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    before = mark + read.encode()
    with replacing(path) as file:
        file.write(mark + text.encode())
        file.flush()
        if path.read_bytes() != before:
            raise FileError(path, "was changed while it was checked; nothing is written")
