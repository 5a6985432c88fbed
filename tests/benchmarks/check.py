"""`check` of many specs of ResNet-50's size: processes, memory, and yamllint beside it.

    python -m tests.benchmarks.check [--specs 1000] [--jobs 1 2]

Each spec has another number of classes, so nothing is the same twice. Of each number of processes a line:
seconds of the wall clock and of all processors, specs in a second, and the most memory that one process
took. yamllint reads the same files where it is installed: it parses, and calculates nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.spec import bundled

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIANTS = re.compile(r"^variants:\n(?:(?: .*)?\n)*", re.MULTILINE)


def write(folder: Path, count: int) -> None:
    """Write so many specs of ResNet-50, each with other classes."""
    text = VARIANTS.sub("", (bundled.folder() / "resnet-bottleneck.yaml").read_text(encoding="utf-8"))
    for number in range(count):
        own = text.replace("classes: 1000", f"classes: {number + 8}")
        assert own != text or number == 992
        (folder / f"spec{number:05}.yaml").write_text(own, encoding="utf-8")


def timed(command: Sequence[str], folder: str) -> tuple[float, float, int]:
    """Run a command; return its seconds, those of processors, and kilobytes of its largest process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--specs", type=int, default=1000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, asked.specs)
        commands: dict[str, tuple[str, ...]] = {
            f"check --jobs {jobs}": (sys.executable, "-m", "cnnstat", "check", "--jobs", f"{jobs}", ".")
            for jobs in asked.jobs
        }
        if lint := shutil.which("yamllint", path=str(Path(sys.executable).parent)):
            commands["yamllint"] = (lint, "-d", "relaxed", ".")
        for name, command in commands.items():
            clock, processors, memory = timed(command, place)
            rate = asked.specs / clock
            print(f"{name:16} {clock:7.1f} s  {processors:7.1f} s of processors  {rate:6.1f} specs/s", end="")
            print(f"  {memory / 1024:6.0f} MiB in its largest process", flush=True)


if __name__ == "__main__":
    main()
