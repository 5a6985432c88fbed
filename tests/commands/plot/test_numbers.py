"""Charts say the numbers of the tables: each against the JSON of `summary`, `flops`, `rf` or `sizes`."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.base.axes import rank_of
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

NETWORKS = (
    "lenet5",
    "resnet50",
    "densenet121",
    "unet",
    "googlenet",
    "shufflenet-v2-1.0",
    "siamese",
    "unet3d",
)
VECTOR = "input: [7]\nlayers:\n  - {name: fc, type: linear, units: 12}\n  - {name: act, type: relu}\n"


def plotted(*arguments: str) -> dict[str, Any]:
    ended = within("plot", *arguments, "--to", "json")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def printed(command: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(within(command, *arguments, "--format", "json").stdout)
    return found


def rows(panel: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    """Return the data of the layer of a panel that has a mark."""
    return [
        row for layer in panel["layer"] if layer["mark"]["type"] == mark for row in layer["data"]["values"]
    ]


def values(chart: dict[str, Any], mark: str) -> list[list[dict[str, Any]]]:
    return [rows(panel, mark) for panel in chart["vconcat"]]


@pytest.mark.parametrize("options", [(), ("--depth", "1")], ids=["layers", "blocks"])
@pytest.mark.parametrize("network", NETWORKS)
def test_layers_are_those_of_the_summary_and_of_flops(network: str, options: tuple[str, ...]) -> None:
    figures = ("macs", "params", "flops", "activations")
    panels = values(plotted(network, "layers", "--figures", ",".join(figures), *options), "rect")
    found = printed("flops", network, *options)["layers"], printed("summary", network, *options)["layers"]
    assert [layer["flops"] for layer in found[0]] == [layer["flops"] for layer in found[1]]
    for key, bars in zip(figures, panels, strict=True):
        expected = {(place, layer["name"]): layer[key] for place, layer in enumerate(found[1], 1)}
        drawn = {(round(bar["start"] + 0.42), bar["name"]): bar["value"] for bar in bars}
        assert drawn == {place: value for place, value in expected.items() if value}


def test_several_networks_are_summed_up_to_each_layer() -> None:
    networks = ("lenet5", "resnet50", "unet")
    chart = plotted(*networks, "layers")
    for key, steps in zip(("macs", "params"), values(chart, "line"), strict=True):
        for network in networks:
            summary = printed("summary", network)
            drawn = [step["y"] for step in steps if step["series"] == summary["name"]]
            assert drawn == [*accumulate((layer[key] for layer in summary["layers"]), initial=0)]
            assert drawn[-1] == summary["totals"][key]


@pytest.mark.parametrize("network", NETWORKS)
def test_memory_is_what_the_layers_put_out_and_who_reads_them(network: str) -> None:
    options = ("--batch", "3", "--dtype", "float16")
    chart = plotted(network, "memory", *options)
    summary = printed("summary", network, *options)
    bars = values(chart, "rect")[0]
    alive = _alive(summary)
    first = 1 - len(alive) + len(summary["layers"])
    for place, held in enumerate(alive, first):
        there = [bar for bar in bars if bar["start"] < place < bar["end"]]
        assert sum(bar["value"] for bar in there) == sum(held.values())
        named = {bar["series"]: bar["value"] for bar in there if bar["series"] in held}
        assert named == {name: held[name] for name in named}
    peak = max(alive, key=lambda held: sum(held.values()))
    series = {bar["series"] for bar in bars}
    assert {name for name in peak if peak[name]} <= series or "others alive at the peak" in series
    params = 2 * summary["totals"]["params"]
    assert sum(peak.values()) + params == summary["totals"]["inference_memory_bytes"]
    assert rows(chart["vconcat"][0], "rule")[0]["value"] == sum(peak.values())


def _alive(summary: dict[str, Any]) -> list[dict[str, int]]:
    """Return the bytes alive after each input and layer, by name: from who reads whom alone."""
    inputs = summary.get("input_shapes") or {"input": summary["input_shape"]}
    nodes: list[tuple[str, int, tuple[str, ...]]] = []
    for name, shape in inputs.items():
        size = 1
        for axis in shape:
            size *= axis
        nodes.append((name, size, ()))
    views: dict[str, str] = {}
    for layer in summary["layers"]:
        view = layer["type"] in ("split", "slice")
        read = tuple(views.get(name, name) for name in layer["inputs"])
        if view:
            views[layer["name"]] = read[0]
        nodes.append((layer["name"], 0 if view else layer["activations"], read))
    last = {name: len(nodes) for name, _, _ in nodes[-1:]}
    for place, (name, _, read) in enumerate(nodes):
        last.setdefault(name, place)
        last.update(dict.fromkeys(read, max(place, 0)))
    found = []
    for place in range(len(nodes)):
        held = {name: 6 * size for n, (name, size, _) in enumerate(nodes) if n <= place <= last[name]}
        found.append(held)
    return found


@pytest.mark.parametrize("network", NETWORKS)
def test_the_peak_of_training_is_that_of_the_training_memory(network: str) -> None:
    chart = plotted(network, "memory", "--training", "--optimizer", "adam")
    totals = printed("summary", network, "--optimizer", "adam")["totals"]
    peak = rows(chart["vconcat"][0], "rule")[0]["value"]
    assert peak + 4 * (totals["params"] + 3 * totals["trainable"]) == totals["training_memory_bytes"]
    tops = [bar["top"] for bar in values(chart, "rect")[0]]
    assert max(tops) == peak


def test_memories_of_several_networks_stand_side_by_side() -> None:
    networks = ("lenet5", "googlenet", "unet")
    chart = plotted(*networks, "memory")
    for network in networks:
        summary = printed("summary", network)
        drawn = [step["y"] for step in values(chart, "line")[0] if step["series"] == summary["name"]]
        (peak,) = (p["y"] for p in rows(chart["vconcat"][0], "point") if p["series"] == summary["name"])
        assert peak == max(drawn)
        assert peak + 4 * summary["totals"]["params"] == summary["totals"]["inference_memory_bytes"]
        assert f"{summary['name']}, input" in chart["description"]


@pytest.mark.parametrize("network", NETWORKS)
def test_fields_are_those_of_rf(network: str) -> None:
    chart = plotted(network, "rf")
    fields = printed("rf", network)
    points = rows(chart["vconcat"][0], "point")
    series = dict.fromkeys(point["series"] for point in points)
    names = rank_of(tuple(fields["input_shape"])).places
    for name in series:
        axis = 0 if name == "receptive field" else names.index(name.partition(" and ")[0])
        for place, layer in enumerate(fields["layers"], 1):
            field, of = layer["receptive_field"], [p for p in points if p["series"] == name]
            drawn = [point["y"] for point in of if point["x"] == place and point["y"] is not None]
            size = field.get("size")
            assert drawn == ([] if size is None else [size[axis]])
    rules = {rule["value"] for rule in rows(chart["vconcat"][0], "rule")}
    assert rules <= {*fields["input_shape"][1:]}


def test_fields_of_several_networks_have_one_line_for_one_input() -> None:
    chart = plotted("resnet50", "densenet121", "rf")
    assert [rule["text"] for rule in rows(chart["vconcat"][0], "rule")] == ["input 224"]
    other = plotted("resnet50", "lenet5", "rf")
    assert [rule["text"] for rule in rows(other["vconcat"][0], "rule")] == ["input 32", "input 224"]


@pytest.mark.parametrize("network", ["lenet5", "resnet50", "unet", "inception-v3"])
def test_sizes_are_those_of_sizes(network: str) -> None:
    span = ("--from", "20", "--to", "300", "--step", "7")
    figures = ("macs", "params", "activations", "inference_memory_bytes")
    chart = plotted(network, "sizes", "--sizes", "20:300:7", "--figures", ",".join(figures))
    entries = printed("sizes", network, *span)["sizes"]
    for key, panel in zip(figures, chart["vconcat"], strict=True):
        drawn = {row["x"]: row["y"] for mark in ("line", "point") for row in rows(panel, mark)}
        assert drawn == {entry["size"][0]: entry[key] for entry in entries}


def test_a_size_whose_neighbours_are_refused_is_a_point(tmp_path: Path) -> None:
    spec = tmp_path / "even.yaml"
    spec.write_text(
        "input: [1, 8, 8]\nlayers:\n  - {name: down, type: conv, filters: 1, kernel: 2, stride: 2}\n"
        "  - {name: up, type: transposed_conv, filters: 1, kernel: 2, stride: 2}\n"
        "  - {name: add, type: add, from: [up, input]}\n"
    )
    panel = plotted(str(spec), "sizes")["vconcat"][0]
    assert [row["x"] for row in rows(panel, "point") if row["y"] is not None] == [2, 4, 6, 8, 10, 12, 14, 16]
    assert rows(panel, "line") == []


def test_networks_of_one_name_are_told_apart() -> None:
    chart = plotted("lenet5", "lenet5", "layers")
    names = {step["series"] for step in values(chart, "line")[0]}
    assert names == {"LeNet-5", "LeNet-5 (2)"}


def test_a_network_of_vectors_has_layers_and_memory(tmp_path: Path) -> None:
    spec = tmp_path / "vector.yaml"
    spec.write_text(VECTOR)
    assert [bar["value"] for bar in values(plotted(str(spec), "layers"), "rect")[0]] == [84]
    assert values(plotted(str(spec), "memory"), "rect")[0]
    for kind in ("rf", "sizes"):
        refused = within("plot", str(spec), kind)
        assert refused.returncode == 2
        assert "is a vector" in refused.stderr


@pytest.mark.parametrize("network", ["lenet5", "resnet50", "googlenet"])
def test_a_roofline_has_the_figures_of_flops(network: str) -> None:
    """Each layer with FLOPs stands at its intensity, at the rate and the time of its bound."""
    machine = ("--peak", "10T", "--bandwidth", "200G", "--batch", "4")
    rates, times = values(plotted(network, "roofline", *machine), "point")
    found = printed("flops", network, *machine)["roofline"]["layers"]
    expected = {
        (layer["flops_per_byte"], layer["flops"] / layer["seconds"], layer["seconds"])
        for layer in found
        if layer["flops"]
    }
    assert [(row["name"], row["x"]) for row in rates] == [(row["name"], row["x"]) for row in times]
    drawn = {(rate["x"], rate["y"], time["y"]) for rate, time in zip(rates, times, strict=True)}
    assert sorted(drawn) == [pytest.approx(each) for each in sorted(expected)]
    counts = [re.fullmatch(r".*? and ([0-9,]+) more", row["name"]) for row in rates]
    assert sum(int(each[1]) if each else 0 for each in counts) + len(rates) == sum(
        layer["flops"] > 0 for layer in found
    )


def test_a_roof_meets_its_slope_at_the_ridge() -> None:
    chart = plotted("lenet5", "resnet50", "roofline", "--peak", "10T", "--bandwidth", "200G")
    (roof, _) = values(chart, "line")
    places = [(row["x"], row["y"]) for row in roof]
    assert places[1] == (50, 10e12)
    assert places[0][1] == pytest.approx(200e9 * places[0][0])
    assert places[2][1] == 10e12
    assert {row["series"] for row in values(chart, "point")[0]} == {"LeNet-5", "ResNet-50"}


def test_a_network_without_arithmetic_has_no_roofline(tmp_path: Path) -> None:
    spec = tmp_path / "still.yaml"
    spec.write_text("input: [2, 4, 4]\nlayers: [{type: relu}, {type: flatten}]\n")
    ended = within("plot", str(spec), "roofline", "--machine", "v100")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no layer has a FLOP" in ended.stderr
