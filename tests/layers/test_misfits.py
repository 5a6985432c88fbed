"""What does not fit is refused with both numbers, a code, and the option at fault."""

from __future__ import annotations

import time

import pytest

from cnnstat.analysis.analyze import calculate
from cnnstat.base.errors import Misfit
from cnnstat.layers import LAYERS
from cnnstat.layers.base import size_of
from tests.layers.case import layer, shapes

REFUSED = [
    (
        "type: transposed_conv, filters: 4, kernel: 3, groups: 2",
        "3x4",
        "shape/groups",
        "groups",
        "3 input channels cannot be split into 2 equal groups",
    ),
    (
        "type: transposed_conv, filters: 3, kernel: 3, groups: 2",
        "4x4",
        "shape/groups",
        "groups",
        "3 filters cannot be split into 2 equal groups",
    ),
    (
        "type: transposed_conv, filters: 1, kernel: 2, stride: 2, output_padding: 2",
        "1x4x4",
        "shape/padding",
        "output_padding",
        "output_padding 2 exceeds 1, the most for stride 2 and dilation 1",
    ),
    (
        "type: transposed_conv, filters: 1, kernel: 2, padding: 3",
        "1x4x9",
        "shape/too-small",
        "padding",
        "padding 3 + 3 leaves no height: (4 - 1)·1 - 2·3 + 1·(2 - 1) + 1 + 0 = -1",
    ),
    (
        "type: max_pool, kernel: 3",
        "1x2x9",
        "shape/too-small",
        "kernel",
        "kernel 3 exceeds the height 2 of a 2x9 input",
    ),
    (
        "type: max_pool, kernel: 2, padding: 2",
        "1x5",
        "shape/padding",
        "padding",
        "padding 2 before and 2 after length 5 leaves a window of 2 without any input",
    ),
    (
        "type: avg_pool, kernel: 2, stride: 1, padding: [0, 3]",
        "1x5",
        "shape/padding",
        "padding",
        "padding 0 before and 3 after length 5 leaves a window of 2 without any input",
    ),
    (
        # The taps of the first window are at -1 and 1, and the input is at 0.
        "type: max_pool, kernel: 2, stride: 1, dilation: 2, padding: same",
        "1x1",
        "shape/padding",
        "padding",
        "padding 1 before and 1 after length 1 leaves a window of 2 without any input",
    ),
    (
        "type: subsample, rounding: exact",
        "1x5x4",
        "shape/leftover",
        "stride",
        "cannot apply a 2x2 filter with stride 2 to a 5x4 input: (5 - 2)/2 + 1 = 2.50",
    ),
    (
        "type: adaptive_avg_pool, size: [2, 3]",
        "1x5",
        "shape/rank",
        "size",
        "size has 2 values, but the input has 1 axis after the channels",
    ),
    (
        "type: spatial_pyramid_pool, levels: [1, 6]",
        "256x10x10",
        "shape/bins",
        "levels",
        "the sliding rule gives 9 bins for level 6 on 10x10: window ceil(10/6) = 2, stride floor(10/6) = 1;"
        " use 'bins: adaptive'",
    ),
    (
        "type: spatial_pyramid_pool, levels: [3]",
        "1x9x2",
        "shape/bins",
        "levels",
        "the sliding rule gives 0 bins for level 3 on 9x2: window ceil(2/3) = 1, stride floor(2/3) = 0;"
        " use 'bins: adaptive'",
    ),
    (
        "type: group_norm, groups: 4",
        "6x2",
        "shape/groups",
        "groups",
        "6 input channels cannot be split into 4 equal groups",
    ),
    (
        "type: linear, units: 2",
        "3x4",
        "shape/rank",
        None,
        "linear needs a vector (N,), got a signal of 3x4; put a 'flatten' above it, or name its 'axis:'",
    ),
    (
        "type: avg_pool, kernel: 4, stride: 2, rounding: ceil",
        "1x2x9",
        "shape/too-small",
        "kernel",
        "kernel 4 exceeds the height 2 of a 2x9 input by 2; 'rounding: ceil' takes less than the stride of 2",
    ),
    (
        "type: pad, padding: [0, 3], mode: reflect",
        "1x3",
        "shape/padding",
        "padding",
        "mode 'reflect' takes at most 2 of length 3 for a side, got 3",
    ),
    (
        "type: pad, padding: 4, mode: circular",
        "1x5x3",
        "shape/padding",
        "padding",
        "mode 'circular' takes at most 3 of width 3 for a side, got 4",
    ),
    (
        "type: pad, padding: 1, mode: replicate, value: 2",
        "1x3",
        "option/conflict",
        "value",
        "a value needs 'mode: constant', got 'replicate'",
    ),
    ("type: linear, units: 2, axis: height", "3x4", "shape/rank", "axis", "an input of 3x4 has no height"),
    ("type: softmax, axis: length", "3x4x5", "shape/rank", "axis", "an input of 3x4x5 has no length"),
    ("type: layer_norm, axes: width", "3x4", "shape/rank", "axes", "an input of 3x4 has no width"),
    ("type: reduce, axes: [height]", "3x4", "shape/rank", "axes", "an input of 3x4 has no height"),
    (
        "type: reduce, axes: [height, width, height]",
        "3x4x5",
        "shape/misfit",
        "axes",
        "an axis is named twice: height, width, height",
    ),
    (
        "type: reduce, axes: [channels, length], keepdims: false",
        "3x4",
        "shape/misfit",
        "keepdims",
        "nothing is left of 3x4 without its channels and length; 'keepdims: true' keeps a single number",
    ),
    (
        "type: split, parts: 2, take: 0, axis: width",
        "2x4x5",
        "shape/groups",
        "parts",
        "5 positions of the width cannot be split into 2 equal parts",
    ),
    (
        "type: concat, axis: height",
        "2x3x4 + 2x3x5",
        "shape/mismatch",
        None,
        "cannot join 2x3x4 and 2x3x5 along the height; their other sizes differ",
    ),
    ("type: glu", "3x4", "shape/groups", "axis", "the channels of 3 cannot be split into two equal halves"),
    ("type: clamp", "3x4", "option/missing", None, "clamp needs 'min:', 'max:' or both"),
    (
        "type: clamp, min: 2, max: 1",
        "3x4",
        "option/conflict",
        "min",
        "the least value 2 is above the largest, 1",
    ),
    (
        "type: subtract",
        "3x4 + 3x1",
        "shape/mismatch",
        None,
        "cannot subtract 3x4 and 3x1; all inputs need one shape",
    ),
    (
        "type: add, broadcast: true",
        "3x4 + 3x2",
        "shape/mismatch",
        None,
        "cannot add 3x4 and 3x2; each axis needs one size, or 1",
    ),
    (
        "type: matmul",
        "3x4 + 3x4",
        "shape/mismatch",
        None,
        "cannot multiply 3x4 by 3x4 matrices; 4 columns do not meet 3 rows",
    ),
    (
        "type: matmul, transpose_b: true",
        "2x3x4 + 3x3x4",
        "shape/mismatch",
        None,
        "cannot multiply matrices of 2x3x4 and 3x3x4; there must be as many of both",
    ),
    (
        "type: parameter, shape: [0, 1]",
        "3x4x5",
        "shape/rank",
        "shape",
        "[0, 1] has 2 sizes, its input of 3x4x5 has 3",
    ),
    ("type: reshape", "3x4", "option/missing", None, "reshape needs one of 'shape:' and a second input"),
    (
        "type: reshape, shape: [2, 6]",
        "3x4 + 3x4",
        "option/conflict",
        None,
        "reshape needs one of 'shape:' and a second input",
    ),
    (
        "type: reshape, shape: [3, 2, 0]",
        "3x4",
        "shape/rank",
        "shape",
        "a 0 copies the size of an axis, but 3x4 has 2, got [3, 2, 0]",
    ),
    (
        "type: add",
        "64x56x56 + 128x28x28",
        "shape/mismatch",
        None,
        "cannot add 64x56x56 and 128x28x28; all inputs need one shape",
    ),
    (
        "type: add",
        "2x1x1 + 2x4x4",
        "shape/mismatch",
        None,
        "cannot add 2x1x1 and 2x4x4; all inputs need one shape",
    ),
    (
        "type: multiply",
        "2x3 + 2x1 + 2x2",
        "shape/mismatch",
        None,
        "cannot multiply 2x3 and 2x1 and 2x2; each axis needs one size, or 1",
    ),
    (
        "type: multiply",
        "2 + 2x3",
        "shape/mismatch",
        None,
        "cannot multiply 2 and 2x3; each axis needs one size, or 1",
    ),
    (
        "type: concat",
        "2x3x3 + 2x3x4",
        "shape/mismatch",
        None,
        "cannot join 2x3x3 and 2x3x4 along the channels; their other sizes differ",
    ),
    (
        "type: concat",
        "2 + 2x3x4",
        "shape/mismatch",
        None,
        "cannot join 2 and 2x3x4 along the channels; their other sizes differ",
    ),
    (
        "type: split, parts: 2, take: 0",
        "3x4",
        "shape/groups",
        "parts",
        "3 channels cannot be split into 2 equal parts",
    ),
    ("type: split, parts: 2, take: 2", "4x4", "shape/range", "take", "there are parts 0 to 1, not 2"),
    (
        "type: slice, axis: width, stop: 5",
        "2x3x4",
        "shape/range",
        "stop",
        "the range 0 to 5 is empty or not within 0 to 4, the width of 2x3x4",
    ),
    (
        "type: slice, start: 2",
        "2x3x4",
        "shape/range",
        "start",
        "the range 2 to 2 is empty or not within 0 to 2, the channels of 2x3x4",
    ),
    ("type: slice, axis: width", "2x3", "shape/rank", "axis", "an input of 2x3 has no width"),
    (
        "type: reshape, shape: [2, 5]",
        "3x4",
        "shape/mismatch",
        "shape",
        "3x4 holds 12 numbers, [2, 5] holds 10",
    ),
    (
        "type: reshape, shape: [5, -1]",
        "3x4",
        "shape/mismatch",
        "shape",
        "3x4 holds 12 numbers, [5, -1] needs a multiple of 5",
    ),
    (
        "type: reshape, shape: [-1, -1]",
        "3x4",
        "shape/misfit",
        "shape",
        "sizes are 0 or more, and at most one of them is -1, got [-1, -1]",
    ),
    (
        "type: permute, order: [0, 1]",
        "2x3x4",
        "shape/rank",
        "order",
        "the order names each of the axes 0 to 2 once, got [0, 1]",
    ),
    (
        "type: permute, order: [0, 1, 1]",
        "2x3x4",
        "shape/rank",
        "order",
        "the order names each of the axes 0 to 2 once, got [0, 1, 1]",
    ),
    (
        "type: channel_shuffle, groups: 4",
        "6x2",
        "shape/groups",
        "groups",
        "6 channels cannot be split into 4 equal groups",
    ),
    (
        "type: pixel_shuffle, factor: 2",
        "6x2x2",
        "shape/groups",
        "factor",
        "6 channels are not a multiple of 2·2",
    ),
    (
        "type: pixel_unshuffle, factor: 2",
        "6x2x3",
        "shape/mismatch",
        "factor",
        "2x3 is not a multiple of 2 on both axes",
    ),
    (
        "type: upsample",
        "2x3",
        "option/missing",
        None,
        "upsample needs one of 'scale:', 'size:' and a second input",
    ),
    (
        "type: upsample, scale: 2, size: 4",
        "2x3",
        "option/conflict",
        "size",
        "upsample needs one of 'scale:', 'size:' and a second input",
    ),
    (
        "type: upsample, scale: 2",
        "2x3 + 2x6",
        "option/conflict",
        None,
        "upsample needs one of 'scale:', 'size:' and a second input",
    ),
    (
        "type: upsample",
        "2x3 + 2x6x6",
        "shape/rank",
        None,
        "2x3 cannot get the size of 2x6x6: they have other axes",
    ),
    ("type: pad", "2x3", "option/missing", None, "pad needs one of 'padding:' and a second input"),
    (
        "type: pad, padding: 1",
        "2x3 + 2x5",
        "option/conflict",
        None,
        "pad needs one of 'padding:' and a second input",
    ),
    (
        "type: pad",
        "2x8x8 + 2x9x4",
        "shape/too-small",
        None,
        "cannot frame a 2x8x8 input to width 4; it has 8",
    ),
    (
        "type: adaptive_avg_pool",
        "2x3",
        "option/missing",
        None,
        "an adaptive pool needs one of 'size:' and a second input",
    ),
    (
        "type: adaptive_max_pool, size: 2",
        "2x3 + 2x2",
        "option/conflict",
        None,
        "an adaptive pool needs one of 'size:' and a second input",
    ),
    (
        "type: upsample, scale: 2, align_corners: true",
        "2x3",
        "option/conflict",
        "align_corners",
        "align_corners needs 'mode: bilinear', got 'nearest'",
    ),
    (
        "type: pad, padding: [1, 2, 3]",
        "2x3x4",
        "shape/rank",
        "padding",
        "padding has 3 values, but the input has 2 axes after the channels",
    ),
    ("type: crop", "2x3", "option/missing", None, "crop needs one of 'margins:', 'size:' and a second input"),
    (
        "type: crop, size: 2",
        "2x3 + 2x2",
        "option/conflict",
        None,
        "crop needs one of 'margins:', 'size:' and a second input",
    ),
    (
        "type: crop, margins: 2",
        "2x3x9",
        "shape/too-small",
        "margins",
        "cannot cut a 2x3x9 input to height -1; it has 3",
    ),
    (
        "type: crop, size: [3, 5]",
        "2x4x4",
        "shape/too-small",
        "size",
        "cannot cut a 2x4x4 input to width 5; it has 4",
    ),
    (
        "type: crop",
        "2x4x4 + 2x4",
        "shape/rank",
        None,
        "2x4x4 cannot get the size of 2x4: they have other axes",
    ),
    (
        "type: zero_pad_shortcut, filters: 2",
        "3x4x4",
        "shape/too-small",
        "filters",
        "cannot pad 3 input channels to 2 filters",
    ),
]


@pytest.mark.parametrize(("line", "inputs", "code", "field", "message"), REFUSED)
def test_refused(line: str, inputs: str, code: str, field: str | None, message: str) -> None:
    with pytest.raises(Misfit) as caught:
        calculate(layer(line), shapes(inputs))
    assert (caught.value.code, caught.value.field, caught.value.message) == (code, field, message)


@pytest.mark.parametrize(
    ("a", "n", "bins"),
    # tests/reference/published.yaml, sppnet_2014: pairs (a, n) for which the paper's rule gives other bins
    [(5, 3, 4), (7, 4, 6), (10, 6, 9), (11, 4, 5), (13, 5, 6), (14, 5, 6), (20, 7, 9), (34, 7, 8)],
)
def test_the_sliding_rule_fails_for_some_sizes(a: int, n: int, bins: int) -> None:
    with pytest.raises(Misfit, match=f"gives {bins} bins for level {n} on {a}x{a}"):
        layer(f"type: spatial_pyramid_pool, levels: [{n}]").sizes(((1, a, a),))
    adaptive = layer(f"type: spatial_pyramid_pool, levels: [{n}], bins: adaptive")
    assert size_of(adaptive.sizes(((1, a, a),))) == (n * n,)


def test_the_sliding_rule_fails_for_34_pairs() -> None:
    failures = 0
    for a in range(1, 41):
        for n in range(1, min(a, 7) + 1):
            try:
                layer(f"type: spatial_pyramid_pool, levels: [{n}]").sizes(((1, a, a),))
            except Misfit:
                failures += 1
    assert failures == 34


HUGE = {
    "conv": "filters: 1000000, kernel: 999999, padding: 500000, stride: 7, dilation: 2",
    "transposed_conv": "filters: 1000000, kernel: 999999, padding: 77, stride: 1000, dilation: 3",
    "max_pool": "kernel: 999999, padding: 400000, stride: 7",
    "avg_pool": "kernel: 999999, padding: 400000, stride: 7, rounding: ceil",
    "subsample": "kernel: 999999, stride: 3, rounding: ceil",
    "adaptive_avg_pool": "size: 999999",
    "adaptive_max_pool": "size: [1000000, 999983]",
    "spatial_pyramid_pool": "levels: [1000000, 999983], bins: adaptive",
    "local_response_norm": "size: 999999",
    "upsample": "size: 999983, mode: bilinear",
    "pixel_unshuffle": "factor: 1000",
    "global_avg_pool": "",
    "layer_norm": "",
    "softmax": "",
}


@pytest.mark.parametrize(("kind", "options"), HUGE.items())
def test_a_million_rows_take_no_time(kind: str, options: str) -> None:
    made = layer(f"type: {kind}, {options}" if options else f"type: {kind}")
    inputs = ((10**6, 10**6, 10**6),)
    start = time.perf_counter()
    calculate(made, inputs)
    assert time.perf_counter() - start < 0.5


def test_sizes_may_grow_beyond_any_machine_integer() -> None:
    shape: tuple[int, ...] = (3, 10**6)
    grow = layer("type: upsample, scale: 1000000, mode: bilinear")
    for _ in range(5):
        shape = size_of(grow.sizes((shape,)))
    assert shape == (3, 10**36)
    conv = layer("type: conv, filters: 8, kernel: 3, padding: 1, bias: false")
    assert conv.macs((shape,)).value == 72 * 10**36
    assert conv.padding_macs((shape,)).value == 48


def test_vectors_only_where_a_vector_makes_sense() -> None:
    vectors = {name for name, kind in LAYERS.items() if 0 in kind.ranks}
    assert {"linear", "rbf", "relu", "batch_norm", "add", "concat", "softmax", "dropout"} <= vectors
    assert not vectors & {"conv", "transposed_conv", "max_pool", "upsample", "pad", "crop", "pixel_shuffle"}
    assert LAYERS["rbf"].ranks == (0,)


def test_a_width_out_of_range_is_shown_as_it_comes_out() -> None:
    message = (
        r"filters: 1000000 \* \$in is 3000000 where \$in is 3, which is no whole number from 1 to 1,000,000"
    )
    with pytest.raises(Misfit, match=message):
        layer("type: conv, filters: $in * 10 ** 6, kernel: 1").sizes(((3, 4, 4),))
