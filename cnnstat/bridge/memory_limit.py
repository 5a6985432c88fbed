"""The memory that a run may take: refused before it starts, and held by the operating system while it runs.

A look at the memory between two layers would come too late, for one layer may take all of it. On Linux the
kernel itself refuses a process private memory beyond RLIMIT_DATA: what asks for it gets a MemoryError, in the
middle of a layer as well as in the reader of a file. Other systems have no limit that holds for all of an
array's memory; there the estimate before the start stands alone.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil

from cnnstat.base.text import bytes_text
from cnnstat.bridge.refusals import TooLargeError
from cnnstat.executor.mac_counter import start_blas

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = 8 << 20
"""Bytes of programs that are paged in while a run goes on: they are no private memory, and no limit counts
them."""
LESS = "a smaller --input or --batch needs less"


class MemoryLimit:
    """The bytes that the process as a whole may take: those asked for, or by default what is free.

    Of several processes that run at the same time, each has its ``share`` of that: a half, of two.
    """

    def __init__(self, wanted: int | None, share: int = 1) -> None:
        self.bytes = (psutil.virtual_memory().available if wanted is None else wanted) // share
        whose = "free" if wanted is None else "allowed by --max-memory"
        each = f" for each of {share} processes" if share > 1 else ""
        self.said = f"{bytes_text(self.bytes)} are {whose}{each}"

    def check(self, needed: int) -> None:
        """Let a run begin that needs so many bytes beside what the process has already.

        Raises:
            TooLargeError: they are more than there are.
        """
        total = needed + LIBRARIES + taken()
        if total > self.bytes:
            raise TooLargeError(f"the run needs about {bytes_text(total)}", self.said, LESS)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the limit within.

        Raises:
            TooLargeError: more was asked for.
        """
        start_blas()
        try:
            with _private_memory(max(self.bytes - taken() - LIBRARIES, 0)):
                yield
        except MemoryError:
            raise TooLargeError("the run takes more memory than estimated", self.said, LESS) from None


def taken() -> int:
    """Return the bytes of memory that this process has."""
    return int(psutil.Process().memory_info().rss)


@contextmanager
def _private_memory(more: int) -> Iterator[None]:
    """Let the process take no more than this beside the private memory that it has."""
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - not everywhere

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = psutil.Process().memory_info().data + more
    known = [each for each in (soft, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([limit, *known]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
