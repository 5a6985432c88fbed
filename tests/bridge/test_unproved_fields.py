"""Fields that stand for more than was measured: what counts as proved is what each unit really sees."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.analysis.clipped_fields import clipped_field, clipped_fields
from cnnstat.base.errors import SpecError
from cnnstat.bridge.program import Network
from cnnstat.bridge.verify import compare, verify
from cnnstat.executor.kernel import quiet
from cnnstat.executor.measure.measurements import measure_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.executor.kernel import Array
    from cnnstat.graph.model import Graph

NONE = (1, 0)

JOIN = """
input: [1, 8, 8]
layers:
  - {name: low, type: conv, filters: 1, kernel: 3}
  - {name: up, type: pad, padding: [0, 2, 0, 2]}
  - {name: sum, type: add, from: [up, input]}
"""
FRAME = """
input: [1, 4, 4]
layers:
  - {name: top, type: slice, axis: height, stop: 1}
  - {name: four, type: upsample, size: 4}
  - {name: framed, type: pad, from: input, padding: [0, 0, 0, 4]}
  - {name: frame, type: slice, axis: width, start: 4}
  - {name: sum, type: add, from: [four, frame]}
  - {name: pool, type: global_avg_pool}
"""
HOLES = """
input: [1, 4, 4]
layers:
  - {name: few, type: subsample, kernel: 2}
  - {name: holes, type: transposed_conv, filters: 1, kernel: 1, stride: 2, output_padding: 1}
  - {name: wide, type: conv, filters: 1, kernel: 3, padding: 1, from: holes}
  - {name: prod, type: multiply, from: [holes, wide]}
"""
UNLIKE = "{name: g, type: layer_norm}, {name: cat, type: concat, from: [input, g]}"


def seen(graph: Graph) -> dict[str, Array]:
    """Return which pixels each unit sees, of each layer: units by place or number, then pixels."""
    network = Network(graph, dtype="float64")
    clean = network.sample(1)
    extent = clean.shape[2:]
    x = clean.repeat(int(np.prod(extent)), 0)
    for i, pixel in enumerate(np.ndindex(*extent)):
        x[(i, slice(None), *pixel)] = np.nan
    found = {}
    with quiet():
        assert not any(np.isnan(visit.output).any() for visit in network.visits(clean))
        for visit in network.visits(x):
            poisoned = np.isnan(visit.output)
            if poisoned.ndim > 2:
                poisoned = np.asarray(poisoned.any(1))
            found[visit.step.name] = np.moveaxis(poisoned, 0, -1).reshape(*poisoned.shape[1:], *extent)
    return found


def hull(pixels: Array) -> tuple[tuple[int, int], ...]:
    if not pixels.any():
        return (NONE,) * pixels.ndim
    return tuple((int(places.min()), int(places.max())) for places in np.nonzero(pixels))


def proved(graph: Graph) -> Iterator[str]:
    """Hold the fields that count as proved against the poisoned network, unit by unit; yield their layers."""
    verified = verify(graph)
    assert verified.differences == ()
    unproved = {each.layer for each in verified.unmeasured}
    real, analysis = seen(graph), verified.analysis
    for row, clipped in zip(analysis.rows, clipped_fields(analysis), strict=True):
        if row.name in unproved or row.field.unseen:
            assert row.name in unproved or not real[row.name].any()
            continue
        axes = len(clipped)
        for unit in np.ndindex(*(row.output_shape[1:] or row.output_shape)):
            each = unit if len(unit) == axes else unit * axes
            said = tuple(axis[place] for axis, place in zip(clipped, each, strict=True))
            said = (NONE,) * axes if NONE in said else said
            assert said == hull(real[row.name][unit]), (row.name, unit)
            assert said == clipped_field(analysis, row.number, unit), (row.name, unit)
        yield row.name


def network(layers: str, shape: tuple[int, ...] = (1, 4, 4)) -> Graph:
    return cnnstat.loads(f"input: {list(shape)}\nlayers: [{layers}]\n")


# -- single networks -----------------------------------------------------------------------------------


def test_a_frame_on_the_far_side_behind_what_sees_one_region_sees_nothing() -> None:
    graph = network("{type: layer_norm}, {name: p, type: pad, padding: [0, 1, 0, 1]}", (1, 6, 6))
    assert "p" in proved(graph)
    assert verify(graph).unmeasured == ()


@pytest.mark.parametrize(
    ("spec", "left"),
    [(JOIN, {"sum"}), (FRAME, {"frame", "sum", "pool"}), (HOLES, {"prod"})],
    ids=["frame of zeros", "all of a branch", "holes"],
)
def test_a_branch_that_sees_nothing_along_one_axis_makes_an_upper_bound(spec: str, left: set[str]) -> None:
    graph = cnnstat.loads(spec)
    assert {row.name for row in cnnstat.analyze(graph).rows} - {*proved(graph)} == left


@pytest.mark.parametrize("name", ["up", "sum"])
def test_what_sees_a_pixel_beyond_its_upper_bound_is_named(name: str) -> None:
    analysis = cnnstat.analyze(cnnstat.loads(JOIN))
    network = Network(analysis.graph)
    measured = measure_network(network, network.sample())
    (number,) = (i for i, row in enumerate(analysis.rows) if row.name == name)
    (difference,) = compare(analysis, replace(measured, beyond=((number,),))).differences
    assert (difference.layer, difference.figure) == (name, "receptive_field")


def test_a_region_that_is_empty_along_one_axis_is_empty() -> None:
    analysis = cnnstat.analyze(cnnstat.loads(JOIN))
    numbers = {row.name: row.number for row in analysis.rows}
    assert clipped_field(analysis, numbers["up"], (0, 7)) == (NONE, NONE)
    assert clipped_field(analysis, numbers["sum"], (0, 7)) == ((0, 0), (7, 7))


@pytest.mark.parametrize(
    ("layers", "left"),
    [
        (f"{UNLIKE}, {{name: x, type: pixel_shuffle, factor: 2}}", {"x"}),
        (f"{UNLIKE}, {{name: x, type: slice, stop: 1}}, {{name: y, type: relu}}", {"x", "y"}),
        (f"{UNLIKE}, {{name: x, type: split, parts: 2, take: 0, axis: height}}", set()),
        (f"{UNLIKE}, {{type: conv, filters: 2, kernel: 1}}, {{name: x, type: slice, stop: 1}}", set()),
        (f"{UNLIKE}, {{name: x, type: flatten}}, {{name: y, type: linear, units: 2}}", {"x"}),
        (f"{UNLIKE}, {{name: x, type: conv, filters: 1, kernel: 1, table: [[0]]}}", {"x"}),
        ("{type: pixel_unshuffle, factor: 2}, {name: x, type: flatten}", {"x"}),
        ("{type: pixel_unshuffle, factor: 2}, {name: x, type: spatial_pyramid_pool, levels: [2]}", {"x"}),
        ("{type: zero_pad_shortcut, filters: 8}, {name: x, type: flatten}", {"x"}),
        (f"{UNLIKE}, {{type: add, from: [cat, cat]}}, {{name: x, type: flatten}}", {"x"}),
        (
            "{name: z, type: zero_pad_shortcut, filters: 4}, {name: c, type: conv, filters: 4,"
            " kernel: 1, from: input}, {type: add, from: [c, z]}, {name: x, type: flatten}",
            set(),
        ),
        ("{name: cat, type: concat, from: [input, input]}, {name: x, type: slice, stop: 1}", set()),
    ],
)
def test_channels_that_see_different_parts_are_no_longer_proved_once_taken_apart(
    layers: str, left: set[str]
) -> None:
    graph = network(layers, (2, 4, 4))
    assert {row.name for row in cnnstat.analyze(graph).rows} - {*proved(graph)} == left
    assert all(why.why.startswith("an upper bound because of") for why in verify(graph).unmeasured)


POOLED = "{name: p, type: global_avg_pool}, {name: q, type: pad, from: p, padding: %s}"


@pytest.mark.parametrize(
    ("layers", "shape", "field", "left"),
    [
        # The frame around a pooled map sees nothing, so what is added to it there sees its own place only.
        (f"{POOLED % [2, 0]}, {{name: x, type: add, from: [q, input]}}", (1, 3), "3, stride None", set()),
        (
            f"{POOLED % [2, 0]}, {{type: add, from: [q, input]}}, "
            "{name: x, type: conv, filters: 1, kernel: 3}",
            (1, 3),
            "3, stride None",
            set(),
        ),
        (
            f"{POOLED % [2, 0, 1, 0]}, {{name: x, type: add, from: [q, input]}}",
            (1, 3, 2),
            "3×2, stride None×None",
            {"x"},
        ),
        # Nothing but such a frame, along one axis.
        (
            f"{POOLED % [2, 0, 1, 0]}, {{name: x, type: conv, filters: 1, kernel: 2, stride: 2}}",
            (1, 2, 2),
            "all",
            {"x"},
        ),
        # A pooled map that every unit reads is the whole of it, whatever else they see.
        (f"{POOLED % [0, 0]}, {{name: x, type: multiply, from: [q, input]}}", (1, 3), "all", set()),
        (
            f"{POOLED % 0}, {{type: multiply, from: [q, input]}}, "
            "{name: z, type: conv, filters: 1, kernel: 3, padding: 1}, "
            "{name: x, type: add, from: [z, input]}",
            (1, 4, 4),
            "all",
            set(),
        ),
        (
            "{name: r, type: reduce, axes: [height]}, {name: c, type: reduce, axes: [width], from: input}, "
            "{name: y, type: multiply, from: [input, r, c]}, {name: z, type: reduce, axes: [width]}, "
            "{name: x, type: multiply, from: [y, z]}",
            (1, 3, 4),
            "all",
            set(),
        ),
        (
            "{type: global_avg_pool}, {name: x, type: add, from: [input, global_avg_pool1], broadcast: true}",
            (2, 1, 5),
            "all",
            set(),
        ),
    ],
)
def test_all_is_what_every_unit_sees_that_sees_anything(
    layers: str, shape: tuple[int, ...], field: str, left: set[str]
) -> None:
    graph = network(layers, shape)
    row = cnnstat.analyze(graph).rows[-1]
    sizes = ("×".join(map(str, each)) for each in (row.field.sizes(row.output_shape), row.field.strides))
    assert ("all" if row.field.whole else ", stride ".join(sizes)) == field
    assert {row.name for row in cnnstat.analyze(graph).rows} - {*proved(graph)} == left


def test_a_whole_map_is_gone_back_from_without_a_branch_that_sees_nothing() -> None:
    analysis = cnnstat.analyze(cnnstat.loads(FRAME))
    assert clipped_field(analysis, analysis.rows[-1].number, (0, 0)) == ((0, 0), (0, 3))


# -- random networks -----------------------------------------------------------------------------------

PIECES: tuple[dict[str, object], ...] = (
    {"type": "conv", "filters": 4, "kernel": 3, "padding": 1},
    {"type": "conv", "filters": 2, "kernel": 2, "stride": 2},
    {"type": "conv", "filters": 4, "kernel": 1, "groups": 2},
    {"type": "depthwise_conv", "kernel": 3, "padding": 1},
    {"type": "transposed_conv", "filters": 2, "kernel": 1, "stride": 2},
    {"type": "transposed_conv", "filters": 4, "kernel": 2, "stride": 2, "groups": 2},
    {"type": "pad", "padding": [0, 1, 0, 1]},
    {"type": "pad", "padding": [2, 0, 1, 0]},
    {"type": "crop", "cropping": 1},
    {"type": "slice", "axis": "height", "start": 1},
    {"type": "slice", "axis": "width", "stop": 1},
    {"type": "slice", "axis": "channels", "start": 1},
    {"type": "split", "parts": 2, "take": 1},
    {"type": "channel_shuffle", "groups": 2},
    {"type": "pixel_shuffle", "factor": 2},
    {"type": "pixel_unshuffle", "factor": 2},
    {"type": "zero_pad_shortcut", "filters": 4},
    {"type": "upsample", "scale": 2},
    {"type": "upsample", "size": 4},
    {"type": "avg_pool", "kernel": 2},
    {"type": "global_avg_pool"},
    {"type": "adaptive_avg_pool", "size": 2},
    {"type": "spatial_pyramid_pool", "levels": [2, 1], "bins": "adaptive"},
    {"type": "layer_norm"},
    {"type": "layer_norm", "axes": "channels"},
    {"type": "layer_norm", "axes": "width"},
    {"type": "group_norm", "groups": 2},
    {"type": "instance_norm"},
    {"type": "softmax"},
    {"type": "reduce", "axes": ["channels"]},
    {"type": "reduce", "axes": ["height", "width"], "keepdims": False},
    {"type": "reduce", "axes": ["height"]},
    {"type": "glu"},
    {"type": "sigmoid"},
    {"type": "flatten"},
    {"type": "linear", "units": 3},
    {"type": "linear", "units": 2, "axis": "channels"},
)
JOINS: tuple[dict[str, object], ...] = (
    {"type": "add", "broadcast": True},
    {"type": "multiply"},
    {"type": "concat"},
    {"type": "concat", "axis": "height"},
    {"type": "concat", "axis": "width"},
    {"type": "matmul"},
)


def drawn(random: Random, count: int) -> Graph:
    """Return a network of so many random layers, of which each reads any above."""
    shape = [random.choice((1, 2, 4)), random.randint(2, 5), random.randint(2, 5)]
    names, lines = ["input"], list[str]()
    graph = None
    for _ in range(200):
        joins = len(names) > 1 and random.random() < 0.35
        piece = dict(random.choice(JOINS if joins else PIECES))
        last = names[-1] if random.random() < 0.6 else random.choice(names)
        piece["from"] = random.sample(names, 2) if joins else last
        piece["name"] = f"n{len(names)}"
        line = json.dumps(piece | {"unused": True})
        try:
            made = cnnstat.loads(f"input: {shape}\nlayers: [{', '.join([*lines, line])}]\n")
            size = max(row.counts.activations for row in cnnstat.analyze(made).rows)
        except SpecError:
            continue
        if size <= 400:
            graph = made
            lines.append(line)
            names.append(f"n{len(names)}")
        if len(lines) == count:
            break
    assert graph is not None
    return graph


FOUND = (157, 1888, 2079, 10001, 10281, 10373, 11035)
"""Seeds of networks with a fixed column beside a window that slides, or a frame around a pooled map."""


@pytest.mark.parametrize("seed", [*range(40), *FOUND])
def test_what_counts_as_proved_in_a_random_network_is_what_every_unit_sees(seed: int) -> None:
    graph = drawn(Random(seed), 8)
    assert len([*proved(graph)]) > 0


@pytest.mark.slow
@pytest.mark.parametrize("start", range(40, 4040, 250))
def test_what_counts_as_proved_in_many_random_networks_is_what_every_unit_sees(start: int) -> None:
    for seed in range(start, start + 250):
        assert len([*proved(drawn(Random(seed), 8))]) > 0, seed
