"""A fuzzer at work: examples until time is up, each cause found once, cut down and saved."""

from __future__ import annotations

import hashlib
import os
import random
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, settings

import cnnstat
from tests.fuzz.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.findings import Example, Fuzzer

BATCH = 1_000
"""Examples of one seed. Hypothesis remembers all of them, to draw none twice."""
CUTTING = 60.0
"""Seconds that a finding is cut down for."""
PHASES = (Phase.generate, Phase.shrink)
AGAIN = "found before: "
"""What stands before a cause that is saved already, among the counts."""
PACKAGE = str(Path(cnnstat.__file__).parent)


class TimeIsUp(BaseException):
    """No time for another example. Hypothesis lets it pass, as it does an interrupt."""


def kind_of(error: BaseException) -> str:
    """Return what findings of one cause have in common: of an exception where it was raised."""
    if isinstance(error, Finding):
        return error.kind
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(PACKAGE)] or list(frames)
    place = own[-1].filename.removeprefix(PACKAGE).lstrip("/")
    return f"{type(error).__name__} in {place}:{own[-1].lineno}"


class Folder:
    """Where findings are saved, each cause once, for all processes together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def known(self, kind: str) -> bool:
        return self._text(kind).exists()

    def save(self, kind: str, example: Example, story: str) -> Path:
        """Write an example and its story; return the path of the story."""
        suffix, content = example.saved()
        text = self._text(kind)
        text.with_suffix(suffix).write_bytes(content)
        text.write_text(f"{kind}\n\n{example}\n\n{story}", encoding="utf-8", errors="backslashreplace")
        return text

    def current(self, name: str, job: str) -> Path:
        """Return the file of what a fuzzer is just trying."""
        return self.path / f".{name}-{job}"

    def _text(self, kind: str) -> Path:
        return self.path / f"{hashlib.sha256(kind.encode(errors='replace')).hexdigest()[:12]}.txt"


class Session:
    """One fuzzer in one process: what is counted, and what was found."""

    def __init__(self, name: str, fuzzer: Fuzzer, folder: Folder, job: str) -> None:
        self.name, self.fuzzer, self.folder = name, fuzzer, folder
        self.random = random.Random(f"{name} {job}")
        self.counts: Counter[str] = Counter()
        self.found: list[str] = []
        self.seconds = 0.0
        # Kept open as long as the process lives, for to open it takes milliseconds on some disks.
        self.current = os.open(folder.current(name, job), os.O_WRONLY | os.O_CREAT, 0o644)

    @property
    def result(self) -> dict[str, object]:
        """Return all of that as JSON has it."""
        return {"counts": self.counts, "found": self.found, "seconds": self.seconds}

    def tried(self, example: Example) -> str:
        """Check an example; it lies in a file meanwhile, should the process die of it."""
        said = f"{example}\n\n".encode(errors="backslashreplace")
        os.ftruncate(self.current, os.pwrite(self.current, said + example.saved()[1], 0))
        return self.fuzzer.check(example)

    def explore(self, until: float) -> None:
        """Try examples until then, by the monotonic clock."""
        started = time.process_time()
        try:
            while time.monotonic() < until:
                self.batch(self.random.getrandbits(64), BATCH, until)
        finally:
            self.seconds += time.process_time() - started

    def batch(self, seed: int, size: int, until: float) -> None:
        """Try so many examples of one seed; save what is found, once it is cut down."""
        chase = _Chase(self, until)
        run = hypothesis.given(self.fuzzer.strategy)(chase.function())
        run = hypothesis.seed(seed)(_settings(size)(run))
        try:
            run()
        except TimeIsUp:
            return
        except Exception:
            if chase.example is None:
                raise  # not of an example: the fuzzer itself is wrong
        if chase.example is not None:
            path = self.folder.save(chase.kind, chase.example, f"seed {seed}\n\n{chase.story}")
            self.found.append(f"{self.name}: {chase.kind} ({path})")
            print(self.found[-1], flush=True)


class _Chase:
    """A batch: examples are counted until one is wrong, then it is cut down."""

    def __init__(self, session: Session, until: float) -> None:
        self.session, self.until = session, until
        self.kind, self.story = "", ""
        self.example: Example | None = None

    def function(self) -> Callable[[Any], None]:
        """Return `attempt` as the function that hypothesis wants."""

        def attempt(example: Example) -> None:
            self.attempt(example)

        return attempt

    def attempt(self, example: Example) -> None:
        """Try an example, and raise if it shows what is chased."""
        if time.monotonic() > self.until and example != self.example:
            if self.example is None:
                raise TimeIsUp
            return
        try:
            outcome = self.session.tried(example)
        except Exception as error:
            kind = kind_of(error)
            if self.example is None and self.session.folder.known(kind):
                self.session.counts[AGAIN + kind] += 1
                return
            if self.example is None:
                self.kind, self.until = kind, time.monotonic() + CUTTING
            if kind == self.kind:
                self.example, self.story = example, traceback.format_exc()
                raise
            return
        if self.example is None:
            self.session.counts[outcome] += 1


def _settings(size: int) -> settings:
    return settings(
        max_examples=size,
        database=None,
        deadline=None,
        derandomize=False,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
