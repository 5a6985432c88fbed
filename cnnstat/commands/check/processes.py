"""Work on all processors: results come in the order of the work, whatever is finished first."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    Result = TypeVar("Result")
    Arguments = TypeVar("Arguments", bound=tuple[object, ...])

AHEAD = 8
"""Pieces per process that wait for their turn: enough to keep all busy, few enough to need no memory."""

PATIENCE = 1.0
"""Seconds in which a worker may put away what it has begun to write."""

FEW = 8
"""Files for which no further process is worth its start."""


def jobs_for(files: int, runs: bool) -> int:
    """Return how many processes so many files are worth: one to run is worth its own."""
    affinity = getattr(os, "sched_getaffinity", None)  # not everywhere
    processors = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(processors, files if runs else files // FEW))


def in_order(
    function: Callable[..., Result],
    work: Sequence[Arguments],
    jobs: int,
    lost: Callable[[Arguments], Result],
) -> Iterator[Result]:
    """Yield what a function returns of each piece of work, in so many processes; with one job, in this one.

    ``lost`` is the result of a piece in which the system ends a process, mostly for want of memory: the
    others are done all the same.
    """
    if jobs == 1:
        yield from (function(*arguments) for arguments in work)
        return
    waiting = deque(work)
    while waiting:
        try:
            for result in _together(function, tuple(waiting), jobs):
                waiting.popleft()
                yield result
        except BrokenProcessPool:  # by the first that waits, or by one behind it
            yield _alone(function, waiting.popleft(), lost)


def _together(function: Callable[..., Result], work: Sequence[Arguments], jobs: int) -> Iterator[Result]:
    with _pool(jobs) as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            for arguments in work:
                ahead.append(pool.submit(function, *arguments))
                if len(ahead) >= AHEAD * jobs:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        except BaseException:  # an interrupt, or nobody wants more
            _end_workers()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(
    function: Callable[..., Result], arguments: Arguments, lost: Callable[[Arguments], Result]
) -> Result:
    try:
        with _pool(1) as pool:
            return pool.submit(function, *arguments).result()
    except BrokenProcessPool:
        return lost(arguments)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # A fresh process has no threads of its parent's, which a fork would copy in the middle of something.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the parent, end with it, and leave the other processors to the other workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy is not imported yet


def _end(*_: object) -> NoReturn:
    """End as an error does, so that a file that is half written is put away."""
    sys.exit(1)


def _end_with_parent() -> None:
    """End when the parent is gone: who waits for work would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _end_workers() -> None:
    """End all workers in the middle of their work; who takes too long is killed, as by a second Ctrl-C."""
    workers = multiprocessing.active_children()
    for each in workers:
        each.terminate()
    try:
        for each in workers:
            each.join(PATIENCE)
    finally:
        for each in workers:
            each.kill()
