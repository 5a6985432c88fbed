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
    from collections.abc import Callable, Iterable, Iterator
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
    return max(1, min(processors(), files if runs else files // FEW))


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not everywhere
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def in_order(
    function: Callable[..., Result],
    work: Iterable[Arguments],
    jobs: int,
    lost: Callable[[Arguments], Result],
    ahead: int = AHEAD,
) -> Iterator[Result]:
    """Yield what a function returns of each piece of work, in so many processes; with one job, in this one.

    Work may be endless: no more than ``ahead`` pieces for each process are taken before their turn. ``lost``
    is the result of a piece in which the system ends a process, mostly for want of memory: the others are
    done all the same.
    """
    if jobs == 1:
        yield from (function(*arguments) for arguments in work)
        return
    begun: deque[Arguments] = deque()
    left = iter(work)
    while True:
        try:
            yield from _together(function, left, begun, jobs, ahead)
            return
        except BrokenProcessPool:  # by the first that waits, or by one behind it
            yield _alone(function, begun.popleft(), lost)


def _together(
    function: Callable[..., Result],
    left: Iterator[Arguments],
    begun: deque[Arguments],
    jobs: int,
    ahead: int,
) -> Iterator[Result]:
    """Yield the results of what is ``begun`` and of what is ``left``; what was not yielded stays begun."""
    with _pool(jobs) as pool:
        futures: deque[Future[Result]] = deque()
        try:
            futures.extend([pool.submit(function, *arguments) for arguments in begun])
            for arguments in left:
                begun.append(arguments)
                futures.append(pool.submit(function, *arguments))
                if len(futures) >= ahead * jobs:
                    yield _first(futures, begun)
            while futures:
                yield _first(futures, begun)
        except BaseException:  # an interrupt, or nobody wants more
            _end_workers()
            pool.shutdown(wait=False, cancel_futures=True)  # at a good end, it waits until all are gone
            raise


def _first(futures: deque[Future[Result]], begun: deque[Arguments]) -> Result:
    result = futures[0].result()
    futures.popleft()
    begun.popleft()
    return result


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
