"""`--max-memory` is refused or kept, never passed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import pytest

import cnnstat
from cnnstat.bridge.memory_limit import MemoryLimit, taken
from cnnstat.bridge.refusals import RefusedError
from cnnstat.commands.run import proof as proving
from cnnstat.tensors import save_weights
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1 << 20
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds all of a process's memory")


def peak_of(*arguments: str) -> tuple[int, str, int]:
    """Run in a process of its own; return its exit code, what it printed, and the most bytes it ever had."""
    program = """
import re, sys
from cnnstat.__main__ import main
try:
    main()
finally:
    status = open("/proc/self/status").read()
    sys.stderr.write("\\npeak " + re.search(r"VmHWM:\\s*(\\d+)", status)[1])
"""
    command = [sys.executable, "-c", program, "run", *arguments]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    text, _, peak = ended.stderr.rpartition("\npeak ")
    return ended.returncode, ended.stdout + text, int(peak) << 10


def spec(path: Path, **given: Any) -> str:
    file = path / "spec.yaml"
    file.write_text(json.dumps({"input": given.pop("input"), "layers": [given]}), encoding="utf-8")
    return str(file)


@LINUX
def test_a_table_is_kept_within(tmp_path: Path) -> None:
    table = [list(range(32))] * 32
    given = {"type": "conv", "filters": 32, "kernel": 3, "padding": 1, "table": table}
    code, text, peak = peak_of(spec(tmp_path, input=[32, 150, 150], **given), "--max-memory", "150M")
    assert code == 0, text
    assert peak <= 150 * MEGABYTE


@LINUX
def test_a_long_signal_is_kept_within(tmp_path: Path) -> None:
    file = spec(tmp_path, input=[1, 11000], type="identity")
    code, text, peak = peak_of(file, "--max-memory", "120M")
    assert code == 0, text
    assert peak <= 120 * MEGABYTE


@LINUX
@pytest.mark.parametrize("name", ["x.npy", "w.safetensors"])
def test_a_sparse_file_is_not_read(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name == "x.npy":
        option, count = "--array", 400_000
        with file.open("wb") as target:
            header = {"descr": "<f4", "fortran_order": False, "shape": (count, 1, 32, 32)}
            np.lib.format.write_array_header_1_0(target, header)
            target.truncate(target.tell() + count * 4096)
    else:
        option, size = "--weights", 2 << 30
        entry = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
        start = json.dumps({"C1.weight": entry}).encode()
        with file.open("wb") as target:
            target.write(len(start).to_bytes(8, "little") + start)
            target.truncate(target.tell() + size)
    code, text, peak = peak_of("lenet5", option, str(file), "--max-memory", "200M")
    assert code == 2
    assert "allowed by --max-memory" in text or "does not fit the network" in text
    assert peak <= 200 * MEGABYTE


@LINUX
def test_a_picture_is_not_unpacked_that_is_too_large(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    file = tmp_path / "white.png"
    image.new("RGB", (6000, 6000), "white").save(file)
    code, text, peak = peak_of("lenet5", "--image", str(file), "--max-memory", "150M")
    assert code == 2
    assert "allowed by --max-memory" in text
    assert peak <= 150 * MEGABYTE


@LINUX
def test_what_was_estimated_too_low_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second line: memory that a run asks for beyond the limit is refused in the middle of it."""
    monkeypatch.setattr(proving, "running_bytes", lambda analysis, uses: 0)
    limit = f"{(taken() >> 20) + 40}M"
    ended = within("run", "alexnet", "--max-memory", limit)
    assert ended.returncode == 2
    assert "takes more memory than estimated" in ended.stderr
    assert "allowed by --max-memory" in ended.stderr


@LINUX
def test_the_limit_ends_with_the_run() -> None:
    limit = MemoryLimit(taken() + 64 * MEGABYTE)
    with pytest.raises(RefusedError), limit.held():
        np.ones(200 * MEGABYTE, np.uint8)
    assert len(np.ones(200 * MEGABYTE, np.uint8)) > 0


@pytest.mark.parametrize("wanted", [None, 8 * MEGABYTE])
def test_processes_share_what_is_free_or_allowed(monkeypatch: pytest.MonkeyPatch, wanted: int | None) -> None:
    free = SimpleNamespace(available=12 * MEGABYTE)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    limit, whole = MemoryLimit(wanted, share=4), MemoryLimit(wanted)
    assert whole.bytes == (wanted or free.available)
    assert limit.bytes == whole.bytes // 4
    with pytest.raises(RefusedError, match=r"are (free|allowed by --max-memory) for each of 4 processes"):
        limit.check(0)


def test_weights_are_taken_one_by_one(tmp_path: Path) -> None:
    """Whatever the type in the file and the order of its tensors."""
    network = cnnstat.Network("lenet5", seed=3)
    stored = {f"module.{name}": value.astype(np.float64) for name, value in network.parameters.items()}
    save_weights(tmp_path / "w.npz", dict(reversed(stored.items())))
    own = cnnstat.Network("lenet5", seed=4)
    own.load_weights(tmp_path / "w.npz")
    for name, value in own.parameters.items():
        np.testing.assert_array_equal(value, network.parameters[name])
