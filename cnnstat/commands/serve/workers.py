"""The workers of a server: kept processes, each ended and replaced where a job is over its time or memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, TypeAlias

import psutil

from cnnstat.commands.serve.bounds import LEAST_MEMORY, MEMORY, WAITING
from cnnstat.commands.serve.jobs import Ending, NoAnswerError, encode_job, refusal
from cnnstat.commands.serve.worker_process import ENDED, EndedError, GoneError, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.commands.serve.bounds import Bound
    from cnnstat.commands.serve.jobs import Answer, Job

COUNT = 3
"""Workers: one is always left for an answer that is short, whatever the others are at."""

_AGAIN = 1.0
"""Seconds until a worker is started again that could not be."""

Turn: TypeAlias = tuple[str, str]
"""A page and the kind of answer that it asks for: of these the newest counts."""


class NoMemoryError(Exception):
    """There is too little memory for workers; the message says how much."""


class Workers:
    """All of them. ``folder`` is the one that they may read beside the program's own.

    Raises:
        NoMemoryError: there is too little for them.
    """

    def __init__(
        self, folder: Path, configuration: Configuration, count: int = COUNT, memory: int = MEMORY
    ) -> None:
        share = psutil.virtual_memory().available // count
        if share < LEAST_MEMORY:
            needed, free = count * LEAST_MEMORY >> 20, count * share >> 20
            raise NoMemoryError(f"{count} workers need {needed} MiB of memory, and {free} are free")
        self._of_each = (multiprocessing.get_context("spawn"), min(memory, share), folder, configuration)
        self._threads = ThreadPoolExecutor(count + 1, "cnnstat-serve")
        self._all: set[WorkerProcess] = set()
        self._idle: asyncio.LifoQueue[WorkerProcess | None] = asyncio.LifoQueue()
        self._long = asyncio.Semaphore(max(1, count - 1))
        self._count, self._closed = count, False
        # By whether they are long: those keep no figures from being asked for.
        self._waits = {True: 0, False: 0}
        self._latest: dict[Turn, object] = {}
        self._at_work: dict[Turn, WorkerProcess] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start all; the first is ready then, the others soon."""
        starting = [self._apart(self._start()) for _ in range(self._count)]
        await asyncio.wait(starting, return_when=asyncio.FIRST_COMPLETED)

    @contextmanager
    def place(self, bound: Bound) -> Iterator[None]:
        """Take one of the places for requests that wait, before anything of one is kept.

        Raises:
            NoAnswerError: there is none left.
        """
        if self._waits[bound.long] >= WAITING:
            raise NoAnswerError(Ending.TOO_MUCH, "too many requests wait already", "requests")
        self._waits[bound.long] += 1
        try:
            yield
        finally:
            self._waits[bound.long] -= 1

    async def ask(self, job: Job, bound: Bound, page: str = "") -> Answer:
        """Return the answer to a job that has a place.

        Of a ``page``, an older job of its kind is given up for it; so is a job where this is cancelled.
        """
        content = encode_job(job)  # before a worker is taken: where this fails, none is lost
        turn, this = (page, job.kind), object()
        if page:
            self._latest[turn] = this
            if turn in self._at_work:
                self._at_work[turn].hurry()
        try:
            async with self._long if bound.long else nullcontext():
                for _ in range(self._count + 1):  # all that had nothing to do may have gone
                    answer = await self._answer(content, bound.seconds, turn, this)
                    if answer is not None:
                        return answer
            return refusal(Ending.TOO_MUCH, ENDED, "memory")
        finally:
            if self._latest.get(turn) is this:
                del self._latest[turn]

    async def stop(self) -> None:
        """End all workers; what waits for one is answered that there is none."""
        self._closed = True
        for _ in range(sum(self._waits.values())):
            self._idle.put_nowait(None)
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """End all workers, from any thread."""
        self._closed = True
        for each in [*self._all]:
            each.process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for each in [*self._all]:
            each.process.join()

    async def _answer(self, content: bytes, seconds: float, turn: Turn, this: object) -> Answer | None:
        """Return what the next worker answers that is idle; None where it has gone."""
        if self._closed:
            return _stopped()
        worker = await self._idle.get()
        if worker is None or self._closed:
            return _stopped()
        if turn[0] and self._latest.get(turn) is not this:
            self._idle.put_nowait(worker)
            return refusal(Ending.TOO_MUCH, "a newer request took its place", "superseded")
        if turn[0]:
            self._at_work[turn] = worker
        worker.at_ease()
        loop = asyncio.get_running_loop()
        working = loop.run_in_executor(self._threads, worker.answered, content, seconds)
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            if working.cancelled():
                return _stopped()
            worker.hurry()  # nobody waits any more; its place is free when it has ended
            await asyncio.wait((working,))
            raise
        except GoneError:
            return None
        except EndedError as ended:
            return _stopped() if self._closed else refusal(Ending.TOO_MUCH, ended.why, ended.code)
        finally:
            if self._at_work.get(turn) is worker:
                del self._at_work[turn]
            if _whole(working):
                self._idle.put_nowait(worker)
            elif not self._closed:
                self._apart(self._replace(worker, working))

    async def _replace(self, worker: WorkerProcess, working: asyncio.Future[Answer]) -> None:
        await asyncio.wait((working,))
        with suppress(RuntimeError):  # the server stops, and ends all workers itself
            await asyncio.get_running_loop().run_in_executor(self._threads, worker.end)
            self._all.discard(worker)
            await self._start()

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._closed:
            try:
                worker = await loop.run_in_executor(self._threads, self._started)
            except OSError as error:  # no more processes, or no memory for one: that may change
                print(f"a worker cannot be started: {error}", file=sys.stderr)
                await asyncio.sleep(_AGAIN)
            else:
                self._idle.put_nowait(worker)
                return

    def _started(self) -> WorkerProcess:
        worker = WorkerProcess(*self._of_each)
        self._all.add(worker)
        if self._closed:
            worker.process.kill()
        with suppress(EndedError):  # the first job that it gets finds that it is gone
            worker.begin()
        return worker

    def _apart(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Let something go on that no request waits for."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the loop itself would not keep it
        task.add_done_callback(self._tasks.discard)
        return task


def _whole(working: asyncio.Future[Answer]) -> bool:
    """Say whether a worker has answered, and goes on."""
    if not working.done() or working.cancelled() or working.exception() is not None:
        return False
    return working.result().ending != Ending.TOO_MUCH  # else it ends itself


def _stopped() -> Answer:
    return refusal(Ending.TOO_MUCH, "the server stops", "stopped")
