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


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        # the last row and column are read by no window of the first layers
        (("squeezenet1.1", "--at", "avgpool", "--unit", "0,0"), ("0 to 222", "0 to 222")),
        (("nin", "--at", "prob", "--unit", "999"), ("0 to 222", "0 to 222")),
        (("squeezenet1.0", "--at", "flatten", "--unit", "0"), ("0 to 222", "0 to 222")),
        # number 8 of 7×7 places stands in row 1 and column 1, that of 1·49 + 8, too
        (("vgg16", "--at", "pool5", "--unit", "1,1"), ("0 to 153 (with padding -58 to 153)",) * 2),
        (("vgg16", "--at", "flatten", "--unit", "8"), ("0 to 153 (with padding -58 to 153)",) * 2),
        (("vgg16", "--at", "flatten", "--unit", "57"), ("0 to 153 (with padding -58 to 153)",) * 2),
        (("vgg16", "--at", "fc8", "--unit", "0"), ("0 to 223", "0 to 223")),
    ],
)
def test_global_pools_and_vectors_see_what_is_known(
    arguments: tuple[str, ...], seen: tuple[str, str]
) -> None:
    rows, columns = seen
    assert f"\nrows     {rows}\ncolumns  {columns}\n" in within("rf", *arguments).stdout


CUT = """
input: [3, 12, 12]
layers:
  - {name: cut, type: slice, axis: height, start: 2, stop: 4}
  - {name: pool, type: global_avg_pool}
  - {name: flat, type: flatten, from: cut}
  - {name: part, type: slice, start: 6, stop: 12}
  - {name: fc, type: linear, units: 3}
  - {name: other, type: slice, start: 29, stop: 30, from: flat}
  - {name: both, type: concat, from: [other, part]}
  - {name: map, type: reshape, from: fc, shape: [3, 1, 1]}
  - {name: end, type: multiply, from: [pool, map]}
outputs: [end, both]
"""


@pytest.mark.parametrize(
    ("layer", "unit", "seen"),
    [
        ("pool", "0,0", ("2 to 3", "0 to 11")),
        ("flat", "13", ("3 to 3", "1 to 1")),
        ("part", "0", ("2 to 2", "6 to 6")),
        ("fc", "2", ("2 to 2", "6 to 11")),
        ("both", "0", ("2 to 2", "5 to 5")),
        ("both", "1", ("2 to 2", "6 to 6")),
        ("map", "0,0", ("2 to 2", "6 to 11")),
        ("end", "0,0", ("2 to 3", "0 to 11")),
    ],
)
def test_slices_and_joins_of_vectors(layer: str, unit: str, seen: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "cut.yaml"
    path.write_text(CUT)
    rows, columns = seen
    shown = within("rf", str(path), "--at", layer, "--unit", unit).stdout
    assert f"\nrows     {rows}\ncolumns  {columns}\n" in shown


SPLIT = """
input: [2, 4, 4]
layers:
  - {name: narrow, type: conv, filters: 2, kernel: 1}
  - {name: wide, type: conv, filters: 2, kernel: 3, padding: 1, from: input}
  - {name: both, type: concat, from: [narrow, wide]}
  - {name: half, type: split, parts: 2, take: 1}
  - {name: act, type: relu}
"""


@pytest.mark.parametrize("command", ["rf", "summary"])
def test_an_upper_bound_is_called_one(command: str, tmp_path: Path) -> None:
    path = tmp_path / "split.yaml"
    path.write_text(SPLIT)
    shown = within(command, str(path)).stdout
    assert shown.count("at most 3×3") == 2
    assert "half, act: units may see less, because of half" in shown
    layers = json.loads(within(command, str(path), "--format", "json").stdout)["layers"]
    because = [layer["receptive_field"].get("upper_bound_because_of") for layer in layers]
    assert because == [None, None, None, "half", "half"]


def test_the_region_of_one_unit_is_called_an_upper_bound(tmp_path: Path) -> None:
    path = tmp_path / "split.yaml"
    path.write_text(SPLIT)
    for layer, bound in (("both", False), ("act", True)):
        asked = ("rf", str(path), "--at", layer, "--unit", "1,1")
        assert ("because of half: the unit may see less" in within(*asked).stdout) is bound
        assert ("upper_bound_because_of" in json.loads(within(*asked, "--format", "json").stdout)) is bound
    assert "because of half: units may see less" in within("explain", str(path), "act").stdout
