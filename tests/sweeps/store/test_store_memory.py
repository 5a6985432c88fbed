"""A store of any length takes the same memory: nothing that was written, or is read, is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from cnnstat.sweeps.store.store import Store
from tests.program import within

SWEEP = ("lenet5", "--vary", "classes=10,20", "--columns", "params,macs,activations,trainable")
MANY = 3_000_000
STATUS = Path("/proc/self/status")

READING = """
import sys
from pathlib import Path
from cnnstat.sweeps.store.store import Store
store, count = Store(Path(sys.argv[1])), int(sys.argv[2])
assert [row.number for row in next(store.between(0, count))[:3]] == [0, 1, 2]
assert [row.number for row in next(store.found("macs >= 0"))[:3]] == [0, 1, 2]
assert len(next(store.first("macs >= 0", "macs DESC NULLS LAST, point", 20))) == 20
assert [*store.missing(count)] == []
status = Path("/proc/self/status").read_text()  # what the system reports of a child may be its parent's
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""
"""What a sweep that goes on and a query read first, and the megabytes that this took at most."""


def store_of(path: Path, count: int) -> Path:
    """Return a store of so many points, in the tables of a sweep, whose numbers cannot be packed."""
    assert within("sweep", *SWEEP, "--store", str(path)).returncode == 0
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        connection.execute("DELETE FROM points")
        connection.execute("DELETE FROM done")
        drawn = ", ".join(["(hash(range) >> 2)::BIGINT"] + ["(random() * 1e18)::BIGINT"] * 4)
        connection.execute(
            f"INSERT INTO points SELECT range, 0, NULL, NULL, NULL, {drawn} FROM range({count})"
        )
        connection.execute(f"INSERT INTO done SELECT range, range + 100 FROM range(0, {count}, 100)")
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("large") / "large.duckdb", MANY)


def test_pages_of_the_file_are_not_all_kept(large: Path) -> None:
    store = Store(large)
    try:
        names = ("classes", "params", "macs", "activations", "trainable")
        assert store.count(" AND ".join(f"{name} % 7 < 7" for name in names)) == MANY
        ((kept,),) = store._database.run("SELECT sum(memory_usage_bytes) FROM duckdb_memory()")
    finally:
        store.close()
    assert large.stat().st_size > 110e6
    assert kept < 90e6


@pytest.mark.skipif(not STATUS.exists(), reason="it reads what Linux says of a process")
def test_what_is_read_of_a_long_store_takes_no_more_than_of_a_short_one(large: Path, tmp_path: Path) -> None:
    short = store_of(tmp_path / "short.duckdb", 20_000)
    taken = []
    for path, count in ((short, 20_000), (large, MANY)):
        ended = subprocess.run(
            [sys.executable, "-c", READING, str(path), str(count)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        taken.append(int(ended.stdout))
    assert taken[1] < taken[0] + 60  # what pages may be kept, and some points in order
