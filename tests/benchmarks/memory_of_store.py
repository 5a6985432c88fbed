"""Memory of a store by its points: `python -m tests.benchmarks.memory_of_store --points 1000000 10000000`.

Each store is filled by the database itself, with drawn numbers in place of figures. A process of its own then
does with it what sweeps and queries do, and says after each step how many megabytes it has taken at most, and
how many seconds of processor the step took.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from msgspec.structs import replace

from cnnstat.analysis.settings import Settings
from cnnstat.sweeps.networks.evaluator import Batch, Row
from cnnstat.sweeps.networks.points import Points
from cnnstat.sweeps.question.asked import Varied
from cnnstat.sweeps.question.plan_reader import read_plan
from cnnstat.sweeps.store.store import Store
from tests.benchmarks.memory_of_sweep import SPEC

SIZES = {"a": 64, "b": 64, "c": 256, "d": 256, "n": 100}
FIGURES = ("params", "macs", "activations")
BATCH, ADDED = 5_000, 600_000


def opened(folder: Path) -> Store:
    spec = folder / "small.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    plan = read_plan([str(spec)], Varied({}, {}, (), sample=1, seed=0), (), Settings())
    plan = replace(plan, figures=FIGURES)
    return Store(folder / "store.duckdb", plan, Points(plan))


def fill(folder: Path, count: int) -> None:
    opened(folder).close()
    drawn = ", ".join(
        [f"(random() * {size - 1})::INT + 1" for size in SIZES.values()] + ["(random() * 1e9)::BIGINT"] * 3
    )
    with duckdb.connect(str(folder / "store.duckdb"), config={"threads": 1}) as connection:
        connection.execute(
            f"INSERT INTO points SELECT range, 0, NULL, NULL, NULL, {drawn} FROM range({count})"
        )
        connection.execute(f"INSERT INTO done SELECT range, range + {BATCH} FROM range(0, {count}, {BATCH})")


def row(draw: random.Random, number: int) -> Row:
    sizes = tuple([draw.randint(1, size) for size in SIZES.values()])
    return Row(number, 0, sizes, tuple([draw.randint(0, 10**9) for _ in FIGURES]))


def use(folder: Path, count: int) -> None:
    """Do what sweeps and queries do with a store, and print what each took."""
    begun = time.process_time()

    def say(step: str) -> None:
        nonlocal begun
        most = Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]
        print(f"  {step:40} {int(most) // 1024:6} MB {time.process_time() - begun:6.1f} s", flush=True)
        begun = time.process_time()

    store = opened(folder)
    say("opened")
    store.count(" AND ".join(f"{name} % 7 < 7" for name in (*SIZES, *FIGURES)))
    say("every page read")
    for found in (store.between(0, count), store.found("macs >= 0"), store.first("true", "macs, point", 20)):
        next(found)
    say("first rows in order of number, by a figure")
    draw = random.Random(1)
    for start in range(count, count + ADDED, BATCH):
        rows = [row(draw, number) for number in range(start, start + BATCH)]
        store.add(Batch(start, start + BATCH, rows, 1.0))
    store.close()
    say(f"{ADDED:,} points added")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path, help="a store to use, for the process that does")
    options = parser.parse_args()
    if options.folder:
        use(options.folder, options.points[0])
        return
    for count in options.points:
        print(f"{count:,} points", flush=True)
        with tempfile.TemporaryDirectory() as name:
            fill(Path(name), count)
            own = [sys.executable, "-m", "tests.benchmarks.memory_of_store"]
            subprocess.run([*own, "--folder", name, "--points", str(count)], check=True)


if __name__ == "__main__":
    main()
