"""What the fuzzers share: an example and its check, findings, and the bounds of time and memory."""

from __future__ import annotations

import resource
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy


class Example(Protocol):
    """What a fuzzer draws."""

    def saved(self) -> tuple[str, bytes]:
        """Return the suffix and the content of a file that holds it."""

    def __str__(self) -> str:
        """Return what was tried, and how to try it again."""


@dataclass(frozen=True)
class Fuzzer:
    """What is drawn, and what is done with it.

    `check` returns what became of an example, which is counted, and raises what is wrong.
    """

    strategy: SearchStrategy[Any]
    check: Callable[[Any], str]


class Finding(AssertionError):  # noqa: N818 - of the program, not of the fuzzer
    """Something wrong. `kind` is what findings of one cause have in common, as far as one can know."""

    def __init__(self, kind: str, message: str = "") -> None:
        self.kind = kind
        super().__init__(f"{kind}: {message}" if message else kind)


class _Over(BaseException):
    """Time is up; no handler of exceptions may take it for something else."""


@contextmanager
def seconds(limit: float, what: str) -> Iterator[None]:
    """Bound the processor time of what is done inside, however busy the machine is.

    Raises:
        Finding: it took longer.
    """

    def over(*_: object) -> None:
        raise _Over

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    except _Over:
        raise Finding(f"{what} takes more than {limit:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@contextmanager
def memory(limit: int, what: str) -> Iterator[None]:
    """Bound the bytes by which memory grows while something is done. Only Linux lets the peak start anew.

    Raises:
        Finding: it grew more.
    """
    if not _CLEAR.exists():
        yield
        return
    _CLEAR.write_text("5")
    before = _peak()
    yield
    grown = _peak() - before
    if grown > limit:
        raise Finding(f"{what} takes more than {limit >> 20} MiB", f"{grown >> 20} MiB")


def _peak() -> int:
    """Return the most bytes of memory in use since the peak was started anew."""
    with _STATUS.open() as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def cap_memory(limit: int) -> None:
    """Let the process fail before the machine does."""
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
