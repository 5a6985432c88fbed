"""Seconds and megabytes of hostile texts: what docs/spec.md promises of a text of 100,000 characters.

    python -m tests.benchmarks.hostile [--size CHARACTERS] [--command COMMAND] [KIND...]

Each text gets a process of its own, with 20 seconds and 4 GB. The first line is the smallest spec there is:
the start. A star marks what takes a second more than that, or 100 MB. The kinds that unfold are measured at
a size of their own, for what they take depends on their layers and not on their text.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.hostile import CHECKED, KINDS, UNFOLDING
from tests.hostile.repeated import ONE_LAYER, Kind

UNFOLDED = 20_000
SECONDS, MEGABYTES = 1.0, 100
MOST_SECONDS, MOST_BYTES = 20, 4 * 2**30
LIMITED = f"""import resource, runpy
resource.setrlimit(resource.RLIMIT_AS, ({MOST_BYTES}, {MOST_BYTES}))
runpy.run_module("cnnstat", run_name="__main__", alter_sys=True)
"""


def measured(command: str, text: str) -> tuple[float, float, str]:
    """Return the seconds of the processor and the megabytes that a command takes, and how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.yaml"
        path.write_text(text, encoding="utf-8")
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", LIMITED, command, str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, f"exit {code}"
            if time.perf_counter() - start > MOST_SECONDS:
                process.kill()
                _, _, used = os.wait4(process.pid, 0)
                return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, "stopped"
            time.sleep(0.002)


def table(command: str, kinds: dict[str, Kind], size: int) -> None:
    print(f"{command}, texts of {size:,} characters")
    measured(command, ONE_LAYER)  # compiled, and in the file cache
    start, space, _ = measured(command, ONE_LAYER)
    print(f"  {'one layer':44}{start:7.2f} s{space:7.0f} MB")
    for name, make in kinds.items():
        seconds, megabytes, ended = measured(command, make(size))
        over = seconds > start + SECONDS or megabytes > space + MEGABYTES
        print(f"{'*' if over else ' '} {name:44}{seconds:7.2f} s{megabytes:7.0f} MB  {ended}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--command", default="summary")
    parser.add_argument("kinds", nargs="*")
    given = parser.parse_args()
    kinds = {**KINDS, **CHECKED} if given.command == "check" else KINDS
    wanted = given.kinds or [*kinds, *UNFOLDING]
    table(given.command, {name: make for name, make in kinds.items() if name in wanted}, given.size)
    table(given.command, {name: make for name, make in UNFOLDING.items() if name in wanted}, UNFOLDED)


if __name__ == "__main__":
    main()
