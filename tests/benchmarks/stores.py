"""Three ways to keep a sweep, over the same rows: `python -m tests.benchmarks.stores --rows 10000000`.

Batches of 5,000 rows are written as a sweep writes them, each a transaction of its own. Then the writer is
killed in the middle of a batch, again and again, and what is left is read.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 5_000
NAMES = ("point", "depth", "w0", "wa", "wm", "g", "params", "macs", "activations", "field", "memory")


def batch(start: int) -> list[tuple[float, ...]]:
    """Return rows that compress about as those of a sweep do."""
    draw = random.Random(start)
    found: list[tuple[float, ...]] = []
    for point in range(start, start + BATCH):
        depth, w0, g = draw.randint(12, 28), 8 * draw.randint(1, 32), 8 * draw.randint(1, 16)
        wa, wm = draw.randint(80, 2560) / 10, draw.randint(2000, 3000) / 1000
        macs = int(depth * w0 * wa * 10_000 + draw.randint(0, 999_999))
        found.append((point, depth, w0, wa, wm, g, macs // 61, macs, macs // 97, 8 * depth + 3, macs // 13))
    return found


class DuckDB:
    def __init__(self, path: Path) -> None:
        self.file = path / "store.duckdb"
        self.connection = duckdb.connect(str(self.file))
        columns = ", ".join(f"{name} {'DOUBLE' if name in NAMES[1:6] else 'HUGEINT'}" for name in NAMES)
        self.connection.execute(f"CREATE TABLE IF NOT EXISTS points ({columns})")

    def write(self, rows: list[tuple[float, ...]]) -> None:
        table = pa.table(dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True)))
        self.connection.register("added", table)
        self.connection.execute("INSERT INTO points SELECT * FROM added")
        self.connection.unregister("added")

    def close(self) -> None:
        self.connection.close()

    def query(self) -> Sequence[object]:
        return self.connection.execute(
            "SELECT * FROM points WHERE macs BETWEEN 360000000 AND 440000000 ORDER BY params LIMIT 10"
        ).fetchall()

    def count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM points").fetchall()[0][0])


class SQLite:
    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path / "store.sqlite", isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(f"CREATE TABLE IF NOT EXISTS points ({', '.join(NAMES)})")

    def write(self, rows: list[tuple[float, ...]]) -> None:
        self.connection.execute("BEGIN")
        self.connection.executemany(f"INSERT INTO points VALUES ({', '.join('?' * len(NAMES))})", rows)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()

    query_text = "SELECT * FROM points WHERE macs BETWEEN 360000000 AND 440000000 ORDER BY params LIMIT 10"

    def query(self) -> Sequence[object]:
        return self.connection.execute(self.query_text).fetchall()

    def count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM points").fetchall()[0][0])


class Parquet:
    """A folder with a file for each batch, put in place when it is whole."""

    def __init__(self, path: Path) -> None:
        self.folder = path / "store"
        self.folder.mkdir(exist_ok=True)

    def write(self, rows: list[tuple[float, ...]]) -> None:
        table = pa.table(dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True)))
        written = self.folder / f"{rows[0][0]}.tmp"
        pyarrow.parquet.write_table(table, written, compression="zstd")
        with open(written, "rb") as file:
            os.fsync(file.fileno())
        written.rename(written.with_suffix(".parquet"))

    def close(self) -> None:
        pass

    def _dataset(self) -> pyarrow.dataset.Dataset:
        return pyarrow.dataset.dataset([str(each) for each in self.folder.glob("*.parquet")])

    def query(self) -> Sequence[object]:
        macs = pyarrow.compute.field("macs")
        found = self._dataset().to_table(filter=(macs >= 360_000_000) & (macs <= 440_000_000))
        return list(found.sort_by("params").slice(0, 10).to_pylist())

    def count(self) -> int:
        return int(self._dataset().count_rows())


STORES = (DuckDB, SQLite, Parquet)


def size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def killed(kind: type[DuckDB | SQLite | Parquet], folder: Path, times: int) -> Iterator[int]:
    """Kill the writer again and again, and yield how many rows there are after each time."""
    for attempt in range(times):
        writer = multiprocessing.get_context("fork").Process(target=_write_on, args=(kind, folder, attempt))
        writer.start()
        time.sleep(0.4 + random.random() / 4)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        store = kind(folder)
        yield store.count()
        store.close()


def _write_on(kind: type[DuckDB | SQLite | Parquet], folder: Path, attempt: int) -> None:
    store, start = kind(folder), (attempt + 1) * 10**9
    while True:
        store.write(batch(start))
        start += BATCH


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--store", choices=[kind.__name__ for kind in STORES])
    options = arguments.parse_args()
    for kind in STORES:
        if options.store not in (None, kind.__name__):
            continue
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            folder = Path(name)
            store, seconds, slowest = kind(folder), 0.0, 0.0
            for start in range(0, options.rows, BATCH):
                rows = batch(start)
                begun = time.perf_counter()
                store.write(rows)
                took = time.perf_counter() - begun
                seconds, slowest = seconds + took, max(slowest, took)
            store.close()
            written = size(folder)
            store = kind(folder)
            begun = time.perf_counter()
            store.query()
            queried = time.perf_counter() - begun
            store.close()
            left = [*killed(kind, folder, 8)]
            whole = all(rows % BATCH == 0 and rows >= options.rows for rows in left) and left == sorted(left)
            print(
                f"{kind.__name__:8} {options.rows / seconds:12,.0f} rows/s written, "
                f"slowest batch {slowest:.2f} s, "
                f"{written / 1e6:8,.0f} MB, query {queried:.2f} s, after 8 kills "
                f"{'only whole batches' if whole else 'BROKEN'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
