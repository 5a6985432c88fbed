"""`cnnstat run` as its users start it; what calculator and executor find is tested where they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest

import cnnstat
from cnnstat.commands.run import proof as proving
from cnnstat.commands.run.command import spare_busy_processors
from cnnstat.executor.choices import LOSS_NAMES, PROJECTION
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.loss import LOSSES
from cnnstat.executor.measure.gradients import check_layers
from cnnstat.layers import LAYERS
from tests.commands.run.ended import data, inside, refused
from tests.program import in_terminal, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_without_a_spec_it_is_lenet5() -> None:
    process = run("run", "--check-grad")
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    assert process.stdout.startswith("LeNet-5, input 1×32×32, run\n")
    last = process.stdout.splitlines()[-1]
    assert last == "proved: 127 calculated figures are the figures measured, 28 gradients are right"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_gets_lines_that_fit(columns: int) -> None:
    shown = in_terminal(columns, "run", "resnet20", "--depth", "1")
    assert "proved: 703" in shown.replace("\n", " ")
    report = shown[shown.index("ResNet-20") :]
    for line in report.splitlines():
        assert len(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line)) <= columns


def test_figures_come_in_pairs(tiny: str) -> None:
    found = data(tiny)
    assert found["proved"] is True
    assert found["differences"] == []
    for layer in found["layers"]:
        shared = layer["measured"].keys() - {"receptive_field"}
        calculated, measured = layer["calculated"], layer["measured"]
        assert {key: calculated[key] for key in shared} == {key: measured[key] for key in shared}
    memory = found["inference_memory_bytes"]
    assert memory["calculated"] == memory["measured"]
    assert found["gradients"] is None


def test_depth_folds_both_lines(tiny: str) -> None:
    code, text = inside(tiny, "--depth", "1")
    assert code == 0
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("block"))
    calculated, measured = lines[head].split(), lines[head + 1].split()
    assert calculated[:2] == ["block", "calculated"]
    assert measured[0] == "measured"
    assert calculated[2:] == measured[1:]


def test_a_lie_is_named(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = LAYERS["linear"].params
    monkeypatch.setattr(LAYERS["linear"], "params", lambda self, inputs: honest(self, inputs) + 1)
    code, text = inside(tiny)
    assert code == 1
    assert "NOT TRUE: fc: params calculated 1,221, measured 1,220" in text.splitlines()[-1]
    code, text = inside(tiny, "--format", "json")
    assert code == 1
    assert json.loads(text)["differences"][0] == {
        "layer": "fc",
        "figure": "params",
        "calculated": 1221,
        "measured": 1220,
    }


def test_interrupted_it_keeps_what_it_found(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def three(*arguments: Any) -> Iterator[Any]:
        for i, checked in enumerate(check_layers(*arguments)):
            if i == 3:
                raise KeyboardInterrupt
            yield checked

    monkeypatch.setattr(proving, "check_layers", three)
    code, text = inside(tiny, "--check-grad")
    assert code == 130
    assert text.splitlines()[-1].startswith("interrupted: 3 of ")
    assert "3 right, " in text
    assert text.count("  right\n") == 3


def test_weights_are_saved_with_the_statistics_of_the_training_pass(tiny: str, tmp_path: Path) -> None:
    before, after = (str(tmp_path / f"{name}.npz") for name in ("before", "after"))
    data(tiny, "--batch", "2", "--save", before)
    data(tiny, "--batch", "2", "--training", "--save", after)
    network = cnnstat.Network(tiny)
    network.forward(network.sample(2), training=True)
    with np.load(before) as plain, np.load(after) as trained:
        moved = {name for name in plain if (plain[name] != trained[name]).any()}
        assert {name.rpartition(".")[2] for name in moved} == {"running_mean", "running_var"}
        assert all((trained[name] == value).all() for name, value in network.parameters.items())


def test_the_same_seed_gives_the_same_numbers(tiny: str) -> None:
    assert data(tiny, "--seed", "3")["loss"] == data(tiny, "--seed", "3")["loss"]
    assert data(tiny, "--seed", "3")["loss"] != data(tiny, "--seed", "4")["loss"]


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_weights_go_out_and_come_back(tiny: str, tmp_path: Path, suffix: str) -> None:
    file = str(tmp_path / f"weights{suffix}")
    saved = data(tiny, "--seed", "5", "--save", file)
    # Another seed draws another input, so the input is given.
    array = str(tmp_path / "x.npy")
    np.save(array, np.random.default_rng(0).standard_normal((2, 2, 9, 9)))
    own = data(tiny, "--seed", "5", "--array", array, "--top", "2")
    read = data(tiny, "--seed", "6", "--array", array, "--top", "2", "--weights", file)
    assert read["top"] == own["top"]
    assert read["batch"] == 2
    assert saved["batch"] == 1


def test_activations_are_those_of_every_layer(tiny: str, tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    found = data(tiny, "--activations", str(file))
    with np.load(file) as kept:
        assert [list(kept[name].shape[1:]) for name in kept.files] == [
            layer["calculated"]["output_shape"] for layer in found["layers"]
        ]


def test_every_loss_can_be_chosen() -> None:
    assert (*LOSSES, PROJECTION) == LOSS_NAMES


def test_help_does_not_wait_for_numpy() -> None:
    program = """
import sys
from cnnstat.cli.group import cli
cli.main(["run", "--help"], standalone_mode=False)
assert "numpy" not in sys.modules
"""
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert all(name in process.stdout for name in LOSS_NAMES)


def test_a_layer_that_cannot_be_run_is_no_usage_error(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(inputs: Any, params: Any, options: Any, context: Any) -> Any:
        raise ValueError("it does not fit")

    monkeypatch.setitem(KERNELS, "relu", replace(KERNELS["relu"], forward=refusing))
    code, text = inside(tiny)
    assert code == 1
    assert "NOT TRUE: block.0.relu1 (relu): it does not fit, says the executor" in text


def test_numbers_out_of_range_are_said(tiny: str, tmp_path: Path) -> None:
    array = str(tmp_path / "x.npy")
    np.save(array, np.full((2, 9, 9), 1e300))
    assert "as float32, the input holds infinite numbers" in refused(tiny, "--array", array)
    np.save(array, np.full((2, 9, 9), 1e38))
    code, text = inside(tiny, "--array", array, "--top", "1")
    assert code == 0
    assert "cross entropy nan, its gradient of the input has norm nan" in text
    assert "are NaN or infinite" in text
    assert "scale the input" in text
    assert "0 (nan); in brackets the probability" in text
    found = data(tiny, "--array", array, "--top", "1")
    assert found["loss"] == {"name": "cross_entropy", "value": None, "input_gradient_norm": None}
    assert found["top"] == [[{"class": 0, "probability": None}]]


def test_the_seed_gives_the_same_numbers_in_every_type(tiny: str) -> None:
    single, double = (data(tiny, "--dtype", kind)["loss"]["value"] for kind in ("float32", "float64"))
    assert single == pytest.approx(double, rel=1e-5)


def test_a_field_that_was_not_compared_is_not_said_to_be(tmp_path: Path) -> None:
    """On this input the field of `two` is measured, but its pattern is too long to be calculated."""
    path = tmp_path / "resized.yaml"
    path.write_text(
        "input: [1, 101, 103]\n"
        "layers:\n"
        "  - {name: one, type: upsample, size: [199, 211]}\n"
        "  - {name: pool, type: max_pool, kernel: 3, stride: 1}\n"
        "  - {name: two, type: upsample, size: [397, 401]}\n",
        encoding="utf-8",
    )
    code, text = inside(str(path))
    assert code == 0
    assert "field on input      one, pool: what" in text
    assert "field not measured  two: unknown because of two" in text
    assert text.rstrip().endswith("1 not measurable: unknown because of two")
    fields = [line.split()[-1] for line in text.splitlines() if " measured " in line][:3]
    assert fields == ["input", "input", "–"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(("squeezenet1.1", "--input", "3x64x64"), "63×63"), (("nin", "--input", "3x70x70"), "67×67")],
)
def test_a_global_pool_that_leaves_the_last_row_is_not_said_to_see_all(
    arguments: tuple[str, ...], field: str
) -> None:
    code, text = inside(*arguments)
    assert code == 0
    lines = [line.split()[-1] for line in text.splitlines() if re.search(" (calculated|measured)  ", line)]
    assert lines[-2:] == [field, field]
    assert "proved: " in text
    assert "not measurable" not in text


def test_what_is_not_measured_is_counted(tmp_path: Path) -> None:
    """Behind a permute no run shows a field; of too long a signal not every position is tried."""
    path = tmp_path / "moved.yaml"
    path.write_text(
        "input: [2, 6, 8]\nlayers:\n  - {name: p, type: permute, order: [0, 2, 1]}\n  - {type: relu}\n",
        encoding="utf-8",
    )
    code, text = inside(str(path), "--format", "json")
    document = json.loads(text)
    why = "unknown because of p"
    assert document["proved"] is True
    assert document["compared"] == 2 * 9 - 2 + 1
    assert document["unmeasured"] == [
        {"layer": name, "figure": "receptive_field", "why": why} for name in ("p", "relu1")
    ]
    assert document["verdict"].endswith(f"figures measured; 2 not measurable: {why}")
    code, text = inside("waveform-m5", "--input", "1x4096")
    assert code == 0
    assert "not measurable: it would take too long to poison each position of the input" in text
    assert "folded anew" not in text


def test_a_published_figure_that_is_missed_counts(tmp_path: Path) -> None:
    path = tmp_path / "missed.yaml"
    path.write_text(
        "input: [4]\nlayers: [{type: linear, units: 2, expect: {params: 11}}]\n", encoding="utf-8"
    )
    code, text = inside(str(path))
    assert "proved: 10 calculated figures" in text
    assert code == 1


@pytest.mark.parametrize(
    ("load", "given", "threads"), [(0.3, None, None), (2.7, None, "5"), (90.0, None, "1"), (90.0, "4", "4")]
)
def test_processors_that_are_busy_are_spared(load: float, given: str | None, threads: str | None) -> None:
    variable = "OPENBLAS_NUM_THREADS"
    environment = {} if given is None else {variable: given}
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch("os.getloadavg", return_value=(load, 0.0, 0.0), create=True),
        mock.patch("os.cpu_count", return_value=8),
    ):
        spare_busy_processors()
        assert os.environ.get(variable) == threads
