"""`run --time`: how long each layer takes, beside the least that a machine needs; no figure changes by it."""

from __future__ import annotations

import json

import pytest

import cnnstat
from cnnstat.analysis.machines import machine_named
from cnnstat.analysis.roofline import roofs
from cnnstat.bridge.program import Network
from cnnstat.executor.measure import seconds
from cnnstat.executor.measure.seconds import PASSES, layer_seconds
from tests.program import within


def test_every_layer_has_a_time_and_its_least() -> None:
    ended = within("run", "lenet5", "--time", "--machine", "haswell", "--format", "json")
    assert ended.returncode == 0
    found = json.loads(ended.stdout)
    times, analysis = found["times"], cnnstat.analyze("lenet5")
    assert [layer["name"] for layer in times["layers"]] == [row.name for row in analysis.rows]
    assert all(layer["seconds"] > 0 for layer in times["layers"])
    assert times["seconds"] == pytest.approx(sum(layer["seconds"] for layer in times["layers"]))
    least = [float(roof.seconds) for roof in roofs(analysis, machine_named("haswell"))]
    assert [layer["least_seconds"] for layer in times["layers"]] == least
    assert (times["machine"], times["passes"]) == ("haswell", PASSES)


def test_without_a_machine_there_is_no_least() -> None:
    found = json.loads(within("run", "lenet5", "--time", "--format", "json").stdout)["times"]
    assert found["machine"] is found["least_seconds"] is found["layers"][0]["least_seconds"] is None
    assert json.loads(within("run", "lenet5", "--format", "json").stdout)["times"] is None


def test_the_table_folds_blocks() -> None:
    shown = within("run", "resnet18", "--input", "3x64x64", "--time", "--depth", "1", "--peak", "1T").stderr
    assert "--peak goes with --bandwidth" in shown
    shown = within(
        "run", "resnet18", "--input", "3x64x64", "--time", "--depth", "1", "--machine", "v100"
    ).stdout
    table = shown[shown.index("\ntime\n") :]
    assert "times that" in table
    assert "layer1 " in table
    assert "layer1.0" not in table


def test_a_machine_goes_with_a_measurement() -> None:
    ended = within("run", "lenet5", "--machine", "v100")
    assert ended.returncode == 2
    assert "goes with --time" in ended.stderr


def test_the_best_of_all_passes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that runs backwards through the passes: the last one is the fastest."""
    clock = iter([tick for number in range(PASSES) for tick in (0.0, PASSES - number, 0.0)])
    monkeypatch.setattr(seconds, "perf_counter", lambda: next(clock))
    network = Network(cnnstat.loads("input: [1, 4, 4]\nlayers: [{type: relu}]"))
    visited: list[int] = []
    assert layer_seconds(network, network.sample(1), visited.append) == (1.0,)
    assert visited == [0] * PASSES
