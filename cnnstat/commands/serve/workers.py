"""The workers of a server: kept processes, each ended and replaced where a job is over its time or memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import psutil

from cnnstat.commands.serve.bounds import MEMORY, SUPERSEDED, WAITING
from cnnstat.commands.serve.jobs import Ending, decode_answer, encode_job, refusal
from cnnstat.commands.serve.worker import work

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext
    from pathlib import Path

    from cnnstat.commands.serve.bounds import Bound
    from cnnstat.commands.serve.jobs import Answer, Job

COUNT = 3
"""Workers: one is always left for an answer that is short, whatever the others are at."""

_START = 120.0
"""Seconds in which a worker is ready, on a machine that is very busy."""
_LOOK = 0.2
"""Seconds between two looks at a job that goes on."""

Turn: TypeAlias = tuple[str, str]
"""A page and the kind of answer that it asks for: of these the newest counts."""


class _Ended(Exception):  # noqa: N818 - it says why a worker was ended
    def __init__(self, why: str, code: str) -> None:
        self.why, self.code = why, code
        super().__init__(why)


class _Worker:
    """One process. All but `hurry` is called from one thread at a time."""

    def __init__(self, context: SpawnContext, memory: int, folder: Path) -> None:
        self._memory = memory
        self._jobs, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, memory, str(folder)), daemon=True)
        self.process.start()
        theirs.close()
        self._superseded: float | None = None

    def begin(self) -> None:
        """Wait until it is ready.

        Raises:
            _Ended: it never is.
        """
        self._received(time.monotonic() + _START, _START)

    def answered(self, data: bytes, seconds: float) -> bytes:
        """Return what it answers.

        Raises:
            _Ended: it was ended, or ended by itself.
        """
        self._superseded = None
        with suppress(OSError):  # it has gone, and receiving says so
            self._jobs.send_bytes(data)
        return self._received(time.monotonic() + seconds, seconds)

    def hurry(self) -> None:
        """Let it go on with a job that nobody waits for no longer than a moment."""
        self._superseded = time.monotonic() + SUPERSEDED

    def end(self) -> None:
        """End the process, in the middle of whatever it is at."""
        self.process.kill()
        self.process.join()
        self._jobs.close()

    def _received(self, until: float, seconds: float) -> bytes:
        while not self._jobs.poll(max(0.0, min(_LOOK, until - time.monotonic()))):
            if self._superseded is not None and time.monotonic() > self._superseded:
                raise _Ended("a newer request took its place", "superseded")
            if time.monotonic() > until:
                why = f"this takes longer than the {seconds:g} seconds that a page may ask for"
                raise _Ended(f"{why}; the command line has no such limit", "time")
            if self._taken() > self._memory:
                raise _Ended("this takes more memory than a page may have", "memory")
        try:
            return self._jobs.recv_bytes()
        except (EOFError, OSError):
            why = "the process that worked on it has ended, most likely for want of memory"
            raise _Ended(why, "memory") from None

    def _taken(self) -> int:
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.Error:
            return 0


class Workers:
    """All of them. ``folder`` is the one that they may read beside the program's own."""

    def __init__(self, folder: Path, count: int = COUNT, memory: int = MEMORY) -> None:
        self._folder = folder
        self._memory = min(memory, psutil.virtual_memory().available // 2)
        self._context = multiprocessing.get_context("spawn")
        self._threads = ThreadPoolExecutor(count + 1, "cnnstat-serve")
        self._all: set[_Worker] = set()
        self._idle: asyncio.LifoQueue[_Worker | None] = asyncio.LifoQueue()
        self._long = asyncio.Semaphore(max(1, count - 1))
        self._count, self._closed = count, False
        # By whether they are long: those keep no figures from being asked for.
        self._waits = {True: 0, False: 0}
        self._latest: dict[Turn, object] = {}
        self._at_work: dict[Turn, _Worker] = {}

    async def start(self) -> None:
        """Start all; the first is ready then, the others soon."""
        starting = [asyncio.ensure_future(self._start()) for _ in range(self._count)]
        await asyncio.wait(starting, return_when=asyncio.FIRST_COMPLETED)

    async def ask(self, job: Job, bound: Bound, page: str = "") -> Answer:
        """Return the answer to a job; of a ``page``, an older job of its kind is given up for it."""
        if self._closed:
            return _stopped()
        if self._waits[bound.long] >= WAITING:
            return refusal(Ending.TOO_MUCH, "too many requests wait already", "requests")
        turn, this = (page, job.kind), object()
        if page:
            self._latest[turn] = this
            if turn in self._at_work:
                self._at_work[turn].hurry()
        self._waits[bound.long] += 1
        try:
            if not bound.long:
                return await self._answer(job, bound, turn, this)
            async with self._long:
                return await self._answer(job, bound, turn, this)
        finally:
            self._waits[bound.long] -= 1
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

    async def _answer(self, job: Job, bound: Bound, turn: Turn, this: object) -> Answer:
        content = encode_job(job)  # before a worker is taken: where this fails, none is lost
        worker = await self._idle.get()
        if worker is None or self._closed:
            return _stopped()
        if turn[0] and self._latest.get(turn) is not this:
            self._idle.put_nowait(worker)
            return refusal(Ending.TOO_MUCH, "a newer request took its place", "superseded")
        if turn[0]:
            self._at_work[turn] = worker
        loop = asyncio.get_running_loop()
        try:
            data = await loop.run_in_executor(self._threads, worker.answered, content, bound.seconds)
            answer = decode_answer(data)
        except _Ended as ended:
            if self._closed:
                return _stopped()
            self._replace(worker)
            return refusal(Ending.TOO_MUCH, ended.why, ended.code)
        except BaseException:  # a fault, or nobody waits any more: what the worker is at, nobody knows
            self._replace(worker)
            raise
        finally:
            if self._at_work.get(turn) is worker:
                del self._at_work[turn]
        if answer.ending == Ending.TOO_MUCH:  # it ends itself
            self._replace(worker)
        else:
            self._idle.put_nowait(worker)
        return answer

    def _replace(self, worker: _Worker) -> None:
        async def replaced() -> None:
            with suppress(RuntimeError):  # the server stops, and ends all workers itself
                await asyncio.get_running_loop().run_in_executor(self._threads, worker.end)
                self._all.discard(worker)
                await self._start()

        if not self._closed:
            self._replacing = asyncio.ensure_future(replaced())

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        worker = await loop.run_in_executor(self._threads, self._started)
        self._idle.put_nowait(worker)

    def _started(self) -> _Worker:
        worker = _Worker(self._context, self._memory, self._folder)
        self._all.add(worker)
        if self._closed:
            worker.process.kill()
        with suppress(_Ended):  # the first job that it gets says that it is gone
            worker.begin()
        return worker


def _stopped() -> Answer:
    return refusal(Ending.TOO_MUCH, "the server stops", "stopped")
