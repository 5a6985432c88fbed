"""Receptive fields found by poisoning, against closed forms and against fields worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import prod
from operator import mul
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from cnnstat.bridge.program import Network
from cnnstat.executor.measure import vectors
from cnnstat.executor.measure.pattern import Pattern
from cnnstat.executor.measure.receptive_field import AxisField, MeasuredField, beyond_field, measure_fields
from cnnstat.executor.measure.vectors import MOVED, TOO_LONG

if TYPE_CHECKING:
    from collections.abc import Sequence

Window = tuple[int, int, int]
"""Kernel, stride, padding."""


def fields_of(layers: Sequence[str], size: int = 32) -> list[MeasuredField]:
    """Return the fields in a network of these layers on a signal."""
    return measured(spec(layers, f"[2, {size}]"))


def measured(text: str) -> list[MeasuredField]:
    """Return the fields in a network."""
    network = Network(cnnstat.loads(text))
    shapes = [visit.output.shape[1:] for visit in network.visits(network.sample())]
    return measure_fields(network.program, shapes)


def spec(layers: Sequence[str], shape: str) -> str:
    return f"input: {shape}\nlayers:\n" + "".join(f"  - {{{layer}}}\n" for layer in layers)


def last(layers: Sequence[str], size: int = 32) -> AxisField:
    (axis,) = fields_of(layers, size)[-1].axes
    return axis


def placed(axis: AxisField) -> list[list[int]]:
    """Return the first and the last position that each unit sees."""
    assert axis.clipped is not None
    bounds: list[list[int]] = axis.clipped.tolist()
    return bounds


def araujo(windows: Sequence[Window]) -> Pattern:
    """Return r, S and P of a chain: Araujo, Norris and Sim, Distill 2019, equations (2), (3) and appendix.

    r = 1 + sum (k - 1) * product of strides before; S = product of strides; P = sum p * strides before.
    """
    before = list(accumulate((stride for _, stride, _ in windows), mul, initial=1))
    size = 1 + sum((k - 1) * s for (k, _, _), s in zip(windows, before, strict=False))
    padding = sum(p * s for (_, _, p), s in zip(windows, before, strict=False))
    return Pattern(size, Fraction(prod(s for _, s, _ in windows)), padding)


CHAINS: dict[str, tuple[Window, ...]] = {
    "one": ((3, 1, 1),),
    "unpadded": ((5, 1, 0), (2, 2, 0), (5, 1, 0), (2, 2, 0)),
    "even": ((2, 1, 1), (4, 2, 1), (3, 1, 0)),
    "gaps": ((2, 3, 0), (3, 1, 1)),
    "resnet": ((7, 2, 3), (3, 2, 1), (3, 1, 1), (3, 1, 1), (3, 2, 1), (3, 1, 1)),
    "pointwise": ((1, 2, 0), (1, 1, 0), (3, 1, 2)),
}


@pytest.mark.parametrize("kind", ["conv, filters: 3", "max_pool", "avg_pool"])
@pytest.mark.parametrize("name", CHAINS)
def test_chains_agree_with_the_closed_form(name: str, kind: str) -> None:
    windows = [(k, s, min(p, k // 2) if "pool" in kind else p) for k, s, p in CHAINS[name]]
    layers = [f"type: {kind}, kernel: {k}, stride: {s}, padding: {p}" for k, s, p in windows]
    found = fields_of(layers, 64)
    for number, field in enumerate(found):
        assert field.axes[0].pattern == araujo(windows[: number + 1])
        assert not field.whole


def test_dilation_widens_the_kernel() -> None:
    axis = last(["type: conv, filters: 1, kernel: 3, dilation: 4, padding: 4"])
    assert axis.pattern == araujo([(9, 1, 4)])


@pytest.mark.parametrize(
    ("size", "kernel", "dilation"), [(6, 9, 65), (11, 9, 65), (6, 2, 600), (6, 3, 300), (6, 1, 1_000_000)]
)
def test_windows_with_holes_are_not_taken_for_shorter_ones(size: int, kernel: int, dilation: int) -> None:
    """On an input that is too short for a window, units at its ends may stand over holes and see nothing."""
    conv = f"type: conv, filters: 1, kernel: {kernel}, padding: same, dilation: {dilation}"
    extent = (kernel - 1) * dilation + 1
    windows = [(extent, 1, (extent - 1) // 2), (2, 2, 0)]
    assert last([conv], size).pattern == araujo(windows[:1])
    assert last([conv, "type: max_pool, kernel: 2, stride: 2"], size).pattern == araujo(windows)


def test_fields_are_cut_off_at_the_border() -> None:
    axis = last(["type: conv, filters: 1, kernel: 3, stride: 2, padding: 1"], 7)
    assert placed(axis) == [[0, 1], [1, 3], [3, 5], [5, 6]]


@pytest.mark.parametrize(
    ("layer", "fields", "pattern"),
    [
        # seven positions in three bins: floor(7i/3) to ceil(7(i + 1)/3) - 1
        ("type: adaptive_avg_pool, size: 3", [[0, 2], [2, 4], [4, 6]], None),
        # input i paints outputs 2i to 2i + 2
        (
            "type: transposed_conv, filters: 1, kernel: 3, stride: 2",
            [[max(0, (o - 1) // 2), min(6, o // 2)] for o in range(15)],
            Pattern(2, Fraction(1, 2), 1),
        ),
        # output o stands at o/2 - 1/4, between its two neighbours
        (
            "type: upsample, scale: 2, mode: bilinear",
            [[max(0, (o - 1) // 2), min(6, (o + 1) // 2)] for o in range(14)],
            Pattern(2, Fraction(1, 2), 1),
        ),
        ("type: upsample, scale: 3", [[i // 3] * 2 for i in range(21)], Pattern(1, Fraction(1, 3), 0)),
        # corners meet: output o stands at 6o/13, and at 6o/(13 + 14n) on longer inputs
        (
            "type: upsample, scale: 2, mode: bilinear, align_corners: true",
            [[6 * o // 13, -(-6 * o // 13)] for o in range(14)],
            None,
        ),
        ("type: layer_norm, axes: channels", [[i, i] for i in range(7)], Pattern(1, Fraction(1), 0)),
    ],
)
def test_one_layer(layer: str, fields: list[list[int]], pattern: Pattern | None) -> None:
    axis = last([layer], 7)
    assert placed(axis) == fields
    assert axis.pattern == pattern
    assert not axis.whole


def test_a_pad_sticks_out() -> None:
    axis = last(["type: pad, padding: 2"], 3)
    assert placed(axis) == [[1, 0], [1, 0], [0, 0], [1, 1], [2, 2], [1, 0], [1, 0]]
    assert axis.pattern == Pattern(1, Fraction(1), 2)


@pytest.mark.parametrize(
    "layer",
    [
        "type: layer_norm",
        "type: group_norm, groups: 2",
        "type: instance_norm",
        "type: global_avg_pool",
        "type: global_max_pool",
        "type: adaptive_avg_pool, size: 1",
    ],
)
def test_a_field_is_whole_at_any_length(layer: str) -> None:
    before, field = fields_of(["type: conv, filters: 2, kernel: 3, padding: 1", layer])
    assert not before.whole
    assert field.whole


def test_a_window_as_large_as_the_input_does_not_see_all() -> None:
    axis = last(["type: conv, filters: 1, kernel: 7"], 7)
    assert placed(axis) == [[0, 6]]
    assert axis.pattern == Pattern(7, Fraction(1), 0)
    assert not axis.whole


def test_a_squeeze_and_excite_gate_sees_everything() -> None:
    layers = [
        "name: x, type: conv, filters: 4, kernel: 3, padding: 1",
        "type: global_avg_pool",
        "type: conv, filters: 2, kernel: 1",
        "type: relu",
        "type: conv, filters: 4, kernel: 1",
        "name: gate, type: sigmoid",
        "type: multiply, from: [x, gate]",
        "type: conv, filters: 4, kernel: 3",
    ]
    assert [field.whole for field in fields_of(layers)] == [False] + [True] * 7


def test_branches_are_united() -> None:
    layers = [
        "name: a, type: conv, filters: 1, kernel: 3, padding: 1",
        "name: b, type: conv, filters: 1, kernel: 7, padding: 3, from: input",
        "type: add, from: [a, b]",
    ]
    assert last(layers).pattern == Pattern(7, Fraction(1), 3)


def test_branches_of_different_stride_have_no_pattern() -> None:
    layers = [
        "name: a, type: conv, filters: 2, kernel: 1, stride: 2",
        "name: b, type: slice, axis: length, stop: 8, from: input",
        "type: add, from: [a, b]",
    ]
    axis = last(layers, 16)
    assert axis.pattern is None
    assert placed(axis) == [[unit, 2 * unit] for unit in range(8)]


PLACE = "name: place, type: slice, axis: length, start: 1, stop: 2"
"""A place that stays where it is, however long the input."""


@pytest.mark.parametrize(
    ("layers", "seen"),
    [
        ([PLACE, "type: multiply, from: [place, input]", "type: avg_pool, kernel: 2"], [[0, 1]]),
        ([PLACE, "type: multiply, from: [input, place]", "type: conv, filters: 1, kernel: 3"], [[0, 2]]),
        (
            [
                "name: place, type: slice, axis: length, stop: 1",
                "name: wide, type: conv, filters: 2, kernel: 3, padding: 1, from: input",
                "type: multiply, from: [place, wide]",
            ],
            [[0, 1], [0, 2], [0, 2]],
        ),
        (
            [
                "name: place, type: slice, axis: length, stop: 1",
                "name: near, type: conv, filters: 2, kernel: 3, padding: 1, from: place",
                "name: up, type: transposed_conv, filters: 2, kernel: 2, stride: 2, from: input",
                "type: subtract, broadcast: true, from: [up, near]",
                "type: max_pool, kernel: 4",
            ],
            [[0, 1]],
        ),
    ],
    ids=["pool", "conv", "wide", "transposed"],
)
def test_what_sees_a_fixed_place_beside_its_own_has_no_pattern(
    layers: list[str], seen: list[list[int]]
) -> None:
    """Where few units stand on the input, those in the middle of a longer one would pass for theirs."""
    axis = last(layers, 3)
    assert placed(axis) == seen
    assert axis.pattern is None


def test_each_axis_has_its_own_field() -> None:
    layers = ["type: conv, filters: 2, kernel: [3, 5], stride: [2, 1], padding: [1, 0]"]
    (field,) = measured(spec(layers, "[2, 9, 8]"))
    assert [axis.pattern for axis in field.axes] == [
        Pattern(3, Fraction(2), 1),
        Pattern(5, Fraction(1), 0),
    ]


def rows_and_columns(field: MeasuredField) -> list[list[list[int]]]:
    return [placed(axis) for axis in field.axes]


def test_a_number_of_a_vector_sees_what_its_place_saw() -> None:
    layers = ["type: conv, filters: 2, kernel: [3, 1], padding: [1, 0]", "type: flatten"]
    rows, columns = rows_and_columns(measured(spec(layers, "[2, 3, 2]"))[-1])
    assert rows == [[0, 1], [0, 1], [0, 2], [0, 2], [1, 2], [1, 2]] * 2
    assert columns == [[0, 0], [1, 1]] * 6


def test_bins_of_a_pyramid() -> None:
    (field,) = measured(spec(["type: spatial_pyramid_pool, levels: [1, 2], bins: adaptive"], "[2, 3, 4]"))
    rows, columns = rows_and_columns(field)
    assert rows == [[0, 2]] * 2 + [[0, 1], [0, 1], [1, 2], [1, 2]] * 2
    assert columns == [[0, 3]] * 2 + [[0, 1], [2, 3]] * 4


@pytest.mark.parametrize(
    ("layers", "seen"),
    [
        (["type: linear, units: 2"], [[0, 5]] * 2),
        (["type: slice, start: 1, stop: 3"], [[1, 1], [2, 2]]),
        (["type: slice, start: 1, stop: 4", "type: linear, units: 1"], [[1, 3]]),
        (["type: split, parts: 2, take: 1"], [[3, 3], [4, 4], [5, 5]]),
        (["type: channel_shuffle, groups: 2"], [[i, i] for i in (0, 3, 1, 4, 2, 5)]),
        (["type: softmax"], [[0, 5]] * 6),
        (["type: relu"], [[i, i] for i in range(6)]),
        (["type: group_norm, groups: 3"], [[0, 1], [0, 1], [2, 3], [2, 3], [4, 5], [4, 5]]),
        (["type: local_response_norm, size: 3"], [[max(i - 1, 0), min(i + 1, 5)] for i in range(6)]),
        (
            [
                "name: a, type: slice, start: 4",
                "name: b, type: slice, stop: 1, from: input",
                "type: concat, from: [a, b]",
            ],
            [[4, 4], [5, 5], [0, 0]],
        ),
    ],
)
def test_numbers_of_a_vector(layers: list[str], seen: list[list[int]]) -> None:
    (axis,) = measured(spec(layers, "[6]"))[-1].axes
    assert placed(axis) == seen


def test_a_global_pool_sees_what_the_map_saw() -> None:
    """The last row and column are read by no window."""
    layers = ["type: max_pool, kernel: 2, stride: 2", "type: global_avg_pool", "type: flatten"]
    for field in measured(spec(layers, "[2, 7, 9]"))[1:]:
        assert field.region == ((0, 5), (0, 7))
        assert not field.whole


def test_what_sees_one_region_may_go_anywhere() -> None:
    layers = [
        "type: slice, axis: height, start: 1, stop: 3",
        "type: flatten",
        "type: linear, units: 8",
        "type: reshape, shape: [2, 2, 2]",
        "type: permute, order: [1, 2, 0]",
        "type: conv, filters: 2, kernel: 3, padding: 1",
    ]
    for field in measured(spec(layers, "[2, 4, 6]"))[2:]:
        assert field.region == ((1, 2), (0, 5))


@pytest.mark.parametrize("layer", ["type: permute, order: [0, 2, 1]", "type: reshape, shape: [2, 6, 4]"])
def test_places_are_lost(layer: str) -> None:
    (field,) = measured(spec([layer], "[2, 4, 6]"))
    assert field == MeasuredField(why=MOVED)


SLICES = ["type: slice, start: 1, repeat: 20"]
"""Vectors of 40 and fewer numbers: each next one takes less to measure than the one before."""
FIRST = (40 + 39) * (40 + 40)
"""The numbers that the first of them takes: input and output, run for each first and each last position."""


def test_vectors_of_one_network_are_measured_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many layers may take as long as the longest four."""
    assert not any(field.why for field in measured(spec(SLICES, "[40]")))
    monkeypatch.setattr(vectors, "EFFORT", FIRST)
    assert [field.why for field in measured(spec(SLICES, "[40]"))] == [""] * 4 + [TOO_LONG] * 16


def test_layers_that_differ_in_nothing_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain of them takes no longer than two; another of their type is measured again."""
    monkeypatch.setattr(vectors, "EFFORT", 2 * 40 * (40 + 40))
    chain = ["type: relu, repeat: 20", "type: leaky_relu, slope: 0.1", "type: leaky_relu, slope: 0.2"]
    assert [placed(field.axes[0]) for field in measured(spec(chain, "[40]"))] == [
        [[i, i] for i in range(40)]
    ] * 22
    windows = ["type: local_response_norm, size: 3, repeat: 2", "type: local_response_norm, size: 5"]
    fields = [placed(field.axes[0])[20] for field in measured(spec(windows, "[40]"))]
    assert fields == [[19, 21], [18, 22], [16, 24]]


LYING = [
    "type: conv, filters: 3, kernel: 3, padding: 1",
    "type: max_pool, kernel: 2",
    "type: conv, filters: 3, kernel: 3, padding: 1",
]


@pytest.mark.parametrize("step", range(3))
@pytest.mark.parametrize("axis", range(2))
def test_a_pixel_beyond_a_field_is_found(step: int, axis: int) -> None:
    network = Network(cnnstat.loads(spec(LYING, "[2, 12, 16]")))
    honest = measured(spec(LYING, "[2, 12, 16]"))
    assert beyond_field(network, honest) == []
    axes = list(honest[step].axes)
    # Each unit sees one position less at each end; the poisoned pixel stands at such an end of some unit.
    axes[axis] = replace(axes[axis], clipped=np.add(placed(axes[axis]), (1, -1)))
    lying = [*honest[:step], MeasuredField(tuple(axes)), *honest[step + 1 :]]
    assert beyond_field(network, lying) == [step]


def test_a_mixture_taken_for_points_is_found() -> None:
    """Fields that have every unit see its own place only, of a layer that mixes them all."""
    network = Network(cnnstat.loads(spec(["type: instance_norm"], "[2, 6, 8]")))
    points = tuple(AxisField(np.stack([np.arange(n)] * 2, 1)) for n in (6, 8))
    assert beyond_field(network, [MeasuredField(points)]) == [0]
