"""`cnnstat rf --at --unit` on every kind of network, with right and wrong places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

NETWORKS = {
    "vector": "input: [7]\nlayers:\n  - {name: fc, type: linear, units: 12}\n  - {name: act, type: relu}\n"
    "  - {name: map, type: reshape, shape: [3, 2, 2]}\n  - {name: up, type: upsample, scale: 2}\n",
    "signal": "input: [2, 16]\nlayers:\n  - {name: conv, type: conv, filters: 3, kernel: 3, stride: 2}\n"
    "  - {name: flat, type: flatten}\n  - {name: fc, type: linear, units: 4}\n",
    "map": "input: [2, 9, 11]\nlayers:\n  - {name: conv, type: conv, filters: 3, kernel: 3}\n"
    "  - {name: flat, type: flatten}\n  - {name: fc, type: linear, units: 4}\n",
}


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = tmp_path / f"{request.param}.yaml"
    path.write_text(NETWORKS[request.param])
    return str(path)


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
@pytest.mark.parametrize("unit", ["0", "0,0", "3", "99999", "0,99999", "99999,0", "99999999"])
def test_any_unit_of_any_layer_is_shown_or_refused(network: str, unit: str, form: str) -> None:
    layers = [
        layer["name"] for layer in json.loads(within("rf", network, "--format", "json").stdout)["layers"]
    ]
    assert len(layers) >= 3
    for layer in layers:
        ended = within("rf", network, "--at", layer, "--unit", unit, "--format", form)
        assert ended.returncode in (0, 2)
        assert bool(ended.stdout) is (ended.returncode == 0)


@pytest.mark.parametrize(
    ("name", "layer", "unit", "said"),
    [
        ("vector", "fc", "0", "is a vector, whose numbers have no place"),
        ("vector", "act", "99", "is a vector, whose numbers have no place"),
        ("vector", "up", "1,1", "is a vector, whose numbers have no place"),
        ("signal", "conv", "7", "conv has units 0 to 6 on this axis, not 7"),
        ("signal", "conv", "1,1", "a unit of conv has 1 coordinate, got 2"),
        ("map", "conv", "1", "a unit of conv has 2 coordinates, got 1"),
        ("map", "conv", "6,9", "conv has units 0 to 8 on this axis, not 9"),
        ("map", "fc", "4", "fc has units 0 to 3 on this axis, not 4"),
        ("map", "fc", "0,0", "a unit of fc has 1 coordinate, got 2"),
        ("map", "flat", "189", "flat has units 0 to 188 on this axis, not 189"),
    ],
)
def test_a_unit_that_is_not_there_is_refused(
    name: str, layer: str, unit: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(NETWORKS[name])
    ended = within("rf", str(path), "--at", layer, "--unit", unit)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr


def test_a_unit_of_a_vector_is_named_by_its_number() -> None:
    shown = within("rf", "lenet5", "--at", "F6", "--unit", "83").stdout
    assert "rows     0 to 31\ncolumns  0 to 31" in shown
    assert within("rf", "lenet5", "--at", "F6", "--unit", "84").returncode == 2
