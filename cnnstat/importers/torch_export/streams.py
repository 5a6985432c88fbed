"""What code of the user may print to, close, end and begin, without harm to the report."""

from __future__ import annotations

import ctypes
import io
import os
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")


class EndedError(BaseException):
    """Code that calls `os._exit`: as `SystemExit`, it is none of the errors that code catches."""


@contextmanager
def apart() -> Iterator[None]:
    """Let whatever prints do so to standard error: Python, a library in C, or a program that is started.

    The streams that code gets can be closed without ours being so. Threads that it begins do not keep the
    program from ending.
    """
    kept = {name: getattr(sys, name) for name in _STREAMS}
    leave, main = os._exit, threading.current_thread()
    here, daemon = os.getpid(), main.daemon
    lent: Any = _Lent(sys.stderr)

    def ended(status: int) -> NoReturn:
        if os.getpid() != here:  # a process that the code has begun ends as it likes
            leave(status)
        raise EndedError(status)

    with _descriptors():
        for name in _STREAMS:
            setattr(sys, name, lent)
        os._exit = ended
        main._daemonic = True  # type: ignore[attr-defined]  # which threads inherit
        try:
            yield
        finally:
            main._daemonic = daemon  # type: ignore[attr-defined]
            os._exit = leave
            for name, stream in kept.items():
                setattr(sys, name, stream)


@contextmanager
def _descriptors() -> Iterator[None]:
    """Put standard error in the place of standard output, and both back, also where one was closed."""
    _flushed()
    kept: dict[int, int] = {}
    for number in (1, 2):
        with suppress(OSError):  # one that was closed before stays so
            kept[number] = os.dup(number)
    if len(kept) == 2:
        os.dup2(2, 1)
    try:
        yield
    finally:
        _flushed()
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)


def _flushed() -> None:
    """Write out what Python and the library of C hold back."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]
    with suppress(OSError, TypeError, AttributeError):  # Windows has no library without a name
        ctypes.CDLL(None).fflush(None)


class _Lent(io.TextIOBase):
    """A stream that writes where another does, and cannot be closed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write where the other does."""
        return self._stream.write(text)

    def flush(self) -> None:
        """Flush the other."""
        self._stream.flush()

    def close(self) -> None:
        """Stay open: it is ours."""

    def writable(self) -> bool:
        """Say yes."""
        return True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
