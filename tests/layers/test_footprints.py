"""Which inputs each output reads: the types that repeat, shift, fold or mix positions."""

from __future__ import annotations

from itertools import product

import pytest

from cnnstat.analysis.analyze import calculate
from cnnstat.layers.base import UNKNOWN, WHOLE, size_of
from cnnstat.layers.footprint import FIRST, NO_INPUT, POINT, Bounds, Folded, all_of
from cnnstat.layers.window import hits
from tests.layers.case import layer, read_by, shapes

Field = list[tuple[int, int] | None]


def fields(line: str, inputs: str) -> list[Field]:
    """Return what each output along each axis reads."""
    made, given = layer(line), shapes(inputs)
    footprint = made.footprint(given)
    assert not isinstance(footprint, str)
    sizes = size_of(made.sizes(given))[1:]
    return [[read_by(bounds, o) for o in range(size)] for bounds, size in zip(footprint, sizes, strict=True)]


def points(*places: int) -> Field:
    return [(place, place) for place in places]


@pytest.mark.parametrize(
    ("line", "inputs", "rows", "columns"),
    [
        ("type: pad, padding: [1, 0, 0, 2]", "1x2x2", points(-1, 0, 1), points(0, 1, 2, 3)),
        ("type: pad, padding: [1, 0, 0, 1], mode: reflect", "1x3x2", points(1, 0, 1, 2), points(0, 1, 0)),
        (
            "type: pad, padding: [2, 0, 0, 2], mode: replicate",
            "1x2x2",
            points(0, 0, 0, 1),
            points(0, 1, 1, 1),
        ),
        ("type: pad, padding: [1, 0, 2, 1], mode: circular", "1x2x2", points(1, 0, 1), points(0, 1, 0, 1, 0)),
        ("type: pad", "1x2x2 + 3x5x2", points(-1, 0, 1, 2, 3), points(0, 1)),
        ("type: upsample", "1x2x3 + 3x4x3", points(0, 0, 1, 1), points(0, 1, 2)),
        ("type: adaptive_avg_pool", "1x5x2 + 3x2x2", [(0, 2), (2, 4)], points(0, 1)),
        ("type: crop, margins: [1, 0, 0, 2]", "1x3x4", points(1, 2), points(0, 1)),
        ("type: crop, size: [2, 3]", "1x5x6", points(1, 2), points(1, 2, 3)),
        ("type: crop", "1x5x6 + 7x2x3", points(1, 2), points(1, 2, 3)),
        ("type: slice, axis: height, start: 1", "1x3x2", points(1, 2), points(0, 1)),
        ("type: split, parts: 2, take: 1, axis: width", "1x2x4", points(0, 1), points(2, 3)),
        ("type: softmax, axis: height", "1x3x2", [(0, 2)] * 3, points(0, 1)),
        ("type: layer_norm, axes: width", "1x2x3", points(0, 1), [(0, 2)] * 3),
        ("type: reduce, axes: [height]", "4x3x2", [(0, 2)], points(0, 1)),
        ("type: linear, units: 4, axis: width", "1x2x3", points(0, 1), [(0, 2)] * 4),
        ("type: glu, axis: height", "1x4x2", [(0, 2), (1, 3)], points(0, 1)),
        ("type: slice, axis: width, start: 1, stop: 3", "1x2x4", points(0, 1), points(1, 2)),
        ("type: zero_pad_shortcut, filters: 2, stride: [2, 3]", "1x5x4", points(0, 2, 4), points(0, 3)),
        ("type: pixel_shuffle, factor: 2", "4x2x1", points(0, 0, 1, 1), points(0, 0)),
        ("type: pixel_unshuffle, factor: 2", "1x4x2", [(0, 1), (2, 3)], [(0, 1)]),
        ("type: upsample, scale: [1, 3]", "1x2x2", points(0, 1), points(0, 0, 0, 1, 1, 1)),
        ("type: upsample, size: [3, 2]", "1x2x4", points(0, 0, 1), points(0, 2)),
        # 3 rows from 2: at -1/6, 1/2 and 7/6; the outer ones stand out into the repeated border
        ("type: upsample, size: [3, 2], mode: bilinear", "1x2x2", [(-1, 0), (0, 1), (1, 2)], points(0, 1)),
        # corners coincide: at 0, 1/2, 1 and at 0, 1/3, 2/3, 1
        (
            "type: upsample, size: [3, 4], mode: bilinear, align_corners: true",
            "1x2x2",
            [(0, 0), (0, 1), (1, 1)],
            [(0, 0), (0, 1), (0, 1), (1, 1)],
        ),
        ("type: adaptive_max_pool, size: [2, 3]", "1x3x2", [(0, 1), (1, 2)], [(0, 0), (0, 1), (1, 1)]),
        ("type: subsample, kernel: [2, 1], stride: 2", "1x5x5", [(0, 1), (2, 3)], points(0, 2, 4)),
        # one tap every three places: two outputs of three are bias only
        (
            "type: transposed_conv, filters: 1, kernel: 1, stride: [3, 1]",
            "1x2x1",
            [(0, 0), None, None, (1, 1)],
            points(0),
        ),
    ],
)
def test_rows_and_columns(line: str, inputs: str, rows: Field, columns: Field) -> None:
    assert fields(line, inputs) == [rows, columns]


@pytest.mark.parametrize(
    ("line", "inputs"),
    [
        ("type: relu", "2x3x4"),
        ("type: prelu", "2x3x4"),
        ("type: softmax", "2x3x4"),
        ("type: batch_norm", "2x3x4"),
        ("type: layer_norm, axes: channels", "2x3x4"),
        ("type: local_response_norm", "2x3x4"),
        ("type: softmax, axis: channels", "2x3x4"),
        ("type: reduce, axes: [channels]", "2x3x4"),
        ("type: linear, units: 5, axis: channels", "2x3x4"),
        ("type: glu", "2x3x4"),
        ("type: clamp, max: 1", "2x3x4"),
        ("type: maximum", "2x3x4 + 2x3x4"),
        ("type: scale", "2x3x4"),
        ("type: dropout", "2x3x4"),
        ("type: identity", "2x3x4"),
        ("type: add", "2x3x4 + 2x3x4"),
        ("type: multiply", "2x3x4 + 2x3x4"),
        ("type: concat", "2x3x4 + 1x3x4"),
        ("type: split, parts: 2, take: 1", "2x3x4"),
        ("type: slice, start: 1", "2x3x4"),
        ("type: channel_shuffle, groups: 2", "2x3x4"),
        ("type: permute, order: [0, 1, 2]", "2x3x4"),
        ("type: reshape, shape: [2, -1, 4]", "2x3x4"),
        ("type: upsample, scale: 1, mode: bilinear", "2x3x4"),
        ("type: adaptive_avg_pool, size: [3, 4]", "2x3x4"),
        ("type: zero_pad_shortcut, filters: 4", "2x3x4"),
    ],
)
def test_each_position_reads_itself(line: str, inputs: str) -> None:
    assert layer(line).footprint(shapes(inputs)) == (POINT, POINT)


@pytest.mark.parametrize(
    ("line", "inputs", "period"),
    [
        ("type: max_pool, kernel: 5", "2x30", 1),
        ("type: upsample, scale: 3", "2x4x5", 3),
        ("type: upsample, size: [12, 7]", "2x4x5", 7),
        ("type: upsample, size: [12, 7], mode: bilinear", "2x4x5", 7),
        ("type: upsample, size: [13, 8], mode: bilinear, align_corners: true", "2x4x5", 7),
        ("type: adaptive_avg_pool, size: [2, 3]", "2x4x5", 3),
        ("type: transposed_conv, filters: 1, kernel: 2, stride: [3, 4]", "2x4x5", 4),
    ],
)
def test_period(line: str, inputs: str, period: int) -> None:
    """The layer says how much work its footprint is before it does it."""
    made = layer(line)
    assert made.period(shapes(inputs)) == period
    footprint = made.footprint(shapes(inputs))
    assert not isinstance(footprint, str)
    assert max(bounds.period for bounds in footprint) == period


@pytest.mark.parametrize(
    "line",
    [
        "type: upsample, size: 999983",
        "type: adaptive_avg_pool, size: 999983",
        "type: transposed_conv, filters: 1, kernel: 1000000, stride: 1000000",
    ],
)
def test_patterns_too_long_to_keep(line: str) -> None:
    assert calculate(layer(line), shapes("2x30")).footprints == (UNKNOWN,)


@pytest.mark.parametrize(
    ("line", "inputs", "bounds"),
    [
        ("type: linear, units: 2", "3", WHOLE),
        ("type: rbf, units: 2", "3", WHOLE),
        ("type: global_max_pool", "2x3x4", WHOLE),
        ("type: global_avg_pool", "2x3x4", WHOLE),
        ("type: softmax", "3", WHOLE),
        ("type: log_softmax", "3", WHOLE),
        ("type: layer_norm, axes: channels", "3", WHOLE),
        ("type: layer_norm", "2x3x4", WHOLE),
        ("type: group_norm, groups: 1", "2x3x4", WHOLE),
        ("type: instance_norm", "2x3x4", WHOLE),
        ("type: reduce, axes: [width, height]", "2x3x4", WHOLE),
        ("type: reduce, axes: [width, height], keepdims: false", "2x3x4", WHOLE),
        ("type: reduce, axes: [height], keepdims: false", "2x3x4", UNKNOWN),
        ("type: softmax, axis: length", "2x3", WHOLE),
        ("type: linear, units: 2, axis: length", "2x3", WHOLE),
        ("type: reshape, shape: [2, 12]", "2x3x4", UNKNOWN),
        ("type: permute, order: [0, 2, 1]", "2x3x4", UNKNOWN),
        ("type: permute, order: [1, 0]", "2x3", UNKNOWN),
    ],
)
def test_all_inputs_or_nobody_knows(line: str, inputs: str, bounds: str) -> None:
    assert layer(line).footprint(shapes(inputs)) == bounds


@pytest.mark.parametrize(
    ("line", "inputs", "bounds"),
    [
        ("type: upsample, scale: 2", "1x7", Bounds(1, (0, 0), (0, 0))),
        ("type: upsample, size: 14", "1x7", Bounds(1, (0, 0), (0, 0))),
        ("type: upsample, scale: 2, mode: bilinear", "1x7", Bounds(1, (-1, 0), (0, 1))),
        ("type: upsample, size: 10", "1x15", Bounds(3, (0, 1), (0, 1))),
        ("type: adaptive_avg_pool, size: 7", "1x224", Bounds(32, (0,), (31,))),
        ("type: transposed_conv, filters: 1, kernel: 2, stride: 2", "1x7", Bounds(1, (0, 0), (0, 0))),
        (
            "type: transposed_conv, filters: 1, kernel: 4, stride: 2, padding: 1",
            "1x7",
            Bounds(1, (-1, 0), (0, 1)),
        ),
        ("type: max_pool, kernel: 3, stride: 2, padding: 1", "1x7", Bounds(2, (-1,), (1,))),
        ("type: max_pool, kernel: 2, dilation: 3", "1x7", Bounds(2, (0,), (3,), step=3)),
        ("type: group_norm, groups: 3", "6", Bounds(2, (0, 0), (1, 1))),
        ("type: local_response_norm, size: 3", "6", Bounds(1, (-1,), (1,))),
        ("type: channel_shuffle, groups: 2", "6", Bounds(1, (0, 3), (0, 3))),
    ],
)
def test_patterns_are_as_short_as_they_can_be(line: str, inputs: str, bounds: Bounds) -> None:
    assert layer(line).footprint(shapes(inputs)) == (bounds,)


def test_hits_against_counting() -> None:
    for windows, stride, taps, dilation, before, size in product(
        (1, 2, 5), (1, 2, 3, 7), (1, 2, 4), (1, 2, 3, 5), (0, 1, 4, 9), (1, 3, 8)
    ):
        places = [w * stride + t * dilation - before for w in range(windows) for t in range(taps)]
        expected = sum(0 <= place < size for place in places)
        assert hits(windows, stride, taps, dilation, before, size) == expected


def test_hits_need_no_counting() -> None:
    # Of the pairs (w, t) below 2h, those with h <= w + t < 3h: all but two triangles at opposite corners.
    h = 500_000
    assert hits(2 * h, 1, 2 * h, 1, h, 2 * h) == (2 * h) ** 2 - h * (h + 1) // 2 - h * (h - 1) // 2


@pytest.mark.parametrize(
    ("line", "inputs", "rows", "columns"),
    [
        ("type: flatten", "2x2x3", points(0, 0, 0, 1, 1, 1) * 2, points(0, 1, 2) * 4),
        ("type: reshape, shape: [-1]", "1x2x3", points(0, 0, 0, 1, 1, 1), points(0, 1, 2) * 2),
        (
            "type: spatial_pyramid_pool, levels: [1, 2], bins: adaptive",
            "2x3x4",
            [(0, 2)] * 2 + [(0, 1), (0, 1), (1, 2), (1, 2)] * 2,
            [(0, 3)] * 2 + [(0, 1), (2, 3)] * 4,
        ),
        (
            "type: spatial_pyramid_pool, levels: [2]",
            "1x4x5",
            [(0, 1), (0, 1), (2, 3), (2, 3)],
            [(0, 2), (2, 4)] * 2,
        ),
    ],
)
def test_what_numbers_of_a_vector_read(line: str, inputs: str, rows: Field, columns: Field) -> None:
    made, given = layer(line), shapes(inputs)
    footprint = made.footprint(given)
    assert not isinstance(footprint, str)
    (size,) = size_of(made.sizes(given))
    assert [[reading.at(unit) for unit in range(size)] for reading in footprint] == [rows, columns]
    for reading, extent in zip(footprint, given[0][1:], strict=True):
        for units in (range(size), range(1, size), range(size - 1, size), (0, size - 2)):
            read = {i for unit in units for i in reading.read(unit)}
            assert set(reading.together(units, extent)) == read


@pytest.mark.parametrize(
    "reading",
    [
        POINT,
        Bounds(2, (-1,), (1,)),
        Bounds(3, (0,), (0,)),
        Bounds(2, (-3,), (3,), step=3),
        Bounds(1, (0, 0), (0, 0)),
        Bounds(3, (0, 1), (0, 3)),
        Bounds(1, (0, 1), (0, 0)),
        Bounds(0, (2,), (3,)),
    ],
)
def test_what_outputs_read_together(reading: Bounds) -> None:
    for units in (range(0), range(1), range(9), range(2, 7), range(1, 9, 3), (0, 1, 5)):
        for size in (1, 4, 40):
            read = {i for unit in units for i in reading.read(unit) if 0 <= i < size}
            assert set(reading.together(units, size)) == read


@pytest.mark.parametrize(
    ("line", "inputs", "expected"),
    [
        # a row of the first is all of its positions, a column of the second is one position
        ("type: matmul", "2x3 + 3x4", [(all_of(3),), (POINT,)]),
        ("type: matmul, transpose_b: true", "2x3 + 4x3", [(all_of(3),), (all_of(3),)]),
        ("type: matmul, transpose_a: true", "3x2 + 3x4", [UNKNOWN, UNKNOWN]),
        ("type: matmul", "2x3x4 + 2x4x5", [(POINT, all_of(4)), (all_of(4), POINT)]),
        ("type: matmul, transpose_b: true", "2x3x4 + 2x5x4", [UNKNOWN, UNKNOWN]),
        ("type: parameter", "2x3x4", []),
        ("type: reduce, axes: [channels, height], keepdims: false", "2x3x4", [(all_of(3), Folded(1, 4))]),
        ("type: reshape", "2x12 + 1x3x4", [UNKNOWN]),
        ("type: add, broadcast: true", "2x3x1 + 2x3x4", [(POINT, FIRST), (POINT, POINT)]),
    ],
)
def test_each_input_is_read_in_its_own_way(line: str, inputs: str, expected: list[object]) -> None:
    assert list(layer(line).footprints(shapes(inputs))) == expected


def test_of_inputs_joined_along_an_axis_each_is_read_in_its_own_part() -> None:
    given = shapes("2x2x3 + 2x1x3")
    first, second = layer("type: concat, axis: height").footprints(given)
    assert not isinstance(first, str)
    assert not isinstance(second, str)
    (rows, columns), (others, _) = first, second
    assert [reading.at(unit) for reading in (rows, others) for unit in range(3)] == [
        *((0, 0), (1, 1), NO_INPUT.at(0)),
        *(NO_INPUT.at(0), NO_INPUT.at(0), (0, 0)),
    ]
    assert columns == POINT
