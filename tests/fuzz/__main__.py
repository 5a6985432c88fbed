"""Fuzz the program: python -m tests.fuzz [FUZZER ...] --minutes N --seed S --jobs J."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from tests.fuzz.findings import cap_memory
from tests.fuzz.fuzzers import FUZZERS
from tests.fuzz.session import AGAIN, Folder, Session

SLICE = 20.0
"""Seconds of one fuzzer before the next has its turn."""
MEMORY = 6 << 30
"""Bytes of address space for each process: it fails before the machine does."""


def main() -> int:
    """Run the fuzzers in several processes, print what was counted, and return 1 if anything was found."""
    asked = _arguments()
    print(f"seed {asked.seed}, findings in {asked.findings}", flush=True)
    folder = Folder(asked.findings)
    found: list[str] = []
    context = multiprocessing.get_context("fork")
    reports = [folder.path / f".{asked.seed}-{job}.json" for job in range(asked.jobs)]
    given = (asked.fuzzers, 60 * asked.minutes, folder)
    jobs = [context.Process(target=work, args=(f"{asked.seed}-{job}", *given)) for job in range(asked.jobs)]
    for process in jobs:
        process.start()
    for number, process in enumerate(jobs):
        process.join()
        if process.exitcode:
            left = ", ".join(str(folder.current(name, f"{asked.seed}-{number}")) for name in asked.fuzzers)
            found.append(f"a process died ({process.exitcode}); what it was at is one of {left}")
    results = [json.loads(path.read_text(encoding="utf-8")) for path in reports if path.exists()]
    for name in asked.fuzzers:
        found += _shown(name, [result[name] for result in results])
    print(f"{len(found)} found", *found, sep="\n  ")
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("fuzzers", nargs="*", metavar="FUZZER", help=f"{', '.join(FUZZERS)}; without, all")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--findings", type=Path, default=Path("findings"), help="a folder for them")
    asked = parser.parse_args()
    asked.fuzzers = list(dict.fromkeys(asked.fuzzers or FUZZERS))
    if unknown := [name for name in asked.fuzzers if name not in FUZZERS]:
        parser.error(f"no fuzzer is called {unknown[0]}; there are {', '.join(FUZZERS)}")
    return asked


def work(job: str, names: list[str], seconds: float, folder: Folder) -> None:
    """Let the fuzzers take turns until time is up; what was counted is written down after each turn."""
    cap_memory(MEMORY)
    warnings.simplefilter("error")  # a user would see them
    until = time.monotonic() + seconds
    sessions = {name: Session(name, FUZZERS[name], folder, job) for name in names}
    try:
        while time.monotonic() < until:
            for session in sessions.values():
                session.explore(min(until, time.monotonic() + min(SLICE, seconds / len(names))))
                results = {name: session.result for name, session in sessions.items()}
                (folder.path / f".{job}.json").write_text(json.dumps(results), encoding="utf-8")
    except KeyboardInterrupt:
        pass


def _shown(name: str, results: list[dict[str, Any]]) -> list[str]:
    """Print what was counted of a fuzzer in all processes; return what was found."""
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(result["counts"])
    took = sum(result["seconds"] for result in results)
    print(f"{name}: {counts.total():,} tried in {took / 60:.1f} min of processor time")
    for outcome, count in counts.most_common():
        print(f"  {count:>11,} {outcome}")
    earlier = [f"{name}: {outcome}" for outcome in counts if outcome.startswith(AGAIN)]
    return [line for result in results for line in result["found"]] or earlier


if __name__ == "__main__":
    sys.exit(main())
