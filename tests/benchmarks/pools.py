"""Two pools of processes over the same batches: `python -m tests.benchmarks.pools`. Needs joblib.

Start: until the first batch is back. Hand over: seconds for each of many batches that take no time. Killed:
whether what is left is finished when a worker is killed.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections import deque
from typing import TYPE_CHECKING

from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from cnnstat.cli.processes import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROWS = 200
BATCHES = 400
DIED = os.path.join(tempfile.gettempdir(), "cnnstat-pools-died")


def batch(number: int) -> list[tuple[float, ...]]:
    return [(number, point, 2.5, 24.48, 2.54, 16, 5157512, 397677568, 9876543) for point in range(ROWS)]


def deadly(number: int) -> int:
    if number == 20 and not os.path.exists(DIED):
        open(DIED, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def by_futures(work: Iterable[tuple[int]]) -> Iterator[list[tuple[float, ...]]]:
    return in_order(batch, work, 2, lambda _: [])


def by_loky(work: Iterable[tuple[int]]) -> Iterator[list[tuple[float, ...]]]:
    executor = get_reusable_executor(max_workers=2)
    ahead = deque()  # type: ignore[var-annotated]
    for arguments in work:
        ahead.append(executor.submit(batch, *arguments))
        if len(ahead) >= 16:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()
    executor.shutdown(kill_workers=True)


def main() -> None:
    for _ in range(3):
        for name, pool in (("concurrent.futures", by_futures), ("loky", by_loky)):
            begun = time.perf_counter()
            results = pool((number,) for number in range(BATCHES))
            next(results)
            first = time.perf_counter() - begun
            count = 1 + sum(1 for _ in results)
            seconds = time.perf_counter() - begun - first
            each = 1e6 * seconds / count
            print(f"{name:20} start {first:5.2f} s, hand over {each:6.0f} us a batch of {ROWS} rows")
    for name in ("concurrent.futures", "loky"):
        if os.path.exists(DIED):
            os.unlink(DIED)
        work = [(number,) for number in range(60)]
        try:
            if name == "loky":
                executor = get_reusable_executor(max_workers=2)
                found = [executor.submit(deadly, *each) for each in work]
                finished = len([each.result() for each in found])
            else:
                finished = len([*in_order(deadly, work, 2, lambda _: -1)])
            print(f"{name:20} killed: {finished} of 60 batches")
        except TerminatedWorkerError:
            print(f"{name:20} killed: all that was under way is lost, and has to be handed out again")


if __name__ == "__main__":
    main()
