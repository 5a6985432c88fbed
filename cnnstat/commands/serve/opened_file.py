"""The file that a page has open: read and compared at any time, written only where that is asked for."""

from __future__ import annotations

import codecs
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.files import FileError, as_file_error
from cnnstat.commands.check.replaced import replace_text
from cnnstat.commands.serve.bounds import TEXT_BYTES

if TYPE_CHECKING:
    from pathlib import Path


class FileState(Struct, frozen=True, kw_only=True):
    """A file as it is now: its text, and the digest of its content, SHA-256.

    ``trouble`` says why it cannot be read; it has no text then. Where the page knows the content, the text is
    left out.
    """

    digest: str = ""
    text: str | None = None
    trouble: str = ""


class OpenedFile:
    """One file, which keeps its name whatever becomes of its content."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()  # the folder at hand may become another

    def state(self, digest: str = "") -> FileState:
        """Return what the file is now; ``digest`` is of the content that the page knows."""
        try:
            data, text = self._content()
        except FileError as error:
            return FileState(trouble=str(error))
        now = _digest(data)
        return FileState(digest=now, text=None if now == digest else text)

    def save(self, text: str, digest: str) -> tuple[bool, FileState]:
        """Write a text over the content of this digest; over another one, nothing is written.

        Return whether that was so, and what the file is now, with its text where the page does not know it.

        Raises:
            FileError: the operating system refuses.
        """
        try:
            data, before = self._content()
        except FileError as error:
            return False, FileState(trouble=str(error))
        if _digest(data) != digest:
            return False, FileState(digest=_digest(data), text=before)
        try:
            replace_text(self.path, before, text)
        except FileError:
            after = self.state(digest)
            if after.digest != digest:  # somebody was faster
                return False, after
            raise
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        # Of what was written, not of what is there: that may be somebody else's again.
        return True, FileState(digest=_digest(mark + text.encode()))

    def _content(self) -> tuple[bytes, str]:
        """Return what is in the file, and that as text.

        Raises:
            FileError: it cannot be read, or is no text that a page takes.
        """
        with as_file_error(self.path.name):
            if not self.path.is_file():
                gone = not self.path.exists()
                raise FileError(self.path.name, "is not there any more" if gone else "is no regular file")
            with self.path.open("rb") as file:
                data = file.read(TEXT_BYTES + 1)
            if len(data) > TEXT_BYTES:
                most = f"{TEXT_BYTES >> 20} MiB"
                raise FileError(self.path.name, f"is larger than {most}, the most that a page takes")
            try:
                return data, data.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise FileError(self.path.name, f"is not UTF-8 text (byte {error.start})") from None


def _digest(data: bytes) -> str:
    """Return what tells contents apart."""
    return sha256(data).hexdigest()
