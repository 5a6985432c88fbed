"""What `cnnstat run` does not begin with: too little memory, files that do not fit, and usage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cnnstat
from cnnstat.tensors import save_weights
from tests.commands.run.ended import refused


def test_too_little_memory() -> None:
    message = refused("vgg16", "--max-memory", "500M")
    for part in ("needs about", "500.0 MiB are allowed", "--input", "--batch"):
        assert part in message


def test_the_memory_of_the_machine_is_the_limit() -> None:
    assert "are free" in refused("vgg16", "--batch", "1000000")


@pytest.mark.parametrize("size", ["", "8X", "-1", "1e9", "8 GG"])
def test_sizes_that_are_none(size: str) -> None:
    assert "expected bytes such as 8G" in refused("--max-memory", size)


def test_weights_that_do_not_fit(tiny: str, tmp_path: Path) -> None:
    file = str(tmp_path / "w.npz")
    network = cnnstat.Network(tiny)
    save_weights(file, {**network.parameters, "fc.weight": np.zeros((5, 7))})
    assert "fc.weight is 5x7 instead of 5x243" in refused(tiny, "--weights", file)
    save_weights(file, {**network.parameters, "fc.bias": np.full(5, np.nan)})
    assert "fc.bias holds 5 NaN" in refused(tiny, "--weights", file)
    assert "there is no such file" in refused(tiny, "--weights", str(tmp_path / "none.npz"))


def test_weights_with_a_negative_variance(tmp_path: Path) -> None:
    spec = tmp_path / "norm.yaml"
    spec.write_text("input: [2, 4, 4]\nlayers:\n  - {name: n, type: batch_norm}\n", encoding="utf-8")
    file = str(tmp_path / "w.npz")
    save_weights(file, {**cnnstat.Network(str(spec)).parameters, "n.running_var": np.array([1.0, -1.0])})
    assert "'n.running_var' has negative variances" in refused(str(spec), "--weights", file)


def test_usage() -> None:
    assert "exclude each other" in refused("--image", "a.png", "--array", "b.npy")
    assert "need --check-grad" in refused("--elements", "2")
    assert "need --check-grad" in refused("--method", "central")
    assert "--invert needs" in refused("--invert")
    assert "bring their own" in refused("--array", "x.npy", "--batch", "2")
    assert "puts out one vector" in refused("unet", "--input", "1x188x188", "--loss", "rbf")
    assert "runs in float64" in refused("--check-grad", "--dtype", "float32")
    assert "one vector" in refused("unet", "--input", "1x188x188", "--top", "3")


def test_nothing_that_is_read_is_overwritten(tiny: str, tmp_path: Path) -> None:
    file, spec = str(tmp_path / "w.npz"), str(tmp_path / "spec.npz")
    Path(spec).write_text(Path(tiny).read_text())
    for options in (
        ("--save", spec),
        ("--weights", file, "--activations", file),
        ("--save", file, "-o", file),
    ):
        assert "is needed for something else" in refused(spec, *options)
