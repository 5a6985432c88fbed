"""Work in several processes: order, bounded waiting, and a process that dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

import psutil
import pytest

from cnnstat.cli import processes
from cnnstat.cli.processes import AHEAD, in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def slow_first(number: int) -> tuple[int, int]:
    time.sleep(0.2 if number == 0 else 0)
    return number, os.getpid()


def deadly(number: int) -> int:
    if number in (3, 20):
        os._exit(9)  # as the system ends a process that takes too much memory
    return number


def same(number: int) -> int:
    return number


def failing(number: int) -> int:
    raise ValueError(number)


def threads(number: int) -> str | None:
    return os.environ.get("OPENBLAS_NUM_THREADS")


def lost(work: tuple[int]) -> int:
    return -work[0]


WORK = [(number,) for number in range(30)]


def test_each_process_leaves_the_other_processors_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert [*in_order(threads, WORK[:2], 2, str)] == ["1", "1"]
    assert "OPENBLAS_NUM_THREADS" not in os.environ
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert [*in_order(threads, WORK[:2], 2, str)] == ["3", "3"]


def test_results_come_in_the_order_of_the_work_from_several_processes() -> None:
    results = list(in_order(slow_first, WORK, 2, lambda work: (work[0], 0)))
    assert [number for number, _ in results] == list(range(30))
    assert os.getpid() not in {process for _, process in results}


def test_at_the_end_of_the_work_no_process_is_left() -> None:
    """Who lets go of processes that are ending is late for their pipes when it ends itself."""
    assert len(list(in_order(slow_first, WORK[:4], 2, lambda work: (work[0], 0)))) == 4
    assert multiprocessing.active_children() == []


def test_no_more_work_waits_than_keeps_all_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece is given out when another has come back, so that results need no memory while they wait."""
    waiting: list[int] = []

    class Pool:
        """It does what it is given at once."""

        def __enter__(self) -> Pool:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def submit(self, function: Callable[[int], int], number: int) -> Future[int]:
            waiting.append(number)
            future: Future[int] = Future()
            future.set_result(function(number))
            return future

        def shutdown(self, **_: bool) -> None:
            pass

    monkeypatch.setattr(processes, "_pool", lambda jobs: Pool())
    work = [(number,) for number in range(5 * AHEAD)]
    for number in in_order(same, work, 2, lost):
        assert len(waiting) - number <= 2 * AHEAD
    assert len(waiting) == len(work)


def test_one_job_is_this_process() -> None:
    assert {process for _, process in in_order(slow_first, WORK[:3], 1, lambda work: (0, 0))} == {os.getpid()}


def test_a_process_that_dies_takes_no_other_work_with_it() -> None:
    results = list(in_order(deadly, WORK, 2, lost))
    assert results == [-number if number in (3, 20) else number for number in range(30)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_function_raises_is_raised(jobs: int) -> None:
    with pytest.raises(ValueError, match="0"):
        list(in_order(failing, WORK, jobs, lost))


SLEEPING = """
import signal
import time
from cnnstat.cli.processes import in_order

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who started the tests may have it ignored
    list(in_order(time.sleep, [(30,)] * 20, 2, print))
"""


def children_of(process: int) -> list[psutil.Process]:
    return psutil.Process(process).children(recursive=True)


def workers_of(process: int) -> list[psutil.Process]:
    """Wait until both workers are at work, and return all that the process has started."""
    for _ in range(200):
        children = children_of(process)
        if len(children) >= 3:  # two workers, and what tracks their resources
            time.sleep(0.5)
            return children
        time.sleep(0.05)
    raise AssertionError("no workers")


@pytest.mark.parametrize("signals", [(signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGKILL,)])
def test_workers_end_with_their_parent(signals: tuple[int, ...], tmp_path: Path) -> None:
    script = tmp_path / "sleeping.py"
    script.write_text(SLEEPING)
    nowhere = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, str(script)], stdout=nowhere, stderr=nowhere) as process:
        try:
            workers = workers_of(process.pid)
            for each in signals:
                process.send_signal(each)
                time.sleep(0.1)
            assert process.wait(timeout=20) != 0
        finally:
            process.kill()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []
