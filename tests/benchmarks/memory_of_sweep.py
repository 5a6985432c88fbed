"""Memory and time of sweeps by their points: `python -m tests.benchmarks.memory_of_sweep --points 1000000`.

Each way is a process of its own, of one job, whose largest memory the system reports, over ten times fewer
points and over all of them: what grows with the points is the difference. LeNet-5's convolutions with five
widths are networks that cost little, so that it is the sweep itself that is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = """\
name: small
input: [1, 32, 32]
params: {a: 6, b: 16, c: 120, d: 84, n: 10}
space: {a: 1:64:1, b: 1:64:1, c: 1:256:1, d: 1:256:1, n: 2:100:1}
layers:
  - {name: C1, type: conv, filters: $a, kernel: 5}
  - {name: S2, type: max_pool, kernel: 2}
  - {name: C3, type: conv, filters: $b, kernel: 5}
  - {name: S4, type: max_pool, kernel: 2}
  - {name: flatten, type: flatten}
  - {name: F5, type: linear, units: $c}
  - {name: F6, type: linear, units: $d}
  - {name: F7, type: linear, units: $n}
"""

COLUMNS = ("--columns", "params,macs,activations")
WAYS: dict[str, tuple[str, ...]] = {
    "csv": ("--format", "csv", "-o", "points.csv"),
    "parquet": ("--format", "parquet", "-o", "points.parquet"),
    "top": ("--sort=-macs", "--top", "20"),
    "where": ("--where", "macs between 1M and 1.1M and params <= 200K"),
    "pareto": ("--pareto", "params,-macs"),
    "pareto of three": ("--pareto", "params,-macs,-activations"),
    "edf": ("--plot", "edf=edf.json"),
    "store": ("--store", "points.duckdb"),
    "store again": ("--store", "points.duckdb"),
    "query csv": ("--format", "csv", "-o", "points.csv"),
    "query top": ("--sort=-macs", "--top", "20"),
    "query pareto": ("--pareto", "params,-macs"),
}
"""Those of a query read what the ways before them have stored."""


def measured(points: int, way: str, folder: Path) -> tuple[float, float, str]:
    """Return the seconds of processor and the largest memory in MB, and how many are on a front."""
    asked: tuple[str, ...] = ("sweep", "small.yaml", "--sample", str(points), "--jobs", "1")
    if way.startswith("query"):
        asked = ("query", "points.duckdb")
    asked = (*asked, *COLUMNS, *WAYS[way])
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "cnnstat", *asked], cwd=folder, stdout=out, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
    text = (folder / "out").read_text(encoding="utf-8")
    if status:
        raise SystemExit(text)
    front = next((line.split()[-1] for line in text.splitlines() if line.startswith("on the Pareto")), "")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, front


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=[*WAYS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small.yaml").write_text(SPEC, encoding="utf-8")
        for way in options.ways:
            for points in (options.points // 10, options.points)[way.startswith("query") :]:
                seconds, memory, front = measured(points, way, folder)
                on = f", {front} on the front" if front else ""
                print(f"{way:16} {points:>12,} points  {seconds:8.1f} s  {memory:7.0f} MB{on}", flush=True)


if __name__ == "__main__":
    main()
