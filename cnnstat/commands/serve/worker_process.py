"""One worker as the server has it: a process, given a job at a time, and ended where that takes too much."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from cnnstat.commands.serve.bounds import GIVEN_UP
from cnnstat.commands.serve.jobs import decode_answer
from cnnstat.commands.serve.worker import work

if TYPE_CHECKING:
    from multiprocessing.context import SpawnContext
    from pathlib import Path

    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.commands.serve.jobs import Answer

ENDED = "the process that worked on it has ended, most likely for want of memory"

_START = 120.0
"""Seconds in which a worker is ready, on a machine that is very busy."""
_LOOK = 0.2
"""Seconds between two looks at a job that goes on."""


class EndedError(Exception):
    """A worker was ended, or ended by itself, in the middle of a job; ``why`` is for the page."""

    def __init__(self, why: str, code: str) -> None:
        self.why, self.code = why, code
        super().__init__(why)


class GoneError(Exception):
    """A worker had ended before it got a job."""


class WorkerProcess:
    """It. All but `hurry` and `at_ease` is called from one thread at a time."""

    def __init__(
        self, context: SpawnContext, memory: int, folder: Path, configuration: Configuration
    ) -> None:
        self._memory = memory
        self._jobs, theirs = context.Pipe()
        of = (theirs, memory, str(folder), configuration)
        self.process = context.Process(target=work, args=of, daemon=True)
        self.process.start()
        theirs.close()
        self._given_up: float | None = None

    def begin(self) -> None:
        """Wait until it is ready.

        Raises:
            EndedError: it never is.
        """
        self._received(time.monotonic() + _START, _START)

    def answered(self, data: bytes, seconds: float) -> Answer:
        """Return what it answers.

        Raises:
            EndedError: it was ended, or ended by itself; GoneError: it had ended before.
        """
        try:
            self._jobs.send_bytes(data)
        except OSError:
            raise GoneError from None
        return decode_answer(self._received(time.monotonic() + seconds, seconds))

    def hurry(self) -> None:
        """Let it go on with a job that nobody waits for no longer than a moment."""
        self._given_up = time.monotonic() + GIVEN_UP

    def at_ease(self) -> None:
        """Let it take its time with the job that it gets next."""
        self._given_up = None

    def end(self) -> None:
        """End the process, in the middle of whatever it is at."""
        self.process.kill()
        self.process.join()
        self._jobs.close()

    def _received(self, until: float, seconds: float) -> bytes:
        while not self._jobs.poll(max(0.0, min(_LOOK, until - time.monotonic()))):
            if self._given_up is not None and time.monotonic() > self._given_up:
                raise EndedError("a newer request took its place", "superseded")
            if time.monotonic() > until:
                why = f"this takes longer than the {seconds:g} seconds that a page may ask for"
                raise EndedError(f"{why}; the command line has no such limit", "time")
            if self._taken() > self._memory:
                raise EndedError("this takes more memory than a page may have", "memory")
        try:
            return self._jobs.recv_bytes()
        except (EOFError, OSError):
            raise EndedError(ENDED, "memory") from None

    def _taken(self) -> int:
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.Error:
            return 0
