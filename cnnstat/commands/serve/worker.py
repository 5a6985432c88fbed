"""A worker: a process that answers one job after the other, within limits of its own.

It is kept from job to job, so that none waits for an import, and ended by the server where one takes too
long: what a page sends may be made to.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.commands.serve.jobs import Answer, Ending, decode_job, encode_answer, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from cnnstat.commands.check.configuration import Configuration
    from cnnstat.commands.serve.jobs import Job

_RESERVE = 64 << 20
_TOO_MUCH = "this takes more memory than a page may have; the command line has no such limit"


def work(jobs: Connection, memory: int, folder: str, configuration: Configuration) -> None:
    """Answer jobs until the server is gone. An empty answer says that the worker is ready."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy is not imported yet
    # Imported before the limit holds and the files are closed: what all jobs need is there from the start.
    from cnnstat.commands.serve.answers import Answers  # noqa: PLC0415
    from cnnstat.commands.serve.closed_files import close_files  # noqa: PLC0415

    answers = Answers(configuration)
    answers.begin()
    _limit(memory)
    close_files(Path(folder))
    jobs.send_bytes(b"")
    while True:
        try:
            job = decode_job(jobs.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            found = _answered(answers.answer, job)
            jobs.send_bytes(encode_answer(found))
        except MemoryError:  # to say so, too, takes memory
            _limit(memory + _RESERVE)
            jobs.send_bytes(encode_answer(refusal(Ending.TOO_MUCH, _TOO_MUCH, "memory")))
            os._exit(1)  # what such a job has left behind, nobody knows


def _answered(answer: Callable[[Job], Answer], job: Job) -> Answer:
    try:
        return answer(job)
    except MemoryError:
        raise
    except Exception as error:  # a fault of ours: the terminal has all of it, the page its name
        traceback.print_exc(file=sys.stderr)
        return refusal(Ending.FAILED, f"cnnstat failed with {type(error).__name__}; the terminal says where")


def _limit(memory: int) -> None:
    """Let the system itself refuse private memory beyond this, on Linux; elsewhere the server looks."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415 - not everywhere

    resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
