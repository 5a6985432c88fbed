"""Where points are worked out: in this process, and once that takes time, in one for each processor."""

from __future__ import annotations

import pickle
import time
from collections import deque
from typing import TYPE_CHECKING

from cnnstat.cli.output import Undone
from cnnstat.cli.processes import in_order
from cnnstat.sweeps.networks.evaluator import Batch, evaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from cnnstat.sweeps.networks.plan import Plan

_ALONE = 0.6
"""Seconds that this process works by itself: starting another takes about as long."""

_SECONDS = 0.25
"""Of work in one batch: much more than it takes to hand over, and little enough to see something happen."""

_FIRST, _MOST = 4, 20_000
"""Points in the first batch, whose time nobody knows, and in any."""


class Work:
    """Ranges of points, cut into batches of about the same time, whatever a point takes.

    ``begun`` are the first points of the batches that were taken and have not come out of `ordered`.
    """

    def __init__(self, plan: Plan, ranges: Iterable[range], seconds: float = _SECONDS) -> None:
        self.pickled = pickle.dumps(plan)
        self._ranges, self._seconds = iter(ranges), seconds
        self.begun: deque[int] = deque()
        self._size = _FIRST
        self._rest = range(0)

    def __iter__(self) -> Iterator[tuple[bytes, int, int]]:
        return self

    def __next__(self) -> tuple[bytes, int, int]:
        """Return the next batch as what `evaluated` takes."""
        while not self._rest:
            self._rest = next(self._ranges)
        batch, self._rest = self._rest[: self._size], self._rest[self._size :]
        self.begun.append(batch.start)
        return self.pickled, batch.start, batch.stop

    def took(self, batch: Batch) -> None:
        """Take note of what a batch took, for those that come."""
        fitting = len(batch.rows) * self._seconds / max(batch.seconds, 1e-6)
        self._size = max(1, min(int(fitting), 4 * self._size, _MOST))


def ordered(work: Work, made: Iterator[Batch], arrived: Callable[[Batch], None]) -> Iterator[Batch]:
    """Yield batches in the order of their points, whichever is there first; ``arrived`` gets each at once."""
    waiting: dict[int, Batch] = {}
    for batch in made:
        arrived(batch)
        waiting[batch.start] = batch
        while work.begun and work.begun[0] in waiting:
            yield waiting.pop(work.begun.popleft())


def local_batches(work: Work, jobs: int) -> Generator[Batch, None, None]:
    """Yield the batches of some work in order, each when it is there.

    Raises:
        Undone: the system ended a process, and the one that tried the same points again.
    """
    begun = time.perf_counter()
    for each in work:
        batch = evaluated(*each)
        work.took(batch)
        yield batch
        if jobs > 1 and time.perf_counter() - begun > _ALONE:
            break
    for batch in in_order(evaluated, work, jobs, _lost, ahead=3):
        work.took(batch)
        yield batch


def _lost(batch: tuple[bytes, int, int]) -> Batch:
    points = f"{batch[1]:,} to {batch[2] - 1:,}"
    raise Undone(f"the system ended the process that had the points {points}, mostly for want of memory")
