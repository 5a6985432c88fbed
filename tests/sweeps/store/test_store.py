"""Stores: each point once, whatever ended the sweep that wrote it, and no other sweep's."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

import cnnstat
from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path

SWEEP = (
    "mobilenet-v2",
    "--vary",
    "width=0.1:1.4:0.01",
    "--vary",
    "classes=10,100",
    "--columns",
    "params,macs,receptive_field",
)
COUNT = 262


def points(path: Path) -> list[Any]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        if ("points",) not in tables:  # whoever made the file was killed before it wrote any
            return []
        return connection.execute("SELECT * FROM points ORDER BY point").fetchall()


PROGRAM = """
import sys
from cnnstat.sweeps.workers import batches
batches._MOST, batches._ALONE = 10, 0
from cnnstat.__main__ import main
sys.argv[0] = "cnnstat"
main()
"""
"""Batches are small and other processes work from the first one on: there is something to disturb."""


PRESSED = f"""
import os, signal
from cnnstat.sweeps.store.store import Store
add, added = Store.add, []
def pressed(store, batch):
    add(store, batch)
    added.append(batch)
    if len(added) == 6:
        os.kill(os.getpid(), signal.SIGINT)
Store.add = pressed
{PROGRAM}"""
"""Ctrl-C is pressed when a part is stored, however fast or slow the machine is."""


def begin(path: Path, *arguments: str, program: str = PROGRAM) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, "sweep", *SWEEP, "--store", str(path), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_until_written(path: Path, process: subprocess.Popen[str], times: int) -> None:
    """Wait until something has been written so often, or there is nothing more to write."""
    sizes: set[int] = set()
    until = time.monotonic() + 120
    while len(sizes) <= times and process.poll() is None:
        assert time.monotonic() < until
        sizes.add(sum(each.stat().st_size for each in path.parent.glob(f"{path.stem}.*")))
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    path = tmp_path_factory.mktemp("store") / "whole.duckdb"
    assert run("sweep", *SWEEP, "--store", str(path), "--jobs", "1").returncode == 0
    found = points(path)
    assert [point[0] for point in found] == [*range(COUNT)]
    return found


def test_a_store_has_the_rows_that_are_shown(undisturbed: list[Any]) -> None:
    lines = [json.loads(line) for line in within("sweep", *SWEEP, "--format", "jsonl").stdout.splitlines()]
    for line, (point, _, code, why, exact, width, classes, params, macs, field, _) in zip(
        lines, undisturbed, strict=True
    ):
        assert (line["point"], line["width"], line["classes"]) == (point, width, classes)
        assert (line["params"], line["macs"], line["receptive_field"]) == (params, macs, field)
        assert code is why is exact is None


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_sweep_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, undisturbed: list[Any], jobs: str
) -> None:
    path, stored = tmp_path / "killed.duckdb", []
    for times in (2, 5, 6):
        process = begin(path, "--jobs", jobs)
        wait_until_written(path, process, times)
        process.kill()
        process.communicate()
        stored.append(len(points(path)))
    assert 0 < stored[1] < COUNT
    assert stored == sorted(stored)
    ended = run("sweep", *SWEEP, "--store", str(path), "--jobs", jobs)
    assert ended.returncode == 0, ended.stderr
    assert points(path) == undisturbed
    with duckdb.connect(str(path), read_only=True) as connection:
        done = connection.execute("SELECT start, stop FROM done ORDER BY start").fetchall()
    assert sum(stop - start for start, stop in done) == COUNT  # no point was worked out twice and stored


def test_a_killed_worker_changes_no_point(tmp_path: Path, undisturbed: list[Any]) -> None:
    """The batches that were under way are handed out again."""
    psutil = pytest.importorskip("psutil", reason="it finds workers")
    path = tmp_path / "worker.duckdb"
    process = begin(path, "--jobs", "2")
    parent, until = psutil.Process(process.pid), time.monotonic() + 120
    workers: list[Any] = []
    while not workers and process.poll() is None:
        assert time.monotonic() < until
        workers = [each for each in parent.children() if "spawn_main" in str(each.cmdline())]
    workers[0].kill()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert points(path) == undisturbed


def test_a_point_that_is_stored_is_never_worked_out_again(tmp_path: Path) -> None:
    path = tmp_path / "marked.duckdb"
    assert within("sweep", *SWEEP, "--store", str(path)).returncode == 0
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE points SET params = 7 WHERE point = 5")
        connection.execute("DELETE FROM points WHERE point >= 200")
        connection.execute("DELETE FROM done")
        connection.execute("INSERT INTO done VALUES (0, 100), (150, 200)")
        connection.execute("DELETE FROM points WHERE point BETWEEN 100 AND 149")
    ended = within("sweep", *SWEEP, "--store", str(path), "--format", "jsonl")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [line["point"] for line in lines] == [*range(COUNT)]
    assert lines[5]["params"] == 7
    assert len(points(path)) == COUNT


def test_a_longer_sample_goes_on_where_a_shorter_one_ended(tmp_path: Path) -> None:
    path, other = tmp_path / "sample.duckdb", tmp_path / "other.duckdb"
    sample = ("mobilenet-v2", "--vary", "width=0.1:1.4", "--columns", "params", "--seed", "3", "--sample")
    assert within("sweep", *sample, "10", "--store", str(path)).returncode == 0
    assert within("sweep", *sample, "25", "--store", str(path)).returncode == 0
    assert within("sweep", *sample, "25", "--store", str(other)).returncode == 0
    assert points(path) == points(other)
    shorter = within("sweep", *sample, "5", "--store", str(path), "--format", "jsonl")
    assert len(shorter.stdout.splitlines()) == 5


def test_ctrl_c_keeps_what_is_finished_and_says_so(tmp_path: Path, undisturbed: list[Any]) -> None:
    path = tmp_path / "interrupted.duckdb"
    process = begin(path, "--jobs", "2", program=PRESSED)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert f"and stored in {path}: the same command goes on" in err
    assert "Traceback" not in err
    assert 0 < len(points(path)) < COUNT
    assert run("sweep", *SWEEP, "--store", str(path)).returncode == 0
    assert points(path) == undisturbed


def test_a_full_disk_ends_a_sweep_with_a_message_and_leaves_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "full.duckdb"
    sample = ["sweep", "lenet5", "--vary", "n=1:1000000:1", "--vary", "text=a,b"]
    spec = tmp_path / "many.yaml"
    spec.write_text("input: [1]\nparams: {n: 1, text: a}\nlayers: [{type: linear, units: $n}]\n")
    sample = [
        "sweep",
        str(spec),
        "--vary",
        "n=1:1000000:1",
        "--vary",
        "text=a,b",
        "--jobs",
        "1",
        "--store",
        str(path),
    ]

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    ended = subprocess.run(
        [sys.executable, "-m", "cnnstat", *sample],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    found = points(path)
    assert found
    assert (
        f"Error: {path} takes no more: File too large. {len(found):,} points are stored: with more room,"
        " the same command goes on" in ended.stderr
    )
    with duckdb.connect(str(path), read_only=True) as connection:
        done = connection.execute("SELECT start, stop FROM done").fetchall()
    assert [point[0] for point in found] == sorted(
        number for start, stop in done for number in range(start, stop)
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--vary", "width=0.1:1.4:0.02"), "it has width=0.5,1, not width=0.1:1.4:0.02"),
        (("--columns", "params,activations"), "it has the figures params, macs, receptive_field"),
        (("--batch", "2"), "its batch is 1, not 2"),
        (("--dtype", "float16"), "its dtype is that of the spec, not float16"),
        (("--set", "classes=5"), "under --set it has nothing, not classes=5"),
        (("--sample", "9"), "it is a grid, not a sample by the seed 0"),
        (("--where", "$width <= 1"), "it has no conditions on parameters"),
        (("--where", "$width <= 1"), "other.duckdb CONDITION' asks the points that it has"),
        (("--input", "3x128x128"), "mobilenet-v2 has the input that of the spec there, not [3, 128, 128]"),
    ],
)
def test_another_sweep_is_refused_by_its_fingerprint(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    path = tmp_path / "other.duckdb"
    own = ("sweep", "mobilenet-v2", "--store", str(path))
    varied = ("--vary", "width=0.5,1", "--columns", "params,macs,receptive_field")
    assert within(*own, *varied).returncode == 0
    names = {*arguments[::2]}
    kept = [
        each for pair in zip(varied[::2], varied[1::2], strict=True) if pair[0] not in names for each in pair
    ]
    ended = within(*own, *kept, *arguments)
    assert ended.returncode == 2
    assert why in ended.stderr


def test_a_store_of_another_text_or_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, path = tmp_path / "own.yaml", tmp_path / "own.duckdb"
    text = "input: [1]\nparams: {n: 1}\nlayers: [{type: linear, units: $n}]\n"
    spec.write_text(text)
    own = ("sweep", str(spec), "--vary", "n=1,2", "--store", str(path))
    assert within(*own).returncode == 0
    spec.write_text(text.replace("$n", "2 * $n"))
    assert f"the spec of {spec} has changed" in within(*own).stderr
    spec.write_text(text)
    monkeypatch.setattr("cnnstat.sweeps.question.plan_reader.__version__", "9.9")
    assert f"it was begun by cnnstat {cnnstat.__version__}, this is 9.9" in within(*own).stderr


PAIR = "input: [1]\nparams: {a: 1, b: 1}\nlayers:\n- {type: linear, units: $a}\n- {type: linear, units: $b}\n"


def test_points_are_numbered_by_what_varies_in_its_order(tmp_path: Path) -> None:
    spec, path = tmp_path / "pair.yaml", tmp_path / "pair.duckdb"
    spec.write_text(PAIR)
    a, b = ("--vary", "a=1,2,3"), ("--vary", "b=1,2")
    own = ("sweep", str(spec), "--store", str(path))
    assert within(*own, *a, *b).returncode == 0
    ended = within(*own, *b, *a)
    assert ended.returncode == 2
    assert "it varies a, b in this order. Name another file" in ended.stderr


def test_comments_blanks_and_the_order_of_conditions_are_no_other_sweep(tmp_path: Path) -> None:
    spec, path = tmp_path / "pair.yaml", tmp_path / "pair.duckdb"
    spec.write_text(PAIR)
    own = ("sweep", str(spec), "--vary", "a=1,2,3", "--vary", "b=1,2", "--columns", "params")
    asked = ("--where", "$a > 1", "--where", "$b + 1 <= $a")
    first = within(*own, *asked, "--store", str(path), "--format", "csv")
    assert first.returncode == 0, first.stderr
    spec.write_text(
        "# Two layers.\n" + PAIR.replace("\n-", "   # and these:\n\n  -", 1).replace("\n-", "\n  -")
    )
    others = ("--where", "$b+1<=$a", "--where", "$a>1", "--where", "$a > 1")
    again = within(*own, *others, "--store", str(path), "--format", "csv")
    assert again.returncode == 0, again.stderr
    assert again.stdout == first.stdout == within(*own, *others, "--format", "csv").stdout
    refused = within(*own, "--where", "$a > 1", "--where", "$a + 1 <= $b", "--store", str(path))
    assert refused.returncode == 2
    assert "it has the conditions $a > 1 and $b + 1 <= $a on parameters" in refused.stderr
    assert "the spec" not in refused.stderr
    assert f"'cnnstat query {path} CONDITION' asks the points that it has" in refused.stderr


def test_more_figures_may_be_stored_than_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "more.duckdb"
    own = ("sweep", "mobilenet-v2", "--vary", "width=0.5,1", "--store", str(path))
    assert within(*own, "--columns", "params,macs").returncode == 0
    ended = within(*own, "--columns", "macs", "--where", "params <= 3M")
    assert ended.returncode == 0, ended.stderr
    assert "macs" in ended.stdout.lower()


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    text, database = tmp_path / "text.duckdb", tmp_path / "other.duckdb"
    text.write_text("no database at all, but a text that is long enough" * 100)
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE TABLE points (a INTEGER)")
    for path in (text, database, tmp_path):
        ended = within("sweep", "mobilenet-v2", "--vary", "width=0.5,1", "--store", str(path))
        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr
        assert os.fspath(path) in ended.stderr
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("SELECT table_name FROM information_schema.tables").fetchall() == [
            ("points",)
        ]


def test_parameters_that_are_no_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    spec, path = tmp_path / "words.yaml", tmp_path / "words.duckdb"
    spec.write_text(
        "input: [3, 8, 8]\nparams: {act: relu, bias: true, params: 1, k: [3, 3]}\n"
        "layers: [{type: conv, filters: $params, kernel: $k, bias: $bias}, {type: $act}]\n"
    )
    own = ("sweep", str(spec), "--vary", "act=relu,silu", "--vary", "bias=true,false", "--vary", "params=1,2")
    shown = within(*own, "--format", "jsonl")
    assert within(*own, "--store", str(path)).returncode == 0
    again = within("query", str(path), "--format", "jsonl")
    assert again.stdout == shown.stdout
    assert json.loads(shown.stdout.splitlines()[0])["$params"] == 1


def test_a_number_of_more_than_64_bits_is_stored_whole(tmp_path: Path) -> None:
    spec, path = tmp_path / "large.yaml", tmp_path / "large.duckdb"
    spec.write_text(
        "input: [1000000, 1000000, 1000000]\nparams: {n: 1}\n"
        "layers: [{type: conv, filters: $n, kernel: 1}, {type: conv, filters: 1, kernel: 1}]\n"
    )
    own = ("sweep", str(spec), "--vary", "n=1,1000000", "--columns", "macs", "--store", str(path))
    assert within(*own).returncode == 0
    lines = [json.loads(line) for line in within("query", str(path), "--format", "jsonl").stdout.splitlines()]
    assert [line["macs"] for line in lines] == [(10**6 + 1) * n * 10**12 for n in (1, 10**6)]
