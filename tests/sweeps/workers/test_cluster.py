"""A real Dask cluster of two workers: what is lost is worked out again, and the store is as undisturbed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import distributed
import duckdb
import pytest

from tests.program import run, within

if TYPE_CHECKING:
    from collections.abc import Iterator

POINTS = 1000
SWEEP = ("regnet", "--sample", f"{POINTS}", "--seed", "2", "--columns", "params,macs", "--top", "3")

PRELOADED = """
import time

from cnnstat.sweeps.networks.evaluator import Evaluator


def row(self, number):
    time.sleep(0.005)
    return self.swift(number)


if not hasattr(Evaluator, "swift"):  # a worker imports it more than once
    Evaluator.swift, Evaluator.row = Evaluator.row, row
"""
"""What workers import first: they wait at each point, so that there is time to disturb them."""

ROOT = Path(__file__).parents[3]


class Cluster:
    """A scheduler and its workers, processes of their own that can be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._log = (folder / "cluster.log").open("wb")
        self.folder = folder
        (folder / "waits.py").write_text(PRELOADED)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._scheduler()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", *arguments]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
        return subprocess.Popen(command, stdout=self._log, stderr=self._log, env=environment, cwd=self.folder)

    def _scheduler(self) -> subprocess.Popen[bytes]:
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show")
        process = self._start("distributed.cli.dask_scheduler", *where)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return process
            time.sleep(0.1)
        raise AssertionError("the scheduler did not start")

    def add_worker(self) -> None:
        where = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--preload", "waits.py")
        self.workers.append(self._start("distributed.cli.dask_worker", self.address, *where))

    def restart(self) -> None:
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self._scheduler()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    try:
        found.add_worker()
        found.add_worker()
        yield found
    finally:
        found.close()


def rows(path: Path, columns: str = "* FROM points ORDER BY point") -> list[Any]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(f"SELECT {columns}").fetchall()


def begin(path: Path, cluster: Cluster) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "cnnstat",
        "sweep",
        *SWEEP,
        "--store",
        str(path),
        "--scheduler",
        cluster.address,
    ]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def wait_for(cluster: Cluster, process: subprocess.Popen[str]) -> None:
    """Wait until workers have work."""
    until = time.monotonic() + 300
    client: Any = distributed.Client  # which has no types
    with client(cluster.address, set_as_default=False) as client:
        while time.monotonic() < until and process.poll() is None:
            if any(client.processing().values()):
                return
            time.sleep(0.1)
    raise AssertionError("no worker has work")


def test_killed_workers_schedulers_and_sweeps_change_no_point(tmp_path: Path, cluster: Cluster) -> None:
    whole, disturbed = tmp_path / "whole.duckdb", tmp_path / "disturbed.duckdb"
    process = begin(disturbed, cluster)
    wait_for(cluster, process)
    process.kill()
    process.communicate()
    process = begin(disturbed, cluster)
    wait_for(cluster, process)
    cluster.workers[0].kill()
    cluster.add_worker()
    assert process.poll() is None, process.communicate()
    cluster.restart()
    cluster.add_worker()
    cluster.add_worker()
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert "is gone; waiting until it is back\nthe scheduler is back\n" in err
    assert "Traceback" not in err
    undisturbed = within("sweep", *SWEEP, "--store", str(whole), "--jobs", "1")
    assert undisturbed.returncode == 0, undisturbed.stderr
    assert out == undisturbed.stdout
    assert rows(disturbed) == rows(whole)
    done = rows(disturbed, "start, stop FROM done ORDER BY start")
    assert [number for start, stop in done for number in range(start, stop)] == [*range(POINTS)]


def test_what_cannot_be_asked_of_a_network_is_said_once(cluster: Cluster) -> None:
    ended = run("sweep", "resnet18", "--input", "x=3x32x32", "--scheduler", cluster.address)
    assert ended.returncode == 2
    assert "the network has no input 'x'" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("address", "why"),
    [("tcp://127.0.0.1:9", "no scheduler answers at tcp://127.0.0.1:9"), ("nowhere://", "--scheduler")],
)
def test_where_nobody_answers_it_is_said(address: str, why: str) -> None:
    ended = run("sweep", "resnet18", "--scheduler", address)
    assert ended.returncode == 2
    assert why in ended.stderr
    assert "Traceback" not in ended.stderr
