"""`cnnstat run` as its users start it; what calculator and executor find is tested where they stand."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest

import cnnstat
from cnnstat.commands.run import proof as proving
from cnnstat.commands.run.command import spare_busy_processors
from cnnstat.executor.choices import LOSS_NAMES, PROJECTION
from cnnstat.executor.kernel import Backward
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.loss import LOSSES
from cnnstat.executor.measure.gradients import check_layers
from cnnstat.layers import LAYERS
from cnnstat.tensors import save_weights
from tests.program import in_terminal, run, within

if TYPE_CHECKING:
    from collections.abc import Iterator

TINY = """
input: [2, 9, 9]
layers:
  - {name: block, type: pair, repeat: 2}
  - {type: flatten}
  - {name: fc, type: linear, units: 5}
blocks:
  pair:
    layers:
      - {name: conv, type: conv, filters: 3, kernel: 3, padding: 1}
      - {type: batch_norm}
      - {type: relu}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return str(path)


def inside(*arguments: str) -> tuple[int, str]:
    """Run in this process, where parts can be broken; return the exit code and what is printed."""
    process = within("run", *arguments)
    return process.returncode, process.stdout + process.stderr


def data(*arguments: str) -> dict[str, Any]:
    code, text = inside(*arguments, "--format", "json")
    assert code == 0, text
    loaded = json.loads(text)
    assert isinstance(loaded, dict)
    return loaded


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


def test_a_wrong_gradient_is_named(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def off(*arguments: Any) -> Iterator[Any]:
        for number, checked in check_layers(*arguments):
            wrong = replace(checked, outcome="wrong", error=math.inf)
            yield number, wrong if checked.type == "linear" else checked

    monkeypatch.setattr(proving, "check_layers", off)
    code, text = inside(tiny, "--check-grad")
    assert code == 1
    assert text.splitlines()[-1] == "WRONG GRADIENT: fc (linear), input: off by inf; and 2 more gradients"
    assert "17 right, 3 wrong; largest relative error inf (tolerance 1e-06, complex step)" in text
    code, text = inside(tiny, "--check-grad", "--format", "json")
    assert code == 1
    assert [each["error"] for each in json.loads(text)["gradients"]["checked"] if not each["right"]] == [
        None
    ] * 3


def test_a_gradient_that_does_not_come_back_is_named(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here and without a check, for then the gradient of the loss cannot be right."""
    kernel = KERNELS["linear"]

    def forgetful(inputs: Any, params: Any, options: Any, context: Any) -> Any:
        y, way_back = kernel.forward(inputs, params, options, context)
        return y, way_back and Backward(lambda dy: (way_back(dy)[0], {"bias": way_back(dy)[1]["bias"]}), ())

    monkeypatch.setitem(KERNELS, "linear", replace(kernel, forward=forgetful))
    code, text = inside(tiny, "--check-grad")
    assert code == 1
    first = "WRONG GRADIENT: fc (linear), weight: no gradient comes back"
    assert text.splitlines()[-1] == f"{first}; and 2 more gradients"
    assert re.search(r"fc +weight +1,215 +– +no gradient comes back\n", text)
    assert "17 right, 3 wrong; largest relative error" in text
    code, text = inside(tiny, "--check-grad", "--format", "json")
    found = json.loads(text)
    assert code == 1
    assert not found["proved"]
    wrong = [each for each in found["gradients"]["checked"] if not each["right"]]
    assert [(each["layer"], each["tensor"]) for each in wrong] == [
        ("fc", "weight"),
        (None, "input"),
        (None, "parameters"),
    ]
    assert all(each["error"] is None and "no gradient comes back" in each["fault"] for each in wrong)
    code, text = inside(tiny)
    assert code == 1
    assert text.splitlines()[-1] == first


def test_a_check_that_does_not_happen_is_a_failure(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fewer(*arguments: Any) -> Iterator[Any]:
        yield from itertools.islice(check_layers(*arguments), 3)

    monkeypatch.setattr(proving, "check_layers", fewer)
    code, text = inside(tiny, "--check-grad")
    assert code == 1
    assert text.splitlines()[-1] == "NOT CHECKED: only 5 of 20 gradients were"
    code, text = inside(tiny, "--check-grad", "--format", "json")
    assert code == 1
    assert json.loads(text)["proved"] is False


def test_a_batch_is_two_samples_for_layers_unless_somebody_says_otherwise(
    tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = str(tmp_path / "x.npy")
    np.save(array, np.random.default_rng(0).standard_normal((2, 9, 9)))
    batches: list[int] = []

    def noting(network: Any, x: Any, plan: Any) -> Iterator[Any]:
        batches.append(len(x))
        yield from check_layers(network, x, plan)

    monkeypatch.setattr(proving, "check_layers", noting)
    for options in ((), ("--batch", "1"), ("--batch", "3"), ("--array", array), ("--training",)):
        found = data(tiny, "--check-grad", *options)
        assert found["gradients"]["wrong"] == 0
        assert found["proved"]
    assert batches == [2, 1, 3, 1, 2]


SHARES = """
input: [3, 4, 4]
layers:
  - {type: flatten}
  - {type: linear, units: 1000}
  - {type: softmax}
"""


@pytest.mark.parametrize("seed", range(6))
def test_an_infinite_loss_is_no_wrong_gradient(tmp_path: Path, seed: int) -> None:
    """Pixels of 0 to 255 make a probability zero, and its logarithm infinite."""
    path, array = tmp_path / "shares.yaml", str(tmp_path / "pixels.npy")
    path.write_text(SHARES, encoding="utf-8")
    np.save(array, np.random.default_rng(0).integers(0, 256, (3, 4, 4)))
    options = (str(path), "--array", array, "--seed", str(seed))
    found = data(*options, "--check-grad")
    assert found["proved"]
    infinite = found["loss"]["input_gradient_norm"] is None
    assert found["gradients"]["loss"] == ("projection" if infinite else "negative_log_likelihood")
    _, text = inside(*options, "--check-grad")
    assert ("not finite: numbers ran out of range" in text) == infinite
    assert ("so the gradients end to end are those of a projection" in text) == infinite
    assert infinite == (seed in INFINITE)


INFINITE = (1, 2, 4, 5)
"""Seeds whose loss is infinite on these pixels, or, for a probability of 1e-310, its slope is."""


def test_numbers_that_are_not_finite_are_not_called_wrong(tiny: str, tmp_path: Path) -> None:
    array = str(tmp_path / "x.npy")
    np.save(array, np.full((2, 9, 9), 1e308))
    code, text = inside(tiny, "--array", array, "--check-grad")
    assert code == 1
    last = text.splitlines()[-1]
    assert last.startswith("NOT CHECKED: ")
    assert "not checked, for the numbers there are not finite; and" in last
    assert "WRONG" not in text


CLOSE = """
input: [12]
layers:
  - {name: far, type: rbf, units: 2, repeat: 4, first: {units: 4}}
  - {name: part, type: norm}
blocks:
  norm:
    layers: [{type: layer_norm}]
"""
"""A norm of two numbers whose difference has hardly a digit left."""


def test_a_gradient_that_rounding_hides_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    path = tmp_path / "close.yaml"
    path.write_text(CLOSE, encoding="utf-8")
    found = data(str(path), "--check-grad", "--seed", "2")["gradients"]
    hidden = [checked for checked in found["checked"] if not checked["right"]]
    assert [(each["layer"], each["tensor"]) for each in hidden] == [
        ("part.layer_norm1", "input"),
        (None, "input"),
    ]
    assert all(each["error"] is None and each["fault"] == "not measurable: rounding" for each in hidden)
    right = found["to_check"] - 2
    assert (found["wrong"], found["not_measurable"]) == (0, 2)
    code, text = inside(str(path), "--check-grad", "--seed", "2", "--depth", "1")
    assert code == 0
    assert f"{right} right, 2 not measurable: rounding; largest" in text
    assert text.splitlines()[-1].endswith(f"{right} gradients are right, 2 not measurable: rounding")


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


@pytest.mark.parametrize("options", [(), ("--method", "central"), ("--training", "--batch", "2")])
def test_gradients(tiny: str, options: tuple[str, ...]) -> None:
    found = data(tiny, "--check-grad", "--elements", "2", *options)["gradients"]
    assert found["wrong"] == 0
    assert len(found["checked"]) == found["to_check"]
    assert {checked["tensor"] for checked in found["checked"]} == {"input", "weight", "bias", "parameters"}
    assert all(checked["elements"] is not None for checked in found["checked"] if checked["layer"])


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


def refused(*arguments: str) -> str:
    process = within("run", *arguments)
    assert process.returncode == 2, process
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    return process.stderr


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


@pytest.mark.parametrize("loss", ["cross_entropy", "mse", "rbf", "projection"])
def test_any_loss_that_fits(tiny: str, loss: str) -> None:
    found = data(tiny, "--loss", loss, "--check-grad")
    assert found["loss"]["name"] == loss
    assert found["gradients"]["wrong"] == 0


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


def test_nothing_that_is_read_is_overwritten(tiny: str, tmp_path: Path) -> None:
    file, spec = str(tmp_path / "w.npz"), str(tmp_path / "spec.npz")
    Path(spec).write_text(Path(tiny).read_text())
    for options in (
        ("--save", spec),
        ("--weights", file, "--activations", file),
        ("--save", file, "-o", file),
    ):
        assert "is needed for something else" in refused(spec, *options)


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
