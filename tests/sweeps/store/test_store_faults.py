"""What befalls the file of a store: it is cut short, changed, or open somewhere else; in plain words."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from cnnstat.sweeps.store.store import FORMAT
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

SWEEP = ("sweep", "lenet5", "--vary", "classes=1:3000:1", "--columns", "params", "--jobs", "1")

HOLDING = """
import sys
import duckdb
with duckdb.connect(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("faults") / "whole.duckdb"
    assert within(*SWEEP, "--store", str(path)).returncode == 0
    return path.read_bytes()


@pytest.mark.parametrize("part", [0.03, 0.3, 0.5, 0.7, 0.97])
@pytest.mark.parametrize("command", [("query",), (*SWEEP, "--store")], ids=["query", "sweep"])
def test_a_store_that_is_cut_short_is_damaged(
    tmp_path: Path, whole: bytes, part: float, command: tuple[str, ...]
) -> None:
    path = tmp_path / "short.duckdb"
    path.write_bytes(whole[: int(len(whole) * part)])
    ended = within(*command, str(path))
    assert ended.returncode == 2, ended.stderr
    assert f"Error: {path} is damaged (" in ended.stderr
    assert "Name another file, and its points are worked out again" in ended.stderr


def test_a_store_with_changed_bytes_is_damaged(tmp_path: Path, whole: bytes) -> None:
    path, changed = tmp_path / "changed.duckdb", bytearray(whole)
    for place in range(20_000, len(whole) - 1, 997):
        changed[place] ^= 255
    path.write_bytes(changed)
    ended = within("query", str(path))
    assert ended.returncode == 2
    assert f"Error: {path} is damaged (" in ended.stderr


@pytest.mark.parametrize("command", [("query",), (*SWEEP, "--store")], ids=["query", "sweep"])
def test_a_store_that_is_in_use_says_by_whom(tmp_path: Path, whole: bytes, command: tuple[str, ...]) -> None:
    path = tmp_path / "held.duckdb"
    path.write_bytes(whole)
    program = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == "open\n"
        ended = within(*command, str(path))
        holding.communicate()
    assert ended.returncode == 2
    assert (
        f"Error: {path} is in use: process {holding.pid} has it open, and a sweep writes alone. Ask again"
        " when that has ended" in ended.stderr
    )
    assert within(*command, str(path)).returncode == 0


def test_a_store_that_this_process_has_open_is_in_use(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "held.duckdb"
    path.write_bytes(whole)
    with duckdb.connect(str(path)):
        ended = within("query", str(path))
    assert ended.returncode == 2
    assert "is in use: this process has it open" in ended.stderr


def test_a_store_of_another_layout_is_refused(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "layout.duckdb"
    path.write_bytes(whole)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"UPDATE about SET text = replace(text, '\"format\": {FORMAT}', '\"format\": 1')")
    for command in (("query",), (*SWEEP, "--store")):
        ended = within(*command, str(path))
        assert ended.returncode == 2
        assert "is a store of another layout: begun by cnnstat" in ended.stderr


@pytest.mark.parametrize("text", ["'no JSON'", "'[1]'", "'{}'", "NULL", None])
def test_a_database_with_a_table_of_the_same_name_is_no_store(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "theirs.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table, column in (("about", "text"), ("done", "start"), ("points", "point")):
            connection.execute(f"CREATE TABLE {table} ({column} VARCHAR)")
        if text is not None:
            connection.execute(f"INSERT INTO about VALUES ({text})")
    for command in (("query",), (*SWEEP, "--store")):
        ended = within(*command, str(path))
        assert ended.returncode == 2, ended.stderr
        assert "no store of a sweep" in ended.stderr
