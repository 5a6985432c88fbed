"""The file that a page has open: read and compared at any time, written only where that is asked for."""

from __future__ import annotations

import codecs
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.files import FileError, as_file_error
from cnnstat.commands.check.replaced import replace_text
from cnnstat.commands.serve.bounds import REQUEST_BYTES

if TYPE_CHECKING:
    from pathlib import Path


class FileState(Struct, frozen=True, kw_only=True):
    """A file as it is now: its text, and what is the same as long as its content is.

    ``trouble`` says why it cannot be read; it has no text then. Where the page knows the content, the text is
    left out. ``mark`` is the byte order mark that it begins with, or nothing.
    """

    known: str = ""
    text: str | None = None
    trouble: str = ""
    mark: bytes = b""


class OpenedFile:
    """One file, which keeps its name whatever becomes of its content."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()  # the folder at hand may become another

    def state(self, known: str = "") -> FileState:
        """Return what the file is now; ``known`` is what the page knows of it."""
        try:
            with as_file_error(self.path.name):
                data = self._data()
                text = data.decode("utf-8-sig")
            digest = _digest(data)
            mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
            return FileState(known=digest, text=None if digest == known else text, mark=mark)
        except FileError as error:
            return FileState(trouble=str(error))

    def _data(self) -> bytes:
        if not self.path.is_file():
            raise FileError(self.path.name, "is gone" if not self.path.exists() else "is no regular file")
        with self.path.open("rb") as file:
            data = file.read(REQUEST_BYTES + 1)
        if len(data) > REQUEST_BYTES:
            raise FileError(self.path.name, f"has more than {REQUEST_BYTES >> 20} MiB, too many for a page")
        return data

    def save(self, text: str, known: str) -> tuple[bool, FileState]:
        """Write a text over the content that is ``known``; over another one, nothing is written.

        Return whether that was so, and what the file is now, with its text where the page does not know it.

        Raises:
            FileError: the operating system refuses.
        """
        before = self.state()
        if before.text is None or before.known != known:
            return False, before
        try:
            replace_text(self.path, before.text, text)
        except FileError:
            after = self.state(known)
            if after.known != known:  # somebody was faster
                return False, after
            raise
        # Of what was written, not of what is there: that may be somebody else's again.
        return True, FileState(known=_digest(before.mark + text.encode()))


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
