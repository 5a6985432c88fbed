"""Many files on all processors: results come in the order of the files, whatever is finished first."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from cnnstat.commands.check.check_file import CheckOptions, FileReport, check_file, lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

FEW = 8
"""Files for which no further process is worth its start."""
AHEAD = 8
"""Files per worker that wait for their turn: enough to keep all busy, few enough to need no memory."""


def workers_for(files: int, *, heavy: bool) -> int:
    """Return how many processes so many files are worth, here; ``heavy`` ones are each worth one."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available, files if heavy else files // FEW))


def check_files(work: Sequence[tuple[str, CheckOptions]], jobs: int) -> Iterator[FileReport]:
    """Yield the report of each file, in their order, with so many processes.

    A file in which the system ends a process, mostly for want of memory, hides no other.
    """
    if jobs == 1:
        yield from (check_file(spec, options) for spec, options in work)
        return
    waiting = deque(work)
    while waiting:
        try:
            for report in _together(tuple(waiting), jobs):
                waiting.popleft()
                yield report
        except BrokenProcessPool:
            yield _alone(*waiting.popleft())


def _together(work: Sequence[tuple[str, CheckOptions]], jobs: int) -> Iterator[FileReport]:
    with _pool(jobs) as pool:
        ahead: deque[Future[FileReport]] = deque()
        try:
            for spec, options in work:
                ahead.append(pool.submit(check_file, spec, options))
                if len(ahead) >= AHEAD * jobs:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(spec: str, options: CheckOptions) -> FileReport:
    """Return the report of a file that may have ended a process, or one that says that it does."""
    try:
        with _pool(1) as pool:
            return pool.submit(check_file, spec, options).result()
    except BrokenProcessPool:
        return lost(spec)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # A fresh process has no threads of its parent's, which a fork would copy in the middle of something.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the parent, which ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
