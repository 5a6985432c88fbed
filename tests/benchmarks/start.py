"""The whole process of `cnnstat summary`, beside the imports that it could start with.

    python -m tests.benchmarks.start [RUNS]

Both commands run in turn, so that a machine's drift meets both; the ratio of each pair is what counts.
The second part shows how the cost of an analysis grows with depth.
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

import cnnstat

SUMMARY = [sys.executable, "-m", "cnnstat", "summary", "resnet152.yaml"]
IMPORTS = [sys.executable, "-c", "import click, rich.console, rich.table, yaml"]
TARGET = 1.7


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def start(runs: int) -> None:
    # As `pip install` leaves a package: compiled, like the libraries it is compared with.
    compileall.compile_dir(Path(cnnstat.__file__).parent, quiet=1)
    seconds(SUMMARY), seconds(IMPORTS)  # warm the file cache
    pairs = [(seconds(SUMMARY), seconds(IMPORTS)) for _ in range(runs)]
    ratios = sorted(a / b for a, b in pairs)
    print(f"summary resnet152: median {statistics.median(a for a, _ in pairs):.3f} s")
    print(f"imports alone:     median {statistics.median(b for _, b in pairs):.3f} s")
    middle = statistics.median(ratios)
    print(f"ratio: median {middle:.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f} (target {TARGET})")


def chain(layers: int) -> str:
    lines = "  - {type: conv, filters: 8, kernel: 3, padding: 1}\n" * layers
    return f"input: [8, 32, 32]\nlayers:\n{lines}"


def residual(blocks: int) -> str:
    return f"""input: [8, 32, 32]
blocks:
  unit:
    layers:
      - {{name: conv1, type: conv, filters: 8, kernel: 3, padding: 1}}
      - {{name: relu, type: relu}}
      - {{name: conv2, type: conv, filters: 8, kernel: 3, padding: 1}}
      - {{name: add, type: add, from: [conv2, input]}}
layers:
  - {{name: unit, type: unit, repeat: {blocks}}}
"""


def growth() -> None:
    for name, make, sizes in (
        ("chain, layers as written", chain, (1_000, 10_000, 100_000)),
        ("residual blocks", residual, (100, 1_000, 10_000)),
    ):
        for size in sizes:
            text = make(size)
            begun = time.perf_counter()
            cnnstat.analyze(cnnstat.loads(text))
            took = time.perf_counter() - begun
            print(f"{name:26}{size:>9,}  {took:7.2f} s  {1e6 * took / size:7.1f} us each")


if __name__ == "__main__":
    start(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
    growth()
