"""Files that are written: refused before the work whose result they take, and then replaced as a whole."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from cnnstat.base.errors import ArgumentError
from cnnstat.base.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_FIXED = (errno.EBUSY, errno.EPERM, errno.EACCES)
"""What stands in the way of a file that cannot be moved away: it is mounted by itself, or somebody else's."""

PICKLED = (
    "; a pickle can run code and is never read. In PyTorch: "
    "safetensors.torch.save_file(torch.load({}, weights_only=True), 'weights.safetensors'), "
    "or of a model: save_file(model.state_dict(), 'weights.safetensors')"
)
"""The way out for a file of PyTorch's own format, by its name."""


class FileError(ValueError):
    """A file that cannot be read, written or used; the message begins with its name and fits on one line."""

    def __init__(self, path: Path | str, message: str) -> None:
        super().__init__(f"{plain(str(path))}: {message}")


class ReaderGoneError(FileError):
    """A pipe that nobody reads any more."""


@contextmanager
def as_file_error(path: Path | str) -> Iterator[None]:
    """Raise what the operating system refuses (a permission, a full disk) as an error of the file.

    Raises:
        FileError: an OSError, a lack of memory, or a path that no system takes.
    """
    try:
        yield
    except (FileError, ArgumentError):  # whoever works while a file is open may be asked what cannot be
        raise
    except BrokenPipeError as error:
        raise ReaderGoneError(path, "nobody reads it any more") from error
    except OSError as error:
        raise FileError(path, plain(error.strerror or str(error))) from error
    except MemoryError as error:
        raise FileError(path, "does not fit into memory") from error
    except ValueError as error:  # a NUL character in the path
        raise FileError(path, plain(str(error))) from error


def check_writable(path: Path) -> None:
    """Refuse what `replacing` would refuse, without writing anything.

    Raises:
        FileError: it is a folder or nothing that can be written to, its folder is missing, or the operating
            system refuses.
    """
    with as_file_error(path):
        status = _status(path)
        if status is not None and not _written_through(status):
            if stat.S_ISDIR(status.st_mode):
                raise FileError(path, "is a folder, not a file")
            if not stat.S_ISREG(status.st_mode):
                raise FileError(path, "is no regular file")
        if status is not None and not os.access(path, os.W_OK):
            raise FileError(path, "is protected from writing")
        if status is None or not _written_through(status):
            _check_folder(path, path.resolve().parent)


def _check_folder(path: Path, folder: Path) -> None:
    if not folder.is_dir():
        raise FileError(path, "the folder it should go to does not exist; make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(path, "the folder it should go to takes no new files")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to; it takes the place of ``path``, with its mode, when all went well.

    It is made beside, so that an interrupted run and a full disk leave the old file whole. A link stays a
    link: its target is replaced. A pipe or a device is written to as it is, and so is what this process has
    for its standard output or error, by whatever name.

    Raises:
        FileError: the operating system refuses; `ReaderGoneError`: it is a pipe that nobody reads any more.
    """
    with as_file_error(path):
        status = _status(path)
        if status is not None and _written_through(status):
            with _opened(path, status) as file:
                yield file
            return
        target = path.resolve()
        beside = target.with_name(f".cnnstat.{os.urandom(4).hex()}.tmp")
        try:
            with beside.open("xb") as file:
                if status is not None:
                    _give(beside, status)
                yield file
            _move(beside, target)
        finally:
            beside.unlink(missing_ok=True)


def _give(path: Path, status: os.stat_result) -> None:
    """Give a file the owner and the mode that another has; only root can give what is its own away."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(path, status.st_uid, status.st_gid)
    path.chmod(stat.S_IMODE(status.st_mode))  # behind the owner, for a change of that takes bits away


def _move(beside: Path, target: Path) -> None:
    try:
        beside.replace(target)
    except OSError as error:
        if error.errno not in _FIXED:
            raise
        import shutil  # noqa: PLC0415 - hardly ever needed

        shutil.copyfile(beside, target)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _written_through(status: os.stat_result) -> bool:
    """Say whether a file is written to as it is: nothing can take its place."""
    through = stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode)
    return through or _stream(status) is not None


def _opened(path: Path, status: os.stat_result) -> IO[bytes]:
    stream = _stream(status)
    return path.open("wb") if stream is None else os.fdopen(os.dup(stream), "wb")


def _stream(status: os.stat_result) -> int | None:
    """Return the number of the standard stream that is this file, if one is."""
    for number in (1, 2):
        try:
            if os.path.samestat(status, os.fstat(number)):
                return number
        except OSError:  # it is closed
            continue
    return None
