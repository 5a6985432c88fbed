"""Many files on all processors: results come in the order of the files, whatever is finished first."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from cnnstat.commands.check.check_file import CheckOptions, FileReport, check_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

FEW = 8
"""Files for which no further process is worth its start."""
AHEAD = 8
"""Files per worker that wait for their turn: enough to keep all busy, few enough to need no memory."""


class LostWorkerError(Exception):
    """A worker died in the middle of a file, most likely for want of memory."""


def workers_for(files: int) -> int:
    """Return how many processes so many files are worth, here."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available, files // FEW))


def check_files(work: Sequence[tuple[str, CheckOptions]], jobs: int) -> Iterator[FileReport]:
    """Yield the report of each file, in their order, with so many processes.

    Raises:
        LostWorkerError: the system ended a worker; of its file and those behind it nothing is known.
    """
    if jobs == 1:
        yield from (check_file(spec, options) for spec, options in work)
        return
    # A fresh process has no threads of its parent's, which a fork would have copied in the middle of something.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts) as pool:
        waiting: deque[tuple[str, Future[FileReport]]] = deque()
        try:
            for spec, options in work:
                waiting.append((spec, pool.submit(check_file, spec, options)))
                if len(waiting) >= AHEAD * jobs:
                    yield waiting.popleft()[1].result()
            while waiting:
                yield waiting.popleft()[1].result()
        except BrokenProcessPool:
            name = waiting[0][0] if waiting else work[-1][0]
            raise LostWorkerError(f"a worker was ended by the system at or behind {name}") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent, which ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
